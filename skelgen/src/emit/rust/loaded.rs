//! The skeleton after load.

use super::fields::{BELOW, type_name};
use super::writer::{FIELDS, Writer, string};
use super::{links, live};
use crate::model::{Map, MapKind, Parameter, Skeleton};
use crate::names::identifier;

const FROM_OBJECT: &str = "\
/// Takes an object that somebody else has loaded: C code, or Rust by hand.
///
/// # Errors
///
/// It lacks something that this skeleton has a field for, or has it elsewhere.
pub fn from_object(object: bpf::Object) -> bpf::Result<Self> {
    bpf::skeleton::check_loaded_sections(&object, OpenSkeleton::SECTIONS)?;
    Self::new(object)
}
";

/// A handle of the loaded skeleton: its field, its type, and how it is made from `object`.
struct Handle {
    name: String,
    ty: String,
    make: String,
    doc: String,
}

/// Handles in a struct of their own.
pub(super) struct Group {
    /// The struct.
    pub(super) name: &'static str,
    /// Its field in the skeleton.
    pub(super) field: &'static str,
    pub(super) doc: &'static str,
    handles: Vec<Handle>,
}

pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    let groups = groups(skeleton);
    out.gap();
    out.doc("The object, loaded. Every handle in it is owned, and can be taken out and kept.");
    out.line("#[derive(Debug)]");
    out.block("pub struct Skeleton", |out| {
        out.doc("What is attached: dropping a link detaches.");
        out.field("links", "Links");
        for group in &groups {
            out.doc(group.doc);
            out.field(group.field, group.name);
        }
        for section in live::shared(skeleton) {
            live::field(section, out);
        }
        out.doc("The whole object, for what has no field here.");
        out.field("object", "bpf::Object");
    });
    out.gap();
    out.block("impl Skeleton", |out| {
        out.lines(FROM_OBJECT);
        out.gap();
        out.block("fn new(object: bpf::Object) -> bpf::Result<Self>", |out| {
            out.within("Ok(Self {", "})", |out| {
                out.line("links: Links::default(),");
                for group in &groups {
                    group.write_value(out);
                }
                for section in live::shared(skeleton) {
                    live::value(section, out);
                }
                out.line("object,");
            });
        });
    });
    links::write(skeleton, out);
    for group in &groups {
        group.write(out);
    }
}

impl Group {
    /// The struct.
    pub(super) fn write(&self, out: &mut Writer) {
        out.gap();
        out.doc(self.doc);
        out.line("#[derive(Debug, Clone)]");
        out.block(format_args!("pub struct {}", self.name), |out| {
            for handle in &self.handles {
                out.doc(&handle.doc);
                out.field(&handle.name, &handle.ty);
            }
        });
    }

    /// How its field is made from `object`.
    pub(super) fn write_value(&self, out: &mut Writer) {
        let handles = self.handles.iter();
        let values = handles.map(|one| format!("{}: {}", one.name, one.make));
        let values: Vec<_> = values.collect();
        let head = format_args!("{}: {} {{", self.field, self.name).to_string();
        out.list(head, "},", FIELDS, &values);
    }
}

/// Those that have any handles.
pub(super) fn groups(skeleton: &Skeleton) -> Vec<Group> {
    let struct_ops = skeleton.struct_ops.iter().map(|map| Handle {
        name: identifier(&map.rust_name).to_string(),
        ty: "bpf::struct_ops::StructOpsMap".to_owned(),
        make: format!("object.struct_ops({})?", string(&map.name)),
        doc: format!("`struct {} {}`", map.type_name, map.name),
    });
    let programs = skeleton.programs.iter().map(|program| Handle {
        name: identifier(&program.rust_name).to_string(),
        ty: "bpf::Program".to_owned(),
        make: format!("object.program({})?", string(&program.name)),
        doc: format!("`{}`, in `SEC(\"{}\")`", program.name, program.section),
    });
    let maps = skeleton.maps.iter().map(map_handle);
    let groups = [
        Group {
            name: "StructOpsMaps",
            field: "struct_ops",
            doc: "The `struct_ops` maps.",
            handles: struct_ops.collect(),
        },
        Group {
            name: "Programs",
            field: "programs",
            doc: "The programs.",
            handles: programs.collect(),
        },
        Group {
            name: "Maps",
            field: "maps",
            doc: "The maps.",
            handles: maps.collect(),
        },
    ];
    let groups = groups.into_iter();
    groups.filter(|group| !group.handles.is_empty()).collect()
}

fn map_handle(map: &Map) -> Handle {
    let c_name = string(&map.name);
    let (ty, make) = match &map.kind {
        MapKind::Typed { handle, parameters } => {
            let parameters = parameters.iter().map(|parameter| match parameter {
                Parameter::Type(ty) => type_name(ty, BELOW).to_string(),
                Parameter::Library(name) => format!("bpf::map::{name}"),
            });
            let parameters: Vec<_> = parameters.collect();
            let generics = if parameters.is_empty() {
                String::new()
            } else {
                format!("<{}>", parameters.join(", "))
            };
            (
                format!("bpf::map::{handle}{generics}"),
                format!("object.map({c_name})?.try_into()?"),
            )
        }
        MapKind::Arena => (
            "bpf::map::Arena".to_owned(),
            format!("object.arena({c_name})?"),
        ),
        MapKind::Other => ("bpf::map::Map".to_owned(), format!("object.map({c_name})?")),
    };
    Handle {
        name: identifier(&map.rust_name).to_string(),
        ty,
        make,
        doc: format!("`{}`, of type `{}`", map.name, map.type_name),
    }
}
