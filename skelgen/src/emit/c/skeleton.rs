//! The struct that holds the parts of an object, and the types of the parts.

use super::types::{assert_size, define};
use super::writer::Writer;
use crate::model::c::{Header, Part};

pub(super) fn skeleton(writer: &mut Writer, header: &Header) {
    for section in &header.sections {
        writer.lines(0, "\n");
        define(writer, &section.variables);
        assert_size(writer, &section.variables);
    }
    for shadow in &header.shadows {
        let text = format!(
            "\n/* The shadow copy of `{}`: to be changed until load, which hands it to the kernel. */",
            shadow.part.name
        );
        writer.lines(0, &text);
        define(writer, &shadow.definition);
        assert_size(writer, &shadow.definition);
    }
    writer.template(
        "\nstruct @ {\n\tstruct bpf_object_skeleton *skeleton;\n\tstruct bpf_object *obj;",
    );
    group(writer, "struct bpf_map", "maps", &header.maps);
    if !header.shadows.is_empty() {
        writer.lines(1, "struct {");
        for shadow in &header.shadows {
            let field = writer.spell(&shadow.part.c_name);
            let text = format!("{} *{field};", shadow.definition.words());
            writer.lines(2, &text);
        }
        writer.lines(1, "} struct_ops;");
    }
    group(writer, "struct bpf_program", "progs", &header.programs);
    let links: Vec<&Part> = header.links().collect();
    group(writer, "struct bpf_link", "links", links);
    for section in &header.sections {
        let words = section.variables.words();
        let field = writer.spell(&section.c_name);
        writer.lines(1, &format!("{words} *{field};"));
    }
    if !header.shadows.is_empty() {
        writer.lines(1, "struct bpf_struct_ops_shadow *shadow;");
    }
    writer.lines(0, "\n#ifdef __cplusplus");
    for (function, declaration) in CPP_FUNCTIONS {
        // It would be a constructor.
        if *function != header.name {
            writer.template(&format!("\tstatic inline {declaration};"));
        }
    }
    writer.lines(0, "#endif\n};");
}

/// What C++ calls on the struct, as bpftool's skeletons let it.
pub(super) const CPP_FUNCTIONS: &[(&str, &str)] = &[
    (
        "open",
        "struct @ *open(const struct bpf_object_open_opts *opts = nullptr)",
    ),
    ("open_and_load", "struct @ *open_and_load()"),
    ("load", "int load(struct @ *skel)"),
    ("attach", "int attach(struct @ *skel)"),
    ("detach", "void detach(struct @ *skel)"),
    ("destroy", "void destroy(struct @ *skel)"),
    ("elf_bytes", "const void *elf_bytes(size_t *sz)"),
];

pub(super) fn group<'a>(
    writer: &mut Writer,
    ty: &str,
    field: &str,
    parts: impl IntoIterator<Item = &'a Part>,
) {
    let mut parts = parts.into_iter().peekable();
    if parts.peek().is_none() {
        return;
    }
    writer.lines(1, "struct {");
    for part in parts {
        let name = writer.spell(&part.c_name);
        writer.lines(2, &format!("{ty} *{name};"));
    }
    writer.lines(1, &format!("}} {field};"));
}
