//! The function that makes a view of an object that somebody else has opened: code in Rust, or in another file.

use super::writer::{Writer, escape};
use crate::model::c::Header;

pub(super) fn borrow(writer: &mut Writer, header: &Header) {
    find_parts(writer, header);
    let (argument, text) = match header.shadows.is_empty() {
        true => ("", ""),
        false => (", struct bpf_struct_ops_shadow *shadow", SHADOW_TEXT),
    };
    let mut body = BORROW
        .replace("%argument", argument)
        .replace("%text\n", text);
    let sections = if header.sections.is_empty() {
        ""
    } else {
        CHECK_SECTIONS
    };
    let shadows = if header.shadows.is_empty() {
        ""
    } else {
        BORROW_SHADOWS
    };
    body = body.replace("%sections\n", sections);
    body = body.replace("%shadows\n", shadows);
    writer.template(&body);
}

/// Sections are found by their own names: their maps are called after the object, which may be called otherwise.
fn find_parts(writer: &mut Writer, header: &Header) {
    writer.template(CHECK_FOUND);
    writer.template("\nstatic inline int\n$__find_parts(struct @ *obj)\n{\n\tsize_t size = 0;\n\tint lacks = 0;\n");
    for map in &header.maps {
        let section = header
            .sections
            .iter()
            .find(|section| section.map == map.c_name);
        let is_arena = section.is_some_and(|section| section.c_name != map.c_name);
        let name = match section {
            Some(section) if !is_arena => escape(section.name.as_bytes()),
            _ => escape(map.name.as_bytes()),
        };
        let field = writer.spell(&map.c_name);
        writer.template(&format!(
            "\tobj->maps.{field} = bpf_object__find_map_by_name(obj->obj, \"{name}\");\n\
             \tlacks += $__is_missing(obj->maps.{field}, \"map\", \"{name}\");"
        ));
        // Where the variables of an arena are only load is told.
        if let Some(section) = section.filter(|_| !is_arena) {
            let (words, field) = (section.variables.words(), writer.spell(&section.c_name));
            writer.template(&format!(
                "\tif (obj->maps.{field})\n\t\tobj->{field} = ({words} *)bpf_map__initial_value(obj->maps.{field}, &size);"
            ));
        }
    }
    for program in &header.programs {
        let (name, field) = (
            escape(program.name.as_bytes()),
            writer.spell(&program.c_name),
        );
        writer.template(&format!(
            "\tobj->progs.{field} = bpf_object__find_program_by_name(obj->obj, \"{name}\");\n\
             \tlacks += $__is_missing(obj->progs.{field}, \"program\", \"{name}\");"
        ));
    }
    writer.lines(1, "(void)obj, (void)size;\nreturn lacks ? -ESRCH : 0;");
    writer.lines(0, "}");
}

const CHECK_FOUND: &str = "
static inline int
$__is_missing(const void *found, const char *what, const char *name)
{
	if (!found)
		fprintf(stderr, \"$: this object has no %s '%s'\\n\", what, name);
	return !found;
}
";

const SHADOW_TEXT: &str = " * The shadow copies are those that were made when it was opened; NULL for an object that is loaded.\n";

const CHECK_SECTIONS: &str = "	if (!err)
		err = $__check_sections(obj);
";

const BORROW_SHADOWS: &str = "	if (!err)
		err = $__borrow_struct_ops(obj, shadow);
";

const BORROW: &str = "
/*
 * A view of an object that somebody else has opened, in Rust or elsewhere, and loads and closes. It has to be destroyed
 * before that, and what it has attached with it.
%text
 * NULL with errno where something is missing (ESRCH), or is elsewhere (EINVAL); each is told on stderr.
 */
static inline struct @ *
$__borrow(struct bpf_object *src%argument)
{
	struct @ *obj;
	int err;

	obj = (struct @ *)calloc(1, sizeof(*obj));
	if (!obj) {
		errno = ENOMEM;
		return NULL;
	}
	err = $__create_skeleton(obj);
	if (!err) {
		obj->skeleton->obj = NULL;
		obj->obj = src;
		err = $__find_parts(obj);
	}
%sections
%shadows
	if (err) {
		$__destroy(obj);
		errno = -err;
		return NULL;
	}
	return obj;
}
";
