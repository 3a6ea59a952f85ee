//! Definitions of types, with assertions of their layout.

use super::writer::Writer;
use crate::model::c::{Body, CType, Definition, DefinitionKind, Form, Header, Member};
use std::collections::HashSet;

/// The types that variables and struct_ops maps reach.
pub(super) fn types(writer: &mut Writer, header: &Header) {
    definitions(writer, header, &header.types);
}

/// The types that variables reach: they come first.
pub(super) fn variable_types(writer: &mut Writer, header: &Header) {
    let count = header.variable_types.min(header.types.len());
    definitions(
        writer,
        header,
        header.types.get(..count).unwrap_or_default(),
    );
}

fn definitions(writer: &mut Writer, header: &Header, definitions: &[Definition]) {
    if !header.aliases.is_empty() {
        writer.template(PROGRAMS_TYPES);
        for (name, source_name) in &header.aliases {
            writer.lines(0, &format!("#define {name} {source_name}"));
        }
        writer.lines(0, "#endif");
    }
    for definition in definitions {
        writer.lines(0, "\n");
        // What the program has instead is held against the object where a variable is of it.
        let may_be_the_programs = definition.source_name.is_some();
        if may_be_the_programs {
            writer.template("#ifdef $__TYPES");
        }
        define(writer, definition);
        assert_size(writer, definition);
        if may_be_the_programs {
            writer.lines(0, "#endif");
        }
    }
}

const PROGRAMS_TYPES: &str = "
/*
 * Variables are of the program's own types, as in skeletons that bpftool generates: it has them from a header
 * that it shares with the BPF source, and includes that before this one. A program that has none says, before
 * it includes this one,
 *
 *	#define $__TYPES
 *
 * Then they are declared here, under names that begin with $__.
 */
#ifndef $__TYPES
";

/// A definition, and where its members are.
pub(super) fn define(writer: &mut Writer, definition: &Definition) {
    match &definition.kind {
        DefinitionKind::Composite(body) => composite(writer, definition, body),
        DefinitionKind::Enum {
            is_packed,
            constants,
        } => enumeration(writer, definition, *is_packed, constants),
    }
}

/// That a type has the object's size.
pub(super) fn assert_size(writer: &mut Writer, definition: &Definition) {
    let (words, size) = (definition.words(), definition.size);
    writer.template(&format!("$__ASSERT(sizeof({words}) == {size});"));
}

fn composite(writer: &mut Writer, definition: &Definition, body: &Body) {
    let attributes = attributes(body);
    let keyword = body.keyword();
    let mut paddings = Paddings::new(body);
    match definition.form {
        Form::Tag => writer.lines(
            0,
            &format!(
                "__extension__ {keyword} {attributes}{} {{",
                definition.c_name
            ),
        ),
        Form::Typedef => writer.lines(
            0,
            &format!("__extension__ typedef {keyword} {attributes}{{"),
        ),
    }
    members(writer, 1, body, &mut paddings);
    match definition.form {
        Form::Tag => writer.lines(0, "};"),
        Form::Typedef => writer.lines(0, &format!("}} {};", definition.c_name)),
    }
    places(writer, &definition.words(), body, 0);
}

fn attributes(body: &Body) -> String {
    match body.packed {
        Some(align) => format!("__attribute__((__packed__, __aligned__({align}))) "),
        None => String::new(),
    }
}

fn members(writer: &mut Writer, depth: usize, body: &Body, paddings: &mut Paddings) {
    for member in &body.members {
        match member {
            Member::Named {
                name, ty, width, ..
            } => {
                let name = writer.spell(name);
                let width = width.map(|width| format!(" : {width}"));
                let text = format!("{}{};", declare(ty, &name), width.unwrap_or_default());
                writer.lines(depth, &text);
            }
            Member::Anonymous { body, .. } => {
                let head = format!("{} {}{{", body.keyword(), attributes(body));
                writer.lines(depth, &head);
                members(writer, depth + 1, body, paddings);
                writer.lines(depth, "};");
            }
            Member::Padding(bytes) => {
                writer.lines(
                    depth,
                    &format!("unsigned char {}[{bytes}];", paddings.next()),
                );
            }
            Member::PaddingBits(bits) => writer.lines(depth, &format!("unsigned char : {bits};")),
        }
    }
}

/// A declaration of a pointer to it, without its semicolon.
pub(super) fn declare_pointer(ty: &CType, name: &str) -> String {
    if ty.dimensions.is_empty() {
        declare(ty, &format!("*{name}"))
    } else {
        declare(ty, &format!("(*{name})"))
    }
}

/// A declaration, without its semicolon.
fn declare(ty: &CType, name: &str) -> String {
    let space = if ty.words.ends_with('*') { "" } else { " " };
    let dimensions: String = ty.dimensions.iter().map(|len| format!("[{len}]")).collect();
    format!("{}{space}{name}{dimensions}", ty.words)
}

/// That members are where the object has them; C cannot say where a bitfield is.
fn places(writer: &mut Writer, words: &str, body: &Body, base: u64) {
    for member in &body.members {
        match member {
            Member::Named {
                name,
                width: None,
                offset,
                size,
                ..
            } => {
                let name = writer.spell(name);
                let offset = base + offset;
                writer.template(&format!("$__AT({words}, {name}, {offset}, {size});"));
            }
            Member::Anonymous { body, offset } => places(writer, words, body, base + offset),
            Member::Named { .. } | Member::Padding(_) | Member::PaddingBits(_) => {}
        }
    }
}

fn enumeration(
    writer: &mut Writer,
    definition: &Definition,
    is_packed: bool,
    constants: &[(String, i128)],
) {
    let attribute = if is_packed {
        "__attribute__((__packed__)) "
    } else {
        ""
    };
    match definition.form {
        Form::Tag => {
            let head = format!("__extension__ enum {attribute}{} {{", definition.c_name);
            writer.lines(0, &head);
        }
        Form::Typedef => writer.lines(0, &format!("__extension__ typedef enum {attribute}{{")),
    }
    for (name, value) in constants {
        writer.lines(1, &format!("{name} = {},", literal(*value)));
    }
    match definition.form {
        Form::Tag => writer.lines(0, "};"),
        Form::Typedef => writer.lines(0, &format!("}} {};", definition.c_name)),
    }
}

/// A number of at most 64 bits as C has it. The lowest is none: C has it as a difference.
fn literal(value: i128) -> String {
    const INT: std::ops::RangeInclusive<i128> = -0x7fff_ffff..=0x7fff_ffff;
    match value {
        value if INT.contains(&value) => value.to_string(),
        0.. if value <= u32::MAX.into() => format!("{value}U"),
        0.. => format!("{value}ULL"),
        -0x8000_0000 => "-2147483647 - 1".to_owned(),
        value if value == i64::MIN.into() => "-9223372036854775807LL - 1".to_owned(),
        value => format!("{value}LL"),
    }
}

/// Names for padding that no member of the type has, also not one of its anonymous members.
struct Paddings {
    taken: HashSet<String>,
    count: u32,
}

impl Paddings {
    fn new(body: &Body) -> Paddings {
        let mut taken = HashSet::new();
        collect(body, &mut taken);
        Paddings { taken, count: 0 }
    }

    fn next(&mut self) -> String {
        loop {
            self.count += 1;
            let name = format!("_padding_{}", self.count);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }
}

fn collect(body: &Body, names: &mut HashSet<String>) {
    for member in &body.members {
        match member {
            Member::Named { name, .. } => {
                names.insert(name.clone());
            }
            Member::Anonymous { body, .. } => collect(body, names),
            Member::Padding(_) | Member::PaddingBits(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn every_constant_has_a_literal() {
        for (value, text) in [
            (0, "0"),
            (-1, "-1"),
            (0x7fff_ffff, "2147483647"),
            (0x8000_0000, "2147483648U"),
            (-0x8000_0000, "-2147483647 - 1"),
            (1 << 32, "4294967296ULL"),
            (-(1 << 32), "-4294967296LL"),
            (u64::MAX.into(), "18446744073709551615ULL"),
            (i64::MIN.into(), "-9223372036854775807LL - 1"),
        ] {
            assert_eq!(literal(value), text);
        }
    }
}
