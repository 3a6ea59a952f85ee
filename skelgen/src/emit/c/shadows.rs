//! The function that opens shadow copies: what the extension is told of their layouts.

use super::writer::{Writer, escape};
use crate::model::c::Header;
use crate::model::{LayoutDef, LayoutKind, LayoutMember};

/// The numbers are those that the assertions hold against the structs.
pub(super) fn open(writer: &mut Writer, header: &Header) {
    writer.template(
        "\nstatic inline const struct bpf_struct_ops_shadow_info *\n$__struct_ops_info(void)\n{",
    );
    for (index, layout) in header.layouts.iter().enumerate() {
        describe(writer, header, index, layout);
    }
    writer.lines(1, "static const struct bpf_struct_ops_map_info maps[] = {");
    for shadow in &header.shadows {
        let layout = shadow
            .layout
            .as_deref()
            .and_then(|name| find(header, name))
            .filter(|(_, layout)| !layout.members.is_empty());
        let (members, count) = match layout {
            Some((index, layout)) => (format!("members_{index}"), layout.members.len()),
            None => ("NULL".to_owned(), 0),
        };
        let name = escape(shadow.part.name.as_bytes());
        let words = shadow.definition.words();
        let text = format!("{{ \"{name}\", {members}, {count}, sizeof({words}) }},");
        writer.lines(2, &text);
    }
    writer.lines(1, "};");
    let count = header.shadows.len().to_string();
    writer.template(&INFO_END.replace('%', &count));
    for shadow in &header.shadows {
        let field = writer.spell(&shadow.part.c_name);
        let words = shadow.definition.words();
        let text = format!(
            "obj->struct_ops.{field} = ({words} *)\n\t\
             bpf_struct_ops_shadow__initial_value(obj->shadow, obj->maps.{field}, NULL);"
        );
        writer.lines(1, &text);
    }
    writer.lines(0, "}");
    writer.template(OPEN);
    writer.template(&BORROW_BEGIN.replace('%', &count));
    for shadow in &header.shadows {
        let field = writer.spell(&shadow.part.c_name);
        writer.lines(2, &format!("obj->maps.{field},"));
    }
    writer.template(&BORROW_END.replace('%', &count));
}

const INFO_END: &str = "	static const struct bpf_struct_ops_shadow_info info = { maps, % };

	return &info;
}

static inline void
$__find_struct_ops(struct @ *obj)
{";

const OPEN: &str = "
static inline int
$__open_struct_ops(struct @ *obj)
{
	obj->shadow = bpf_struct_ops_shadow__new(obj->obj, $__struct_ops_info(), $__REPORT, NULL);
	if (!obj->shadow)
		return -errno;
	$__find_struct_ops(obj);
	return 0;
}
";

/// Copies that others have made can be in another layout.
const BORROW_BEGIN: &str = "
static inline int
$__borrow_struct_ops(struct @ *obj, struct bpf_struct_ops_shadow *shadow)
{
	const struct bpf_struct_ops_shadow_info *info = $__struct_ops_info();
	const struct bpf_map *maps[] = {";

const BORROW_END: &str = "	};
	int i, one, err = 0;

	for (i = 0; shadow && i < %; i++) {
		one = bpf_struct_ops_shadow__check_layout(shadow, maps[i], &info->maps[i], $__REPORT, NULL);
		err = err ? err : one;
	}
	if (err || !shadow)
		return err;
	obj->shadow = shadow;
	$__find_struct_ops(obj);
	return 0;
}
";

fn find<'a>(header: &'a Header, name: &str) -> Option<(usize, &'a LayoutDef)> {
    let mut layouts = header.layouts.iter().enumerate();
    layouts.find(|(_, layout)| layout.name == name)
}

fn describe(writer: &mut Writer, header: &Header, index: usize, layout: &LayoutDef) {
    let members = if layout.members.is_empty() {
        "NULL".to_owned()
    } else {
        let head = format!("static const struct bpf_struct_ops_member_info members_{index}[] = {{");
        writer.lines(1, &head);
        for member in &layout.members {
            writer.lines(2, &format!("{{ {} }},", describe_member(header, member)));
        }
        writer.lines(1, "};");
        format!("members_{index}")
    };
    let is_nested = header
        .layouts
        .iter()
        .flat_map(|layout| &layout.members)
        .any(|member| member.nested() == Some(&layout.name));
    if is_nested {
        let (count, size) = (layout.members.len(), layout.size);
        let text = format!(
            "static const struct bpf_struct_ops_type_info type_{index} = {{ {members}, {count}, {size} }};"
        );
        writer.lines(1, &text);
    }
}

/// Name, offset, size, kind, elements, first bit, bits, type, declaration.
fn describe_member(header: &Header, member: &LayoutMember) -> String {
    let nested = member
        .nested()
        .and_then(|name| find(header, name))
        .map_or("NULL".to_owned(), |(index, _)| format!("&type_{index}"));
    let quote = |text: &str| format!("\"{}\"", escape(text.as_bytes()));
    match member {
        LayoutMember::Named {
            name,
            declaration,
            kind,
            offset,
            size,
            elements,
            ..
        } => {
            let (name, declaration) = (quote(name), quote(declaration));
            let (kind, elements) = (constant(*kind), elements.unwrap_or(0));
            format!("{name}, {offset}, {size}, {kind}, {elements}, 0, 0, {nested}, {declaration}")
        }
        LayoutMember::Bitfield {
            name,
            declaration,
            first,
            width,
        } => {
            let (name, declaration) = (quote(name), quote(declaration));
            format!("{name}, 0, 0, BPF_STRUCT_OPS_INT, 0, {first}, {width}, NULL, {declaration}")
        }
        LayoutMember::Union { offset, size, .. } => {
            format!("\"\", {offset}, {size}, BPF_STRUCT_OPS_UNION, 0, 0, 0, {nested}, \"union\"")
        }
    }
}

fn constant(kind: LayoutKind) -> &'static str {
    match kind {
        LayoutKind::Int => "BPF_STRUCT_OPS_INT",
        LayoutKind::Enum => "BPF_STRUCT_OPS_ENUM",
        LayoutKind::Float => "BPF_STRUCT_OPS_FLOAT",
        LayoutKind::Pointer => "BPF_STRUCT_OPS_POINTER",
        LayoutKind::Callback => "BPF_STRUCT_OPS_CALLBACK",
        LayoutKind::Struct => "BPF_STRUCT_OPS_STRUCT",
        LayoutKind::Union => "BPF_STRUCT_OPS_UNION",
        LayoutKind::Any => "BPF_STRUCT_OPS_ANY",
    }
}

impl LayoutMember {
    /// The name of the layout of what it nests.
    fn nested(&self) -> Option<&String> {
        match self {
            LayoutMember::Named { nested, .. } => nested.as_ref(),
            LayoutMember::Union { members, .. } => Some(members),
            LayoutMember::Bitfield { .. } => None,
        }
    }
}
