//! Functions that open an object: the one in the header, or another version of it.

use super::writer::{Writer, escape};
use crate::model::c::Header;

pub(super) fn open(writer: &mut Writer, header: &Header) {
    let shadows = if header.shadows.is_empty() {
        ""
    } else {
        "	if (!err)\n		err = $__open_struct_ops(obj);\n"
    };
    writer.template(&OPEN_BYTES.replace("%shadows\n", shadows));
    if header.sections.is_empty() {
        writer.template(&OPEN_MEM.replace("%check\n", ""));
    } else {
        check_sections(writer, header);
        writer.template(&OPEN_MEM.replace("%check\n", OPEN_MEM_CHECK));
    }
}

/// An object that the header was not made of can have its variables elsewhere.
fn check_sections(writer: &mut Writer, header: &Header) {
    writer.template(CHECK_SECTION);
    writer.template("\nstatic inline int\n$__check_sections(const struct @ *obj)\n{");
    for (index, section) in header.sections.iter().enumerate() {
        writer.template(&format!(
            "\tstatic const struct $__variable variables_{index}[] = {{"
        ));
        for (name, offset, size) in &section.places {
            let name = escape(name.as_bytes());
            writer.lines(2, &format!("{{ \"{name}\", {offset}, {size} }},"));
        }
        writer.lines(1, "};");
    }
    writer.lines(1, "int err = 0;\n");
    for (index, section) in header.sections.iter().enumerate() {
        let name = escape(section.name.as_bytes());
        let count = section.places.len();
        writer.template(&format!(
            "\tif (!err)\n\t\terr = $__check_section(obj->obj, \"{name}\", variables_{index}, {count});"
        ));
    }
    writer.lines(1, "return err;");
    writer.lines(0, "}");
}

const CHECK_SECTION: &str = "
struct $__variable {
	const char *name;
	__u32 offset;
	__u32 size;
};

static inline int
$__check_section(const struct bpf_object *obj, const char *name, const struct $__variable *variables, int cnt)
{
	const struct btf *btf = bpf_object__btf(obj);
	int i, k, id = btf__find_by_name_kind(btf, name, BTF_KIND_DATASEC);
	const struct btf_type *section = btf__type_by_id(btf, id < 0 ? 0 : (__u32)id);
	int n = id > 0 ? btf_vlen(section) : 0;

	for (i = 0; i < cnt; i++) {
		for (k = 0; k < n; k++) {
			const struct btf_var_secinfo *entry = btf_var_secinfos(section) + k;
			const struct btf_type *var = btf__type_by_id(btf, entry->type);

			if (entry->offset == variables[i].offset && entry->size == variables[i].size &&
			    strcmp(btf__name_by_offset(btf, var->name_off), variables[i].name) == 0)
				break;
		}
		if (k == n) {
			fprintf(stderr, \"$: variable %s is elsewhere, or of another size, in this object\\n\",
				variables[i].name);
			return -EINVAL;
		}
	}
	return 0;
}
";

const OPEN_BYTES: &str = "
static inline struct @ *
$__open_bytes(const void *bytes, size_t size, const struct bpf_object_open_opts *opts)
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
		obj->skeleton->data = bytes;
		obj->skeleton->data_sz = size;
		err = bpf_object__open_skeleton(obj->skeleton, opts);
	}
%shadows
	if (err) {
		$__destroy(obj);
		errno = -err;
		return NULL;
	}
	return obj;
}

static inline struct @ *
$__open_opts(const struct bpf_object_open_opts *opts)
{
	const void *bytes;
	size_t size;

	bytes = $__elf_bytes(&size);
	return $__open_bytes(bytes, size, opts);
}

static inline struct @ *
$__open(void)
{
	return $__open_opts(NULL);
}
";

const OPEN_MEM: &str = "
/*
 * Opens another object than the one in this header: another version of it. It must have all maps and programs
 * of this one, and all variables where they are here. Members of struct_ops types may be elsewhere: what
 * is set here is carried over by name.
 */
static inline struct @ *
$__open_mem(const void *bytes, size_t size, const struct bpf_object_open_opts *opts)
{
	struct @ *obj = $__open_bytes(bytes, size, opts);

%check
	return obj;
}
";

const OPEN_MEM_CHECK: &str = "	if (obj && $__check_sections(obj)) {
		$__destroy(obj);
		errno = EINVAL;
		return NULL;
	}
";
