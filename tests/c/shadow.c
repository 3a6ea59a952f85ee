// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Shadow copies from C, held against the kernel's own copy of the value. */
#include <errno.h>
#include <unistd.h>

#include "common.h"
#include "kernel_value.h"

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
	struct same_ops *ops;

	CHECK(shadow);
	ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "shadowed"), NULL);
	ops->flags = 3;
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, collect, &problems) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	CHECK(bpf_object__load(obj) == 0);
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, collect, &problems) == 0);
	CHECK(problems.count == 0);
	/* Nobody reads what is written now. */
	ops->flags = 2;
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, NULL, NULL) == -EBUSY);
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, collect, &problems) == -EBUSY);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_WRITTEN_LATE, "shadowed", "",
			  "map 'shadowed': its shadow copy was changed after load, which has no effect; set 'struct tcp_congestion_ops' before"));
	ops->flags = 3;
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, collect, &problems) == 0);
	problems.count = 0;
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EBUSY);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "spare"), true) == -EINVAL);
	errno = 0;
	CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EBUSY);
	CHECK(problems.count == 0);
	bpf_object__close(obj);
	bpf_struct_ops_shadow__free(shadow);
}

/* libbpf believes any size, and tells the kernel's after load, for a buffer that is smaller. */
static void sizes(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "shadowed");
	struct bpf_struct_ops_shadow *shadow;
	struct kernel_value kernel;
	struct bpf_link *link;
	struct same_ops *ops;
	size_t size = 0, libbpfs = 0;

	CHECK(bpf_map__set_value_size(map, 4096) == 0);
	shadow = bpf_struct_ops_shadow__new(obj, &same_info, NULL, NULL);
	CHECK(shadow);
	ops = bpf_struct_ops_shadow__initial_value(shadow, map, &size);
	CHECK(ops && size == sizeof(*ops));
	CHECK(bpf_map__set_value_size(map, 8) == 0);
	CHECK(bpf_struct_ops_shadow__default_value(shadow, map, &size) && size == sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__object_value(shadow, map, &size) && size == sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__reset(shadow, map) == 0);
	strcpy(ops->name, unique_name());
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	CHECK(bpf_object__load(obj) == 0);

	CHECK(bpf_map__initial_value(map, &libbpfs) == ops && libbpfs > sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__initial_value(shadow, map, &size) == ops && size == sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__default_value(shadow, map, &size) && size == sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__object_value(shadow, map, &size) && size == sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__check_unwritten(shadow, NULL, NULL) == 0);
	link = bpf_map__attach_struct_ops(map);
	CHECK(link);
	read_kernel_value(&kernel, map);
	CHECK(strcmp(kernel_bytes(&kernel, "name"), unique_name()) == 0);
	CHECK(kernel_u32(&kernel, "flags") == 1);
	free_kernel_value(&kernel);
	CHECK(bpf_link__destroy(link) == 0);
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
	{ "sizes", sizes },
	{ "optional_maps", optional_maps },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
