//! The skeleton between open and load.

use super::defaults;
use super::layouts::static_name;
use super::parts::{Group, Parts};
use super::writer::{ARGUMENTS, FIELDS, Writer, c_string, string};
use crate::model::Skeleton;
use crate::names::identifier;

const OPEN: &str = "\
/// Opens the object.
///
/// # Errors
///
/// libbpf does not understand it.
pub fn open() -> bpf::Result<Self> {
    Self::open_with(&bpf::OpenOptions::new())
}

/// Opens the object with options.
///
/// # Errors
///
/// libbpf does not understand it, or an option.
pub fn open_with(options: &bpf::OpenOptions) -> bpf::Result<Self> {
    bpf::skeleton::OpenSkeleton::open(NAME, OBJECT, options, Self::SHADOWS)
        .and_then(Self::claim)
}

/// Opens an object from a file in place of the one in here: of another version of the source,
/// perhaps. It has all that this skeleton has fields for.
///
/// # Errors
///
/// The file cannot be read, libbpf does not understand it, or it lacks something.
pub fn open_file(
    path: impl AsRef<::std::path::Path>,
    options: &bpf::OpenOptions,
) -> bpf::Result<Self> {
    let path = path.as_ref();
    bpf::skeleton::OpenSkeleton::open_file(path, options, Self::SHADOWS, Self::SECTIONS)
        .and_then(Self::claim)
}

/// Opens an object in memory in place of the one in here. The bytes are not needed afterwards.
///
/// # Errors
///
/// libbpf does not understand it, or it lacks something that this skeleton has a field for.
pub fn open_bytes(bytes: &[u8], options: &bpf::OpenOptions) -> bpf::Result<Self> {
    bpf::skeleton::OpenSkeleton::open_bytes(
        NAME,
        bytes,
        options,
        Self::SHADOWS,
        Self::SECTIONS,
    )
    .and_then(Self::claim)
}

/// Takes an object that is open already: one that C code has opened, or that was opened by hand. What was
/// set of it stays.
///
/// # Errors
///
/// It lacks something that this skeleton has a field for, or has it elsewhere.
pub fn from_object(object: bpf::OpenObject) -> bpf::Result<Self> {
    bpf::skeleton::OpenSkeleton::from_object(object, Self::SHADOWS, Self::SECTIONS)
        .and_then(Self::claim)
}
";

const PREFLIGHT: &str = "\
/// Holds the object, as it is set now, against a kernel: everything that will not work, before
/// any call into the kernel.
///
/// # Errors
///
/// The kernel's BTF cannot be read.
pub fn preflight(
    &mut self,
    kernel: &bpf::btf::KernelBtf,
) -> bpf::Result<bpf::struct_ops::Preflight> {
    let (object, mut parts) = self.claimed();
    object.preflight(kernel, &mut parts)
}

/// What load will create and load now, and why.
///
/// # Errors
///
/// There is no memory left.
pub fn plan(&mut self) -> bpf::Result<bpf::Plan> {
    let (object, mut parts) = self.claimed();
    object.plan(&mut parts)
}

/// Lends the object to C code, which can set it up as well: see the module `ffi` of libbpf-safe.
///
/// # Errors
///
/// There is none: a skeleton has all of its parts.
pub fn lend(&mut self) -> bpf::Result<bpf::ffi::Lent<'_>> {
    let (object, mut parts) = self.claimed();
    object.lend(&mut parts)
}
";

/// What becomes of what the kernel lacks, by name: where it matters, names come from a table of versions.
const PRESENCE: &str = "\
/// Says what becomes of a `struct_ops` map's type, its link and its members, where the kernel
/// lacks them.
///
/// # Errors
///
/// There is no such map.
pub fn set_presence(
    &mut self,
    map: &str,
    presence: bpf::struct_ops::Presence,
) -> bpf::Result<()> {
    self.object.set_presence(map, presence)
}

/// Says what becomes of a member of a `struct_ops` map, where the kernel lacks it.
///
/// # Errors
///
/// There is no such map or member.
pub fn set_member_presence(
    &mut self,
    map: &str,
    member: &str,
    presence: bpf::struct_ops::Presence,
) -> bpf::Result<()> {
    self.object.set_member_presence(map, member, presence)
}
";

const LOAD: &str = "\
/// Loads the object into the kernel.
///
/// # Errors
///
/// The kernel refuses; nothing of the object is left in it then.
pub fn load(self) -> bpf::Result<Skeleton> {
    Skeleton::new(self.into_object().load()?)
}

/// Gives the parts up, so that the object can be loaded.
fn into_object(self) -> bpf::skeleton::OpenSkeleton {
    self.object
}
";

pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    let parts = Parts::of(skeleton);
    let groups = parts.groups();
    out.gap();
    out.doc("The object, open: nothing of it is in the kernel yet, and all of it can be changed.");
    out.line("#[derive(Debug)]");
    out.block("pub struct OpenSkeleton", |out| {
        out.line("object: bpf::skeleton::OpenSkeleton,");
        for part in parts.all() {
            out.private_field(&part.slot, &part.slot_type);
        }
    });
    out.gap();
    out.block("impl OpenSkeleton", |out| {
        out.lines(OPEN);
        shadows(skeleton, out);
        sections(skeleton, out);
        claim(&parts, out);
        lend(skeleton, &parts, &groups, out);
        out.gap();
        out.lines(PREFLIGHT);
        claimed(&parts, out);
        if !skeleton.struct_ops.is_empty() {
            out.gap();
            out.lines(PRESENCE);
        }
        out.gap();
        out.lines(LOAD);
    });
    lent(skeleton, &parts, &groups, out);
    for group in &groups {
        out.gap();
        out.doc(group.doc);
        out.line("#[derive(Debug)]");
        out.block(format_args!("pub struct {}<'open>", group.name), |out| {
            for part in group.parts {
                part.write_field(out);
            }
        });
    }
    defaults::write(skeleton, out);
}

/// `SHADOWS`. The comment has rustfmt leave one map alone as it leaves several.
fn shadows(skeleton: &Skeleton, out: &mut Writer) {
    let head = "const SHADOWS: &'static [bpf::skeleton::ShadowMap] = &[";
    out.gap();
    if skeleton.struct_ops.is_empty() {
        return out.line(format_args!("{head}];"));
    }
    out.within(head, "];", |out| {
        out.line("// An object of another version is held against these layouts at open.");
        for map in &skeleton.struct_ops {
            let ty = identifier(&map.shadow);
            let function = if map.layout.is_some() {
                "described"
            } else {
                "of"
            };
            let layout = map.layout.iter();
            let layout = layout.map(|layout| format!("&{}", static_name(layout)));
            let name = c_string(&map.name).to_string();
            let arguments: Vec<_> = [name].into_iter().chain(layout).collect();
            let head = format!("bpf::skeleton::ShadowMap::{function}::<shadow::{ty}<'static>>(");
            out.list(head, "),", ARGUMENTS, &arguments);
        }
    });
}

/// `SECTIONS`. As to the comment, see [`shadows`].
fn sections(skeleton: &Skeleton, out: &mut Writer) {
    let head = "const SECTIONS: &'static [bpf::skeleton::SectionLayout] = &[";
    out.gap();
    if skeleton.sections.is_empty() {
        return out.line(format_args!("{head}];"));
    }
    out.within(head, "];", |out| {
        out.line("// Name, offset and size of each variable.");
        for section in &skeleton.sections {
            let places = section.places.iter();
            let places = places.map(|(name, offset, size)| {
                let name = string(name);
                format!("({name}, {offset}, {size})")
            });
            let places: Vec<_> = places.collect();
            out.within("bpf::skeleton::SectionLayout {", "},", |out| {
                out.line(format_args!("name: {},", string(&section.name)));
                out.list("variables: &[", "],", ARGUMENTS, &places);
            });
        }
    });
}

fn claim(parts: &Parts, out: &mut Writer) {
    out.gap();
    out.doc("Takes all parts of the object that there are fields for.");
    let head = "fn claim(object: bpf::skeleton::OpenSkeleton) -> bpf::Result<Self>";
    let claims = parts
        .all()
        .map(|part| format!("{}: {}", part.slot, part.claim));
    let fields: Vec<_> = claims.chain(["object".to_owned()]).collect();
    out.block(head, |out| out.list("Ok(Self {", "})", FIELDS, &fields));
}

/// `parts`
fn lend(skeleton: &Skeleton, parts: &Parts, groups: &[Group<'_>], out: &mut Writer) {
    out.gap();
    out.doc("All parts at once, each to be changed on its own.");
    out.block("pub fn parts(&mut self) -> Parts<'_>", |out| {
        for part in &parts.struct_ops {
            let slot = &part.slot;
            out.line(format_args!("let {slot} = self.{slot}.get_with_default();"));
        }
        out.block("Parts", |out| {
            for group in groups {
                let values: Vec<_> = group.parts.iter().map(|part| part.value()).collect();
                let head = format_args!("{}: {} {{", group.field, group.name);
                out.list(head, "},", FIELDS, &values);
            }
            defaults::value(skeleton, out);
            for section in &parts.sections {
                out.line(format_args!("{},", section.value()));
            }
            if is_empty(parts) {
                out.line("_open: ::core::marker::PhantomData,");
            }
        });
    });
}

/// `Parts`
fn lent(skeleton: &Skeleton, parts: &Parts, groups: &[Group<'_>], out: &mut Writer) {
    out.gap();
    out.doc("The parts of the object that can be changed before load.");
    out.line("#[derive(Debug)]");
    out.block("pub struct Parts<'open>", |out| {
        for group in groups {
            out.doc(group.doc);
            out.field(group.field, format_args!("{}<'open>", group.name));
        }
        defaults::field(skeleton, out);
        for section in &parts.sections {
            section.write_field(out);
        }
        if is_empty(parts) {
            out.line("#[doc(hidden)]");
            out.field("_open", "::core::marker::PhantomData<&'open ()>");
        }
    });
}

/// Whether there is nothing to lend.
fn is_empty(parts: &Parts) -> bool {
    parts.all().next().is_none()
}

/// `claimed`, for what needs all parts.
fn claimed(parts: &Parts, out: &mut Writer) {
    let slots = parts.all().map(|part| format!("&mut self.{}", part.slot));
    let slots: Vec<_> = slots.collect();
    let list = format!("[&mut dyn bpf::skeleton::Part; {}]", slots.len());
    out.gap();
    out.doc("The object, and all that was claimed of it.");
    out.line("fn claimed(");
    out.line("    &mut self,");
    out.within(") -> (", ") {", |out| {
        out.line("&mut bpf::skeleton::OpenSkeleton,");
        out.line(format_args!("{list},"));
    });
    out.indented(|out| {
        out.assign(
            format_args!("let parts: {list}"),
            ["[", "];"],
            ARGUMENTS,
            &slots,
        );
        out.line("(&mut self.object, parts)");
    });
    out.line("}");
}
