//! A subskeleton as `bpftool gen subskeleton` writes it, which looks before it hands out pointers.

use super::skeleton::group;
use super::types::declare_pointer;
use super::writer::{Writer, escape};
use crate::model::c::{Exported, Header, Part, Section};

pub(super) fn subskeleton(writer: &mut Writer, header: &Header) {
    // What is named after the object is a compiler's own, and the other object's is called otherwise. An arena's
    // variables are not in the value of a map.
    let maps: Vec<&Part> = (header.maps.iter())
        .filter(|map| map.name.starts_with('.') || !map.name.contains('.'))
        .collect();
    let sections: Vec<&Section> = (header.sections.iter())
        .filter(|section| section.map == section.c_name)
        .collect();
    structure(writer, header, &maps, &sections);
    writer.template(DESTROY);
    writer.template(CHECKS);
    check(writer, header, &maps, &sections);
    create(writer, header, &maps, &sections);
    writer.template(OPEN);
    writer.template(CPP_FUNCTIONS);
}

fn structure(writer: &mut Writer, header: &Header, maps: &[&Part], sections: &[&Section]) {
    writer.template(
        "\nstruct @ {\n\tstruct bpf_object *obj;\n\tstruct bpf_object_subskeleton *subskel;",
    );
    group(writer, "struct bpf_map", "maps", maps.iter().copied());
    group(writer, "struct bpf_program", "progs", &header.programs);
    for section in sections {
        let field = writer.spell(&section.c_name);
        writer.template(&format!("\tstruct $__{} {{", section.c_name));
        for variable in &section.exported {
            let name = writer.spell(&variable.c_name);
            writer.lines(2, &format!("{};", declare_pointer(&variable.ty, &name)));
        }
        if section.exported.is_empty() {
            // C++ and C would not agree about its size.
            writer.lines(2, "void *_none;");
        }
        writer.lines(1, &format!("}} {field};"));
    }
    writer.template(CPP_DECLARATIONS);
}

const CPP_DECLARATIONS: &str = "
#ifdef __cplusplus
	static inline struct @ *open(const struct bpf_object *src);
	static inline void destroy(struct @ *skel);
#endif
};";

const CPP_FUNCTIONS: &str = "
#ifdef __cplusplus
struct @ *@::open(const struct bpf_object *src) { return $__open(src); }
void @::destroy(struct @ *skel) { $__destroy(skel); }
#endif";

const DESTROY: &str = "
static inline void
$__destroy(struct @ *skel)
{
	if (!skel)
		return;
	if (skel->subskel)
		bpf_object__destroy_subskeleton(skel->subskel);
	free(skel);
}
";

const CHECKS: &str = "
static inline int
$__check(const void *found, const char *what, const char *name)
{
	if (found)
		return 0;
	fprintf(stderr, \"$: this object has no %s '%s'\\n\", what, name);
	return 1;
}

static inline int
$__check_variable(const struct bpf_object *obj, const char *section, const char *name, __u32 size)
{
	const struct btf *btf = bpf_object__btf(obj);
	int i, id = btf ? btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC) : 0;
	const struct btf_type *type = btf__type_by_id(btf, id < 0 ? 0 : (__u32)id);
	int n = id > 0 ? btf_vlen(type) : 0;

	for (i = 0; i < n; i++) {
		const struct btf_var_secinfo *entry = btf_var_secinfos(type) + i;
		const struct btf_type *var = btf__type_by_id(btf, entry->type);

		if (strcmp(btf__name_by_offset(btf, var->name_off), name) != 0)
			continue;
		if (entry->size == size)
			return 0;
		fprintf(stderr, \"$: variable '%s' in section '%s' has %u bytes, and here %u\\n\", name, section,
			entry->size, size);
		return 1;
	}
	fprintf(stderr, \"$: this object has no variable '%s' in section '%s'\\n\", name, section);
	return 1;
}
";

/// All that is missing is told, not only the first.
fn check(writer: &mut Writer, header: &Header, maps: &[&Part], sections: &[&Section]) {
    writer.template(
        "\n/* How much of what is used here another object lacks. */\n\
         static inline int\n$__lacks(const struct bpf_object *src)\n{\n\tint lacks = 0;\n\n\t(void)src;",
    );
    let parts = [
        ("map", maps.to_vec()),
        ("program", header.programs.iter().collect()),
    ];
    for (what, parts) in parts {
        for part in parts {
            let name = escape(part.name.as_bytes());
            writer.template(&format!(
                "\tlacks += $__check(bpf_object__find_{what}_by_name(src, \"{name}\"), \"{what}\", \"{name}\");"
            ));
        }
    }
    for (section, variable) in exported(sections) {
        let (section, name) = (
            escape(section.name.as_bytes()),
            escape(variable.name.as_bytes()),
        );
        let size = variable.size;
        writer.template(&format!(
            "\tlacks += $__check_variable(src, \"{section}\", \"{name}\", {size});"
        ));
    }
    writer.lines(1, "return lacks;");
    writer.lines(0, "}");
}

fn exported<'a>(
    sections: &'a [&'a Section],
) -> impl Iterator<Item = (&'a Section, &'a Exported)> + 'a {
    sections.iter().flat_map(|section| {
        let variables = section.exported.iter();
        variables.map(move |variable| (*section, variable))
    })
}

fn create(writer: &mut Writer, header: &Header, maps: &[&Part], sections: &[&Section]) {
    writer.template(CREATE_BEGIN);
    let variables: Vec<_> = exported(sections).collect();
    let lists = [
        ("map", maps.len()),
        ("prog", header.programs.len()),
        ("var", variables.len()),
    ];
    for (list, count) in lists.into_iter().filter(|(_, count)| *count > 0) {
        let text = CREATE_LIST
            .replace('#', list)
            .replace('%', &count.to_string());
        writer.lines(1, &text);
    }
    for (index, map) in maps.iter().enumerate() {
        let (name, field) = (escape(map.name.as_bytes()), writer.spell(&map.c_name));
        writer.lines(1, &format!("\ns->maps[{index}].name = \"{name}\";"));
        writer.lines(1, &format!("s->maps[{index}].map = &skel->maps.{field};"));
    }
    for (index, program) in header.programs.iter().enumerate() {
        let name = escape(program.name.as_bytes());
        let field = writer.spell(&program.c_name);
        writer.lines(1, &format!("\ns->progs[{index}].name = \"{name}\";"));
        writer.lines(
            1,
            &format!("s->progs[{index}].prog = &skel->progs.{field};"),
        );
    }
    for (index, (section, variable)) in variables.into_iter().enumerate() {
        let name = escape(variable.name.as_bytes());
        let (map, field) = (
            writer.spell(&section.c_name),
            writer.spell(&variable.c_name),
        );
        writer.lines(1, &format!("\ns->vars[{index}].name = \"{name}\";"));
        writer.lines(1, &format!("s->vars[{index}].map = &skel->maps.{map};"));
        writer.lines(
            1,
            &format!("s->vars[{index}].addr = (void **)&skel->{map}.{field};"),
        );
    }
    writer.lines(1, "\nreturn 0;");
    writer.lines(0, "}");
}

const CREATE_BEGIN: &str = "
static inline int
$__create_subskeleton(struct @ *skel, const struct bpf_object *src)
{
	struct bpf_object_subskeleton *s;

	s = (struct bpf_object_subskeleton *)calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	skel->subskel = s;
	s->sz = sizeof(*s);
	s->obj = src;
	s->map_skel_sz = sizeof(*s->maps);
	s->prog_skel_sz = sizeof(*s->progs);
	s->var_skel_sz = sizeof(*s->vars);
";

const CREATE_LIST: &str = "
s->#s = (struct bpf_#_skeleton *)calloc(%, sizeof(*s->#s));
if (!s->#s)
	return -ENOMEM;
s->#_cnt = %;
";

const OPEN: &str = "
/*
 * A view of an object that is open, or loaded, and stays with whom it belongs to: it has to outlive the view.
 * NULL with errno where it lacks something that is used here (ESRCH, and each is told on stderr), or without
 * memory.
 */
static inline struct @ *
$__open(const struct bpf_object *src)
{
	struct @ *skel;
	int err;

	if ($__lacks(src)) {
		errno = ESRCH;
		return NULL;
	}
	skel = (struct @ *)calloc(1, sizeof(*skel));
	if (!skel) {
		errno = ENOMEM;
		return NULL;
	}
	skel->obj = (struct bpf_object *)src;
	err = $__create_subskeleton(skel, src);
	if (!err)
		err = bpf_object__open_subskeleton(skel->subskel);
	if (err) {
		$__destroy(skel);
		errno = -err;
		return NULL;
	}
	return skel;
}
";
