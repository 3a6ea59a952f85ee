//! What the object file says about struct_ops maps, beside what they are changed to. Nothing for an object without
//! any.

use super::writer::{ARGUMENTS, FIELDS, Writer};
use crate::model::Skeleton;
use crate::names::{identifier, prefixed};

/// The struct `Defaults`, and the functions that give it and go back to it.
pub(super) fn write(skeleton: &Skeleton, out: &mut Writer) {
    let maps = &skeleton.struct_ops;
    if maps.is_empty() {
        return;
    }
    out.gap();
    out.doc(
        "What the C source says about the `struct_ops` maps: to be compared with, and to go back",
    );
    out.doc("to, member by member or with `libbpf_safe::struct_ops::Shadow::copy_from`.");
    out.line("#[derive(Debug, Clone, Copy)]");
    out.block("pub struct Defaults<'open>", |out| {
        for map in maps {
            let (name, ty) = (identifier(&map.rust_name), identifier(&map.shadow));
            out.doc(format_args!("`struct {} {}`", map.type_name, map.name));
            out.field(name, format_args!("&'open shadow::{ty}<'open>"));
        }
    });
    let values = values(skeleton, |slot| format!("self.{slot}.default()"));
    out.gap();
    out.block("impl OpenSkeleton", |out| {
        out.doc("What the C source says about the `struct_ops` maps.");
        out.line("#[must_use]");
        out.block("pub fn defaults(&self) -> Defaults<'_>", |out| {
            out.list("Defaults {", "}", FIELDS, &values);
        });
        out.gap();
        out.doc("Sets all `struct_ops` maps back to what the C source says.");
        out.block("pub fn reset_struct_ops(&mut self)", |out| {
            out.line("use bpf::struct_ops::Shadow;");
            out.line("let parts = self.parts();");
            for map in maps {
                let name = identifier(&map.rust_name);
                let places = ["struct_ops", "defaults"];
                let places = places.map(|place| format!("parts.{place}.{name}"));
                out.list("Shadow::copy_from(", ");", ARGUMENTS, &places);
            }
        });
    });
}

/// Its field in the parts.
pub(super) fn field(skeleton: &Skeleton, out: &mut Writer) {
    if !skeleton.struct_ops.is_empty() {
        out.doc("What the C source says about the `struct_ops` maps.");
        out.field("defaults", "Defaults<'open>");
    }
}

/// The value of that field, where each shadow copy was lent out together with its default.
pub(super) fn value(skeleton: &Skeleton, out: &mut Writer) {
    if !skeleton.struct_ops.is_empty() {
        let values = values(skeleton, |slot| format!("{slot}.1"));
        out.list("defaults: Defaults {", "},", FIELDS, &values);
    }
}

/// The fields of `Defaults`.
fn values(skeleton: &Skeleton, value: impl Fn(&str) -> String) -> Vec<String> {
    let maps = skeleton.struct_ops.iter();
    let values = maps.map(|map| {
        let slot = prefixed("shadow", &map.rust_name);
        format!("{}: {}", identifier(&map.rust_name), value(&slot))
    });
    values.collect()
}
