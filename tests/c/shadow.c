// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Shadow copies from C, held against the kernel's own copy of the value. */
#include <errno.h>
#include <unistd.h>

#include "common.h"

/* The layout of tests/bpf/c_tcp.bpf.c. */
struct same_ops {
	struct bpf_program *ssthresh;
	struct bpf_program *cong_avoid;
	__u32 flags;
	char name[16];
	struct bpf_program *undo_cwnd;
	struct bpf_program *set_state;
	void *owner;
};

static const struct bpf_struct_ops_member_info same_members[] = {
	MEMBER(same_ops, ssthresh), MEMBER(same_ops, cong_avoid), MEMBER(same_ops, flags),
	MEMBER(same_ops, name), MEMBER(same_ops, undo_cwnd), MEMBER(same_ops, set_state),
	MEMBER(same_ops, owner),
};

static const struct bpf_struct_ops_map_info same_maps[] = {
	MAP("shadowed", same_ops, same_members),
	MAP("second", same_ops, same_members),
};

static const struct bpf_struct_ops_shadow_info same_info = INFO(same_maps);

/* What a program had that was built before flags and set_state came, and the rest moved. */
struct older_ops {
	char name[16];
	__u64 gone_since;
	struct bpf_program *cong_avoid;
	struct bpf_program *ssthresh;
	struct bpf_program *undo_cwnd;
};

static const struct bpf_struct_ops_member_info older_members[] = {
	MEMBER(older_ops, name), MEMBER(older_ops, cong_avoid), MEMBER(older_ops, ssthresh),
	MEMBER(older_ops, undo_cwnd),
};

static const struct bpf_struct_ops_map_info older_maps[] = {
	MAP("shadowed", older_ops, older_members),
};

static const struct bpf_struct_ops_shadow_info older_info = INFO(older_maps);

/* Several of these tests run at once, and names of congestion controls are global. */
static const char *unique_name(void)
{
	static char name[16];

	snprintf(name, sizeof(name), "c_%d", (int)getpid());
	return name;
}

static bool is_registered(const char *name)
{
	FILE *file = fopen("/proc/sys/net/ipv4/tcp_available_congestion_control", "r");
	char text[4096], *word;
	size_t length;
	bool found = false;

	CHECK(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	for (word = strtok(text, " \n"); word && !found; word = strtok(NULL, " \n"))
		found = strcmp(word, name) == 0;
	return found;
}

/* The kernel's copy of a tcp_congestion_ops map, and the layout that it has there. */
struct kernel_value {
	struct btf *btf;
	const struct btf_type *type;
	char *bytes;
	char *data;
};

static const struct btf_member *kernel_member(const struct btf *btf, const struct btf_type *type,
					      const char *name)
{
	const struct btf_member *member = btf_members(type);
	int i;

	for (i = 0; i < btf_vlen(type); i++, member++)
		if (strcmp(btf__name_by_offset(btf, member->name_off), name) == 0)
			return member;
	return NULL;
}

static void read_kernel_value(struct kernel_value *value, const struct bpf_map *map)
{
	const char *name = "bpf_struct_ops_tcp_congestion_ops";
	const struct btf_type *outer;
	const struct btf_member *data;
	int key = 0, id;

	value->btf = btf__load_vmlinux_btf();
	CHECK(value->btf);
	id = btf__find_by_name_kind(value->btf, name, BTF_KIND_STRUCT);
	CHECK(id > 0);
	outer = btf__type_by_id(value->btf, (__u32)id);
	data = kernel_member(value->btf, outer, "data");
	CHECK(data);
	value->type = btf__type_by_id(value->btf, data->type);
	value->bytes = calloc(1, outer->size);
	CHECK(value->bytes);
	CHECK(bpf_map_lookup_elem(bpf_map__fd(map), &key, value->bytes) == 0);
	value->data = value->bytes + data->offset / 8;
}

static const char *kernel_bytes(const struct kernel_value *value, const char *name)
{
	const struct btf_member *member = kernel_member(value->btf, value->type, name);

	CHECK(member);
	return value->data + member->offset / 8;
}

static __u32 kernel_u32(const struct kernel_value *value, const char *name)
{
	__u32 number;

	memcpy(&number, kernel_bytes(value, name), sizeof(number));
	return number;
}

static __u64 kernel_callback(const struct kernel_value *value, const char *name)
{
	__u64 id;

	memcpy(&id, kernel_bytes(value, name), sizeof(id));
	return id;
}

/* Everything but the members named, up to NULL, is zero. */
static bool rest_is_zero(const struct kernel_value *value, const char *const *names)
{
	__u32 i;

	for (; *names; names++) {
		const struct btf_member *member = kernel_member(value->btf, value->type, *names);
		__s64 size = btf__resolve_size(value->btf, member->type);

		memset(value->data + member->offset / 8, 0, (size_t)size);
	}
	for (i = 0; i < value->type->size; i++)
		if (value->data[i])
			return false;
	return true;
}

static void free_kernel_value(struct kernel_value *value)
{
	btf__free(value->btf);
	free(value->bytes);
}

static __u32 program_id(const struct bpf_object *obj, const char *name)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	CHECK(bpf_prog_get_info_by_fd(bpf_program__fd(find_program(obj, name)), &info, &size) == 0);
	CHECK(info.id);
	return info.id;
}

static bool is_program_loaded(const struct bpf_object *obj, const char *name)
{
	return bpf_program__fd(find_program(obj, name)) >= 0;
}

/* For a map that is not created libbpf says the descriptor of something else. */
static bool is_map_created(const struct bpf_object *obj, const char *name)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return bpf_map_get_info_by_fd(bpf_map__fd(find_map(obj, name)), &info, &size) == 0;
}

static void same_layout(char **paths)
{
	static const char *const set[] = { "ssthresh", "cong_avoid", "undo_cwnd", "flags", "name", NULL };
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "shadowed"), *second = find_map(obj, "second");
	struct problems problems = {};
	struct bpf_struct_ops_shadow *shadow;
	const struct same_ops *defaults;
	struct kernel_value kernel;
	struct bpf_link *link;
	struct same_ops *ops;
	size_t size = 0;

	shadow = bpf_struct_ops_shadow__new(obj, &same_info, collect, &problems);
	CHECK(shadow && problems.count == 0);

	ops = bpf_struct_ops_shadow__initial_value(shadow, map, &size);
	CHECK(ops && size == sizeof(*ops));
	/* Layouts agree: nothing between the program and libbpf. */
	CHECK(ops == bpf_map__initial_value(map, NULL));
	CHECK(ops->flags == 1 && strcmp(ops->name, "c_default") == 0);
	CHECK(ops->cong_avoid == find_program(obj, "original"));

	ops->flags = 3;
	strcpy(ops->name, unique_name());
	ops->cong_avoid = find_program(obj, "replacement");
	ops->set_state = NULL;

	/* The other map refers to the replacement as well; it shall not be what loads it. */
	CHECK(bpf_map__set_autocreate(second, false) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(problems.count == 0);
	CHECK(bpf_object__load(obj) == 0);

	CHECK(is_program_loaded(obj, "replacement"));
	CHECK(!is_program_loaded(obj, "original"));
	CHECK(!is_program_loaded(obj, "set_state"));
	CHECK(!is_program_loaded(obj, "spare"));
	CHECK(is_program_loaded(obj, "on_sys_enter"));
	CHECK(is_map_created(obj, "shadowed") && !is_map_created(obj, "second"));

	/* libbpf says the kernel's size now. */
	CHECK(bpf_struct_ops_shadow__initial_value(shadow, map, &size) == ops);
	CHECK(size == sizeof(*ops));
	size = 0;
	defaults = bpf_struct_ops_shadow__default_value(shadow, map, &size);
	CHECK(size == sizeof(*ops));
	CHECK(defaults->flags == 1 && strcmp(defaults->name, "c_default") == 0);
	CHECK(defaults->cong_avoid == find_program(obj, "original"));

	link = bpf_map__attach_struct_ops(map);
	CHECK(link);
	CHECK(is_registered(unique_name()) && !is_registered("c_default"));

	read_kernel_value(&kernel, map);
	CHECK(kernel_u32(&kernel, "flags") == 3);
	CHECK(strcmp(kernel_bytes(&kernel, "name"), unique_name()) == 0);
	CHECK(kernel_callback(&kernel, "cong_avoid") == program_id(obj, "replacement"));
	CHECK(kernel_callback(&kernel, "ssthresh") == program_id(obj, "ssthresh"));
	CHECK(kernel_callback(&kernel, "undo_cwnd") == program_id(obj, "undo_cwnd"));
	CHECK(kernel_callback(&kernel, "set_state") == 0);
	CHECK(rest_is_zero(&kernel, set));
	free_kernel_value(&kernel);

	CHECK(bpf_link__destroy(link) == 0);
	CHECK(!is_registered(unique_name()));
	bpf_object__close(obj);
	bpf_struct_ops_shadow__free(shadow);
}

static void older_layout(char **paths)
{
	static const char *const set[] = { "ssthresh", "cong_avoid", "undo_cwnd", "set_state", "flags",
					   "name", NULL };
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "shadowed");
	struct problems problems = {};
	struct bpf_struct_ops_shadow *shadow;
	struct kernel_value kernel;
	struct bpf_link *link;
	struct older_ops *ops;
	size_t size = 0;

	shadow = bpf_struct_ops_shadow__new(obj, &older_info, collect, &problems);
	CHECK(shadow && problems.count == 0);
	ops = bpf_struct_ops_shadow__initial_value(shadow, map, &size);
	CHECK(ops && size == sizeof(*ops));
	CHECK((void *)ops != bpf_map__initial_value(map, NULL));
	CHECK(strcmp(ops->name, "c_default") == 0);
	CHECK(ops->cong_avoid == find_program(obj, "original"));
	CHECK(ops->ssthresh == find_program(obj, "ssthresh"));
	/* Bytes that belong to no member of the object's are this program's own. */
	CHECK(ops->gone_since == 0);
	ops->gone_since = ~0ull;

	strcpy(ops->name, unique_name());
	ops->cong_avoid = find_program(obj, "replacement");
	/* Twice is as good as once. */
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(problems.count == 0);
	CHECK(bpf_object__load(obj) == 0);
	bpf_struct_ops_shadow__initial_value(shadow, map, &size);
	CHECK(size == sizeof(*ops));
	CHECK(!is_program_loaded(obj, "original") && is_program_loaded(obj, "set_state"));

	link = bpf_map__attach_struct_ops(map);
	CHECK(link);
	CHECK(is_registered(unique_name()) && !is_registered("c_default"));
	read_kernel_value(&kernel, map);
	CHECK(strcmp(kernel_bytes(&kernel, "name"), unique_name()) == 0);
	CHECK(kernel_callback(&kernel, "cong_avoid") == program_id(obj, "replacement"));
	CHECK(kernel_callback(&kernel, "ssthresh") == program_id(obj, "ssthresh"));
	CHECK(kernel_callback(&kernel, "undo_cwnd") == program_id(obj, "undo_cwnd"));
	/* What the older program does not know of is as the object file has it. */
	CHECK(kernel_callback(&kernel, "set_state") == program_id(obj, "set_state"));
	CHECK(kernel_u32(&kernel, "flags") == 1);
	CHECK(rest_is_zero(&kernel, set));
	free_kernel_value(&kernel);

	CHECK(bpf_link__destroy(link) == 0);
	CHECK(!is_registered(unique_name()));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void autoload(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]), *other = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	struct same_ops *ops;

	CHECK(shadow);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(other, "spare"), true) == -ENOENT);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "on_sys_enter"), false) == 0);
	/* Not by way of the shadow: programs that are not struct_ops are none of commit's business. */
	CHECK(bpf_program__set_autoload(find_program(obj, "on_sys_exit"), false) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "set_state"), false) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "spare"), true) == 0);
	ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "shadowed"), NULL);
	ops->set_state = find_program(obj, "spare");
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	CHECK(bpf_object__load(obj) == 0);

	CHECK(!is_program_loaded(obj, "on_sys_enter"));
	CHECK(!is_program_loaded(obj, "on_sys_exit"));
	CHECK(!is_program_loaded(obj, "set_state"));
	CHECK(is_program_loaded(obj, "spare"));
	/* The second map refers to the one, the first to the other. */
	CHECK(is_program_loaded(obj, "original") && is_program_loaded(obj, "replacement"));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(other);
	bpf_object__close(obj);
}

static void after_load(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	struct problems problems = {};

	CHECK(shadow);
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	CHECK(bpf_object__load(obj) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EBUSY);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "spare"), true) == -EINVAL);
	errno = 0;
	CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EBUSY);
	CHECK(problems.count == 0);
	bpf_object__close(obj);
	bpf_struct_ops_shadow__free(shadow);
}

/* Neither map of a "?" section is created, unless asked for; nor are its programs loaded. */
static void optional_maps(char **paths)
{
	struct bpf_struct_ops_shadow *shadow;
	struct bpf_object *obj;
	int asked_for;

	for (asked_for = 0; asked_for < 2; asked_for++) {
		obj = open_object(paths[0]);
		shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
		CHECK(shadow);
		if (asked_for)
			CHECK(bpf_map__set_autocreate(find_map(obj, "second"), true) == 0);
		CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
		CHECK(bpf_object__load(obj) == 0);
		CHECK(!is_map_created(obj, "first"));
		CHECK(is_map_created(obj, "second") == asked_for);
		CHECK(is_program_loaded(obj, "second_cong_avoid") == asked_for);
		CHECK(is_program_loaded(obj, "ssthresh") == asked_for);
		CHECK(!is_program_loaded(obj, "first_cong_avoid"));
		bpf_struct_ops_shadow__free(shadow);
		bpf_object__close(obj);
	}
}

static const struct test_case cases[] = {
	{ "same_layout", same_layout },
	{ "older_layout", older_layout },
	{ "autoload", autoload },
	{ "after_load", after_load },
	{ "optional_maps", optional_maps },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
