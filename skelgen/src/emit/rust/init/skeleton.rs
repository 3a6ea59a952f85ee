//! The init of a whole skeleton.

use super::{Inits, struct_ops_programs};
use crate::emit::rust::writer::{ARGUMENTS, Writer, string};
use crate::names::identifier;

/// A field of `SkeletonInit`.
struct Part<'a> {
    field: &'a str,
    init: &'a str,
    doc: String,
    /// The function that applies it, and what that takes.
    apply: &'static str,
    arguments: Vec<String>,
}

const FUNCTIONS: &str = "\
/// Opens the object, and changes what this says.
///
/// # Errors
///
/// As `OpenSkeleton::open` and `OpenSkeleton::apply`.
pub fn open(&self) -> bpf::Result<OpenSkeleton> {
    self.open_with(&bpf::OpenOptions::new())
}

/// Opens the object with options, and changes what this says.
///
/// # Errors
///
/// As `OpenSkeleton::open_with` and `OpenSkeleton::apply`.
pub fn open_with(&self, options: &bpf::OpenOptions) -> bpf::Result<OpenSkeleton> {
    let mut open = OpenSkeleton::open_with(options)?;
    open.apply(self)?;
    Ok(open)
}

/// Opens the object, changes what this says, and loads it.
///
/// # Errors
///
/// As `open` and `OpenSkeleton::load`.
pub fn load(&self) -> bpf::Result<Skeleton> {
    self.open()?.load()
}

/// Opens the object, changes what this says, loads it, and attaches it: its `links` are what
/// is attached.
///
/// # Errors
///
/// As `load` and `Skeleton::attach`; then nothing is left in the kernel.
pub fn load_and_attach(&self) -> bpf::Result<Skeleton> {
    let mut skeleton = self.load()?;
    skeleton.attach()?;
    Ok(skeleton)
}
";

const APPLY: &str = "\
/// Changes what the init says, and leaves the rest as it is.
///
/// # Errors
///
/// A value does not fit its member; its map or section is as it was then.
";

impl Inits<'_> {
    /// `SkeletonInit`, and what an open skeleton does with it.
    pub(in crate::emit::rust) fn skeleton(&self, out: &mut Writer) {
        let parts = self.parts();
        out.gap();
        out.doc("What to change of the object: the `struct_ops` maps and the variables. It is not changed by");
        out.doc("being applied.");
        out.line("#[derive(Clone, Debug, Default, PartialEq)]");
        out.block("pub struct SkeletonInit", |out| {
            for part in &parts {
                out.doc(&part.doc);
                let init = identifier(part.init);
                out.field(identifier(part.field), format_args!("init::{init}"));
            }
        });
        out.gap();
        out.within("bpf::skeleton_init!(SkeletonInit {", "});", |out| {
            for part in &parts {
                let (name, key) = (identifier(part.field), string(part.field));
                out.line(format_args!("{name} as {key},"));
            }
        });
        out.gap();
        out.block("impl SkeletonInit", |out| out.lines(FUNCTIONS));
        out.gap();
        out.block("impl OpenSkeleton", |out| {
            out.lines(APPLY);
            let head = "pub fn apply(&mut self, init: &SkeletonInit) -> bpf::Result<()>";
            out.block(head, |out| self.apply(&parts, out));
        });
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let skeleton = self.skeleton;
        let maps = skeleton.struct_ops.iter().zip(&self.map_fields);
        let maps = maps.filter_map(|(map, field)| {
            let mut shadows = skeleton.shadows.iter().zip(&self.shadows);
            let (_, init) = shadows.find(|(shadow, _)| shadow.rust_name == map.shadow)?;
            let of = identifier(&map.rust_name);
            Some(Part {
                field,
                init,
                doc: format!("`struct {} {}`", map.type_name, map.name),
                apply: "Init",
                arguments: vec![
                    format!("&init.{}", identifier(field)),
                    format!("parts.struct_ops.{of}"),
                    "&program".to_owned(),
                ],
            })
        });
        let sections = skeleton.sections.iter().zip(&self.sections);
        let sections = sections.zip(&self.section_fields);
        let sections = sections.filter_map(|((section, init), field)| {
            let of = identifier(&section.variables.rust_name);
            Some(Part {
                field,
                init: init.as_ref()?,
                doc: format!("The variables in `{}`.", section.name),
                apply: "PlainInit",
                arguments: vec![
                    format!("&init.{}", identifier(field)),
                    format!("parts.{of}"),
                ],
            })
        });
        maps.chain(sections).collect()
    }

    /// What the function does.
    fn apply(&self, parts: &[Part<'_>], out: &mut Writer) {
        let programs = struct_ops_programs(self.skeleton);
        // The compiler takes a binding of a variant's name for a slip.
        let mut name = "program".to_owned();
        while programs.iter().any(|program| program.rust_name == name) {
            name.push('_');
        }
        out.line("use init::Program;");
        out.line("let parts = self.parts();");
        if !programs.is_empty() {
            out.line("let programs = &parts.programs;");
        }
        let closure = format!("|{name}: Program| -> bpf::struct_ops::StructOpsProgram<'_> {{");
        if programs.is_empty() {
            out.line("let program =");
            out.line(format_args!("    {closure} match {name} {{}} }};"));
        } else {
            out.within(format_args!("let program = {closure}"), "};", |out| {
                out.block(format_args!("match {name}"), |out| {
                    for program in &programs {
                        let name = identifier(&program.rust_name);
                        out.line(format_args!(
                            "Program::{name} => programs.{name}.callback(),"
                        ));
                    }
                });
            });
        }
        for part in parts {
            let head = format!("bpf::struct_ops::init::{}::apply(", part.apply);
            out.list(head, ")?;", ARGUMENTS, &part.arguments);
        }
        out.line("Ok(())");
    }
}
