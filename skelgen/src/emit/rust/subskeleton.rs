//! A subskeleton: a view of an object that somebody else has opened, with the same fields as a skeleton.

use super::fields::{BELOW, BESIDE, type_name};
use super::loaded::{Group, groups};
use super::writer::{ARGUMENTS, FIELDS, Writer, string};
use crate::model::{Field, FieldRole, Section, Skeleton, Used};
use crate::names::{UniqueNames, identifier};

const NEW: &str = "\
/// Looks at an object that somebody else has loaded.
///
/// # Errors
///
/// It lacks a map, a program or a variable that has a field here, or has it with another type: the
/// error names it.
";

const OPEN: &str = "\
/// A view of an object that is open, to be set up before who has opened it loads it.
#[derive(Debug)]
pub struct OpenSubskeleton<'open> {
    /// The whole object, for what has no function here.
    pub object: &'open mut bpf::OpenObject,
}
";

const NEW_OPEN: &str = "\
/// Looks at an object that somebody else has opened.
///
/// # Errors
///
/// As [`Subskeleton::new`].
pub fn new(object: &'open mut bpf::OpenObject) -> bpf::Result<Self> {
    USED.check_open(object)?;
    Ok(Self { object })
}
";

/// A section, and those of its variables that other objects have, too.
struct Exported<'a> {
    section: &'a Section,
    fields: Vec<&'a Field>,
}

pub(super) fn write(skeleton: &Skeleton, used: &Used, out: &mut Writer) {
    let sections: Vec<Exported<'_>> = exported(skeleton, used);
    let groups = groups(skeleton);
    write_used(skeleton, used, out);
    loaded(&groups, &sections, out);
    for group in &groups {
        group.write(out);
    }
    live(&sections, out);
    open(skeleton, &sections, out);
}

fn exported<'a>(skeleton: &'a Skeleton, used: &Used) -> Vec<Exported<'a>> {
    let sections = skeleton.sections.iter().map(|section| Exported {
        section,
        fields: (section.variables.fields.iter())
            .filter(|field| field.role == FieldRole::Member)
            .filter(|field| used.has_variable(&section.name, &field.name))
            .collect(),
    });
    sections.filter(|one| !one.fields.is_empty()).collect()
}

fn strings<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let texts = texts.into_iter().map(|text| string(text).to_string());
    texts.collect()
}

fn write_used(skeleton: &Skeleton, used: &Used, out: &mut Writer) {
    out.line("use ::libbpf_safe as bpf;");
    out.gap();
    out.doc("The name of the object that this was generated from.");
    let name = string(&skeleton.name).to_string();
    out.line(format_args!("pub const NAME: &str = {name};"));
    out.gap();
    out.doc("What an object has to have.");
    let head = "pub const USED: bpf::skeleton::Used = bpf::skeleton::Used {";
    out.within(head, "};", |out| {
        out.line("name: NAME,");
        out.within("maps: &[", "],", |out| {
            out.line("// Name, type, and what keys and values are made of.");
            for map in &used.maps {
                out.within("bpf::skeleton::UsedMap {", "},", |out| {
                    out.line(format_args!("name: {},", string(&map.name)));
                    let map_type = map.map_type;
                    out.line(format_args!("map_type: bpf::map::MapType({map_type}),"));
                    out.list("key: &[", "],", ARGUMENTS, &strings(&map.key));
                    out.list("value: &[", "],", ARGUMENTS, &strings(&map.value));
                });
            }
        });
        let programs = skeleton.programs.iter().map(|program| &program.name);
        out.list("programs: &[", "],", ARGUMENTS, &strings(programs));
        out.within("variables: &[", "],", |out| {
            out.line("// Name, section, and what it is made of.");
            for variable in &used.variables {
                out.within("bpf::skeleton::UsedVariable {", "},", |out| {
                    out.line(format_args!("name: {},", string(&variable.name)));
                    out.line(format_args!("section: {},", string(&variable.section)));
                    out.list("layout: &[", "],", ARGUMENTS, &strings(&variable.layout));
                });
            }
        });
    });
}

fn loaded(groups: &[Group], sections: &[Exported<'_>], out: &mut Writer) {
    out.gap();
    out.doc("A view of an object that is loaded. Every handle in it is owned, and can be taken out and kept.");
    out.line("#[derive(Debug, Clone)]");
    out.block("pub struct Subskeleton", |out| {
        for group in groups {
            out.doc(group.doc);
            out.field(group.field, group.name);
        }
        for one in sections {
            let name = identifier(&one.section.variables.rust_name);
            out.doc(format_args!(
                "The variables in `{}`, as they are now.",
                one.section.name
            ));
            out.field(name, format_args!("live::{name}"));
        }
        out.doc("The whole object, for what has no field here.");
        out.field("object", "bpf::Object");
    });
    out.gap();
    out.block("impl Subskeleton", |out| {
        out.lines(NEW);
        let head = "pub fn new(object: &bpf::Object) -> bpf::Result<Self>";
        out.block(head, |out| {
            out.line("USED.check(object)?;");
            out.within("Ok(Self {", "})", |out| {
                for group in groups {
                    group.write_value(out);
                }
                for one in sections {
                    section_value(one, out);
                }
                out.line("object: object.clone(),");
            });
        });
    });
}

fn section_value(one: &Exported<'_>, out: &mut Writer) {
    let name = identifier(&one.section.variables.rust_name);
    let read = match one.section.kind.is_frozen() {
        true => "constant",
        false => "variable",
    };
    let values = one.fields.iter().map(|field| {
        let name = identifier(&field.rust_name);
        format!("{name}: object.{read}({})?", string(&field.name))
    });
    let values: Vec<_> = values.collect();
    out.list(format!("{name}: live::{name} {{"), "},", FIELDS, &values);
}

fn live(sections: &[Exported<'_>], out: &mut Writer) {
    if sections.is_empty() {
        return;
    }
    out.gap();
    out.doc("The global variables, section by section: cells, which BPF programs share.");
    out.block("pub mod live", |out| {
        out.line("use ::libbpf_safe as bpf;");
        for one in sections {
            let cell = match one.section.kind.is_frozen() {
                true => "FrozenCell",
                false => "LiveCell",
            };
            let name = identifier(&one.section.variables.rust_name);
            out.gap();
            out.doc(format_args!("`{}`", one.section.name));
            out.line("#[derive(Debug, Clone)]");
            out.block(format_args!("pub struct {name}"), |out| {
                for field in &one.fields {
                    let ty = type_name(&field.ty, BESIDE);
                    let name = identifier(&field.rust_name);
                    out.doc(&field.doc);
                    let ty = format_args!("bpf::data::LiveVariable<bpf::data::{cell}<{ty}>>")
                        .to_string();
                    out.field(name, ty);
                }
            });
        }
    });
}

/// A function that may fail, with what its documentation says.
fn function(doc: &str, failure: &str, head: &str, body: &str, out: &mut Writer) {
    out.gap();
    out.doc(doc);
    out.line("///");
    out.line("/// # Errors");
    out.line("///");
    out.doc(failure);
    out.block(head, |out| out.line(body));
}

const IS_THERE: &str = "There is none: it is there.";
const IS_HELD: &str = "A skeleton holds its section.";

/// Before load all parts are borrowed from the object, which belongs to somebody else: so one at a time.
fn open(skeleton: &Skeleton, sections: &[Exported<'_>], out: &mut Writer) {
    let mut names = UniqueNames::accessors();
    out.gap();
    out.lines(OPEN);
    out.gap();
    out.block("impl<'open> OpenSubskeleton<'open>", |out| {
        out.lines(NEW_OPEN);
        for map in &skeleton.maps {
            let name = names.unique(&format!("map_{}", map.name));
            let head = format!("pub fn {name}(&mut self) -> bpf::Result<bpf::map::OpenMap<'_>>");
            let body = format!("self.object.map_mut({})", string(&map.name));
            let doc = format!("The map `{}`.", map.name);
            function(&doc, IS_THERE, &head, &body, out);
        }
        for program in &skeleton.programs {
            let name = names.unique(&format!("program_{}", program.name));
            let head = format!("pub fn {name}(&mut self) -> bpf::Result<bpf::OpenProgram<'_>>");
            let body = format!("self.object.program_mut({})", string(&program.name));
            let doc = format!("`{}`, in `SEC(\"{}\")`.", program.name, program.section);
            function(&doc, IS_THERE, &head, &body, out);
        }
        let settable = sections.iter().filter(|one| one.section.kind.is_settable());
        for field in settable.flat_map(|one| &one.fields) {
            let (c_name, ty) = (string(&field.name), type_name(&field.ty, BELOW));
            let name = names.unique(&format!("variable_{}", field.name));
            let head = format!("pub fn {name}(&mut self) -> bpf::Result<{ty}>");
            let body = format!("self.object.variable({c_name})");
            function(&field.doc, IS_HELD, &head, &body, out);
            let name = names.unique(&format!("set_variable_{}", field.name));
            let head = format!("pub fn {name}(&mut self, value: &{ty}) -> bpf::Result<()>");
            let body = format!("self.object.set_variable({c_name}, value)");
            let doc = format!("Sets `{}`.", field.name);
            function(&doc, IS_HELD, &head, &body, out);
        }
    });
}
