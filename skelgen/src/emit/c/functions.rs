//! The functions: those of bpftool's skeletons, and shadow copies between them and libbpf.

use super::borrow;
use super::open;
use super::shadows;
use super::skeleton::CPP_FUNCTIONS;
use super::writer::{Writer, escape};
use crate::model::c::Header;

/// How many bytes of the object stand in a line.
const BYTES_IN_LINE: usize = 64;

pub(super) fn functions(writer: &mut Writer, header: &Header, object: &[u8]) {
    let has_shadows = !header.shadows.is_empty();
    writer.template(IS_BORROWED);
    writer.template(if has_shadows {
        DESTROY_WITH_SHADOWS
    } else {
        DESTROY
    });
    writer.template("\nstatic inline const void *\n$__elf_bytes(size_t *sz);");
    create_skeleton(writer, header);
    if has_shadows {
        writer.template(REPORT);
        shadows::open(writer, header);
    }
    open::open(writer, header);
    borrow::borrow(writer, header);
    let load = if has_shadows { LOAD_WITH_SHADOWS } else { LOAD };
    writer.template(&load.replace("%refuse\n", REFUSE_BORROWED));
    writer.template(OPEN_AND_LOAD);
    writer.template(if has_shadows {
        ATTACH_WITH_SHADOWS
    } else {
        ATTACH
    });
    writer.template(DETACH);
    elf_bytes(writer, object);
    cpp_functions(writer, header);
}

/// libbpf is told of no object where closing it is another's business.
const IS_BORROWED: &str = "
static inline bool
$__is_borrowed(const struct @ *obj)
{
	return obj->skeleton && !obj->skeleton->obj;
}
";

/// At the head of a load function.
const REFUSE_BORROWED: &str = "	if ($__is_borrowed(obj)) {
		fprintf(stderr, \"$: who has opened the object loads it\\n\");
		errno = EPERM;
		return -EPERM;
	}
";

const DESTROY: &str = "
static inline void
$__destroy(struct @ *obj)
{
	if (!obj)
		return;
	if (obj->skeleton)
		bpf_object__destroy_skeleton(obj->skeleton);
	free(obj);
}
";

const DESTROY_WITH_SHADOWS: &str = "
static inline void
$__destroy(struct @ *obj)
{
	if (!obj)
		return;
	if ($__is_borrowed(obj))
		obj->shadow = NULL;
	if (obj->skeleton)
		bpf_object__destroy_skeleton(obj->skeleton);
	bpf_struct_ops_shadow__free(obj->shadow);
	free(obj);
}
";

const REPORT: &str = "
/*
 * What is wrong with struct_ops maps, or was left out of them, each in a line; where libbpf writes, too.
 * A program that wants it elsewhere defines $__REPORT, before it includes this header, as the name of a
 * bpf_struct_ops_report_fn.
 */
#ifndef $__REPORT
#define $__REPORT $__report
#endif

static inline void
$__report(void *ctx, const struct bpf_struct_ops_problem *problem)
{
	char text[512];

	(void)ctx;
	bpf_struct_ops_problem__format(problem, text, sizeof(text));
	fprintf(stderr, \"$: %s\\n\", text);
}
";

/// How the parts are found: by libbpf, into one allocation that stays where it is.
fn create_skeleton(writer: &mut Writer, header: &Header) {
    writer.template(CREATE_BEGIN);
    let shadows: Vec<&str> = header
        .shadows
        .iter()
        .map(|shadow| shadow.part.name.as_str())
        .collect();
    if !header.maps.is_empty() {
        let count = header.maps.len();
        writer.lines(
            1,
            &CREATE_LIST
                .replace('#', "map")
                .replace('%', &count.to_string()),
        );
    }
    for (index, map) in header.maps.iter().enumerate() {
        let (name, field) = (escape(map.name.as_bytes()), writer.spell(&map.c_name));
        writer.lines(1, &format!("\ns->maps[{index}].name = \"{name}\";"));
        writer.lines(1, &format!("s->maps[{index}].map = &obj->maps.{field};"));
        for section in header
            .sections
            .iter()
            .filter(|section| section.map == map.c_name)
        {
            let field = writer.spell(&section.c_name);
            writer.lines(
                1,
                &format!("s->maps[{index}].mmaped = (void **)&obj->{field};"),
            );
        }
        if shadows.contains(&map.name.as_str()) {
            let link = format!("s->maps[{index}].link = &obj->links.{field};");
            writer.lines(0, HAS_MAP_LINKS);
            writer.lines(1, &link);
            writer.lines(0, "#endif");
        }
    }
    if !header.programs.is_empty() {
        let count = header.programs.len();
        writer.lines(
            1,
            &CREATE_LIST
                .replace('#', "prog")
                .replace('%', &count.to_string()),
        );
    }
    for (index, program) in header.programs.iter().enumerate() {
        let (name, field) = (
            escape(program.name.as_bytes()),
            writer.spell(&program.c_name),
        );
        writer.lines(1, &format!("\ns->progs[{index}].name = \"{name}\";"));
        writer.lines(1, &format!("s->progs[{index}].prog = &obj->progs.{field};"));
        writer.lines(1, &format!("s->progs[{index}].link = &obj->links.{field};"));
    }
    writer.lines(1, "\nreturn 0;");
    writer.lines(0, "}");
}

/// libbpf attaches struct_ops maps by a skeleton since then.
const HAS_MAP_LINKS: &str = "#if LIBBPF_MAJOR_VERSION > 1 || LIBBPF_MINOR_VERSION >= 5";

const CREATE_BEGIN: &str = "
static inline int
$__create_skeleton(struct @ *obj)
{
	struct bpf_object_skeleton *s;

	s = (struct bpf_object_skeleton *)calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	obj->skeleton = s;
	s->sz = sizeof(*s);
	s->name = \"$\";
	s->obj = &obj->obj;
	s->map_skel_sz = sizeof(*s->maps);
	s->prog_skel_sz = sizeof(*s->progs);
	s->data = $__elf_bytes(&s->data_sz);
";

const CREATE_LIST: &str = "
s->#s = (struct bpf_#_skeleton *)calloc(%, sizeof(*s->#s));
if (!s->#s)
	return -ENOMEM;
s->#_cnt = %;
";

const LOAD: &str = "
static inline int
$__load(struct @ *obj)
{
%refuse
	return bpf_object__load_skeleton(obj->skeleton);
}
";

const LOAD_WITH_SHADOWS: &str = "
static inline int
$__load(struct @ *obj)
{
	int err;

%refuse
	err = bpf_struct_ops_shadow__commit(obj->shadow, $__REPORT, NULL);
	if (err) {
		errno = -err;
		return err;
	}
	return bpf_object__load_skeleton(obj->skeleton);
}
";

const OPEN_AND_LOAD: &str = "
static inline struct @ *
$__open_and_load(void)
{
	struct @ *obj;
	int err;

	obj = $__open();
	if (!obj)
		return NULL;
	err = $__load(obj);
	if (err) {
		$__destroy(obj);
		errno = -err;
		return NULL;
	}
	return obj;
}
";

const ATTACH: &str = "
static inline int
$__attach(struct @ *obj)
{
	return bpf_object__attach_skeleton(obj->skeleton);
}
";

/// libbpf attaches in silence what was loaded, whatever was written since.
const ATTACH_WITH_SHADOWS: &str = "
static inline int
$__attach(struct @ *obj)
{
	int err = 0;

	if (obj->shadow)
		err = bpf_struct_ops_shadow__check_unwritten(obj->shadow, $__REPORT, NULL);
	if (err) {
		errno = -err;
		return err;
	}
	return bpf_object__attach_skeleton(obj->skeleton);
}
";

const DETACH: &str = "
static inline void
$__detach(struct @ *obj)
{
	bpf_object__detach_skeleton(obj->skeleton);
}
";

fn elf_bytes(writer: &mut Writer, object: &[u8]) {
    writer.template("\nstatic inline const void *\n$__elf_bytes(size_t *sz)\n{");
    writer.lines(
        1,
        "__extension__ static const char data[] __attribute__((__aligned__(8))) =",
    );
    let mut lines = object.chunks(BYTES_IN_LINE).peekable();
    while let Some(bytes) = lines.next() {
        let end = if lines.peek().is_none() { ";" } else { "" };
        writer.lines(2, &format!("\"{}\"{end}", escape(bytes)));
    }
    writer.lines(1, "\n*sz = sizeof(data) - 1;\nreturn data;");
    writer.lines(0, "}");
}

fn cpp_functions(writer: &mut Writer, header: &Header) {
    writer.lines(0, "\n#ifdef __cplusplus");
    for (function, declaration) in CPP_FUNCTIONS {
        if *function == header.name {
            continue;
        }
        let head = declaration
            .replace(" = nullptr", "")
            .replace(&format!("{function}("), &format!("@::{function}("));
        let (call, arguments) = match *function {
            "open" => ("open_opts", "opts"),
            "open_and_load" => ("open_and_load", ""),
            "elf_bytes" => ("elf_bytes", "sz"),
            function => (function, "skel"),
        };
        writer.template(&format!("{head} {{ return $__{call}({arguments}); }}"));
    }
    writer.lines(0, "#endif");
}
