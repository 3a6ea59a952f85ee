// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What commit refuses, and that it then changes nothing. Nothing here is loaded. */
#include <errno.h>

#include "tcp_ops.h"

static void commit_problems(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]), *other = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow;
	struct tcp_ops *ops, *second;
	struct problems problems = {};
	struct state before, after;

	shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	CHECK(shadow);
	ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "shadowed"), NULL);
	second = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "second"), NULL);
	ops->ssthresh = find_program(other, "ssthresh");
	ops->cong_avoid = find_program(obj, "on_sys_enter");
	ops->undo_cwnd = (struct bpf_program *)1;
	ops->owner = &problems;
	second->ssthresh = find_program(other, "ssthresh");
	second->set_state = find_program(obj, "replacement");
	bpf_object__close(other);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "set_state"), false) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "spare"), true) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "on_sys_enter"), true) == 0);

	save_state(obj, &before);
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == -EINVAL);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EINVAL);
	save_state(obj, &after);
	CHECK(memcmp(&before, &after, sizeof(before)) == 0);

	CHECK(problems.count == 8);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_FOREIGN_PROGRAM, "shadowed", "ssthresh",
			  "map 'shadowed': callback 'tcp_congestion_ops.ssthresh' is set to a program that is not of this object"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_FOREIGN_PROGRAM, "shadowed", "cong_avoid",
			  "map 'shadowed': callback 'tcp_congestion_ops.cong_avoid' is set to 'on_sys_enter', which is no struct_ops program"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_FOREIGN_PROGRAM, "shadowed", "undo_cwnd", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_OFF, "shadowed", "set_state",
			  "map 'shadowed': callback 'tcp_congestion_ops.set_state' is set to program 'set_state', whose autoload was switched off"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_DATA_POINTER, "shadowed", "owner",
			  "map 'shadowed': 'tcp_congestion_ops.owner' is a pointer to data and must stay NULL; the kernel takes none from user space"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_FOREIGN_PROGRAM, "second", "ssthresh", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_REUSED, "second", "set_state",
			  "map 'second': callback 'tcp_congestion_ops.set_state' is set to program 'replacement', which is another callback already"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_UNUSED, "", "",
			  "program 'spare' is to be loaded, but is the callback of no map that will be created"));

	/* What is not created cannot be wrong, and is not handed over. */
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_map__set_autocreate(find_map(obj, "shadowed"), false) == 0);
	CHECK(bpf_struct_ops_shadow__reset(shadow, find_map(obj, "second")) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "spare"), false) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(problems.count == 0);
	CHECK(bpf_program__autoload(find_program(obj, "replacement")));
	CHECK(!bpf_program__autoload(find_program(obj, "original")));
	CHECK(!bpf_program__autoload(find_program(obj, "set_state")));
	CHECK(bpf_program__autoload(find_program(obj, "on_sys_enter")));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* In a layout of this program's own, libbpf's buffer does not see what commit refuses. */
static void nothing_translated_on_failure(char **paths)
{
	struct moved {
		__u32 flags;
		void *owner;
		char name[16];
	};
	static const struct bpf_struct_ops_member_info members[] = {
		MEMBER(moved, flags), MEMBER(moved, owner), MEMBER(moved, name),
	};
	static const struct bpf_struct_ops_map_info maps[] = { MAP("shadowed", moved, members) };
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "shadowed");
	const struct tcp_ops *object_ops = bpf_map__initial_value(map, NULL);
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};
	struct state before, after;
	struct moved *ops;

	shadow = bpf_struct_ops_shadow__new(obj, &info, collect, &problems);
	CHECK(shadow);
	ops = bpf_struct_ops_shadow__initial_value(shadow, map, NULL);
	CHECK((void *)ops != (void *)object_ops && ops->flags == 1);
	ops->flags = 9;
	ops->owner = ops;
	save_state(obj, &before);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EINVAL);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_DATA_POINTER, "shadowed", "owner", NULL));
	save_state(obj, &after);
	CHECK(memcmp(&before, &after, sizeof(before)) == 0);

	/* Not even into a map that is not created. */
	CHECK(bpf_map__set_autocreate(map, false) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(object_ops->flags == 1 && !object_ops->owner);

	CHECK(bpf_map__set_autocreate(map, true) == 0);
	ops->owner = NULL;
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(object_ops->flags == 9 && strcmp(object_ops->name, "c_default") == 0);
	CHECK(bpf_struct_ops_shadow__reset(shadow, map) == 0 && ops->flags == 1);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(object_ops->flags == 1);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void optional_sections(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};

	/* What libbpf leaves; when this fails, it has been mended there. */
	CHECK(!bpf_map__autocreate(find_map(obj, "first")));
	CHECK(bpf_map__autocreate(find_map(obj, "second")));
	shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	CHECK(shadow);
	CHECK(!bpf_map__autocreate(find_map(obj, "first")));
	CHECK(!bpf_map__autocreate(find_map(obj, "second")));
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == 0);
	CHECK(!bpf_program__autoload(find_program(obj, "ssthresh")));

	/* Only a map that will be created gives a program a callback. */
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "ssthresh"), true) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EINVAL);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_UNUSED, "", "", NULL));
	CHECK(bpf_map__set_autocreate(find_map(obj, "second"), true) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	CHECK(bpf_program__autoload(find_program(obj, "undo_cwnd")));
	CHECK(bpf_program__autoload(find_program(obj, "second_cong_avoid")));
	CHECK(!bpf_program__autoload(find_program(obj, "first_cong_avoid")));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* Anonymous members have no name to go by, but an order. */
static void nested(char **paths)
{
	struct moved {
		struct bpf_program *run;
		__u32 setting;
		union {
			__u32 first;
			float other;
		};
		struct {
			__u32 inner;
			__u32 more;
		} nested;
		union {
			__u64 second;
			__u32 half;
		};
	};
	static const struct bpf_struct_ops_member_info members[] = {
		MEMBER(moved, run), MEMBER(moved, setting),
		{ "", offsetof(struct moved, first), sizeof(__u32) },
		MEMBER(moved, nested),
		{ "", offsetof(struct moved, second), sizeof(__u64) },
	};
	static const struct bpf_struct_ops_member_info third[] = {
		{ "", 0, 4 }, { "", 8, 8 }, { "", 16, 4 },
	};
	static const struct bpf_struct_ops_map_info maps[] = { MAP("nested", moved, members) };
	static const struct bpf_struct_ops_map_info third_maps[] = { { "nested", third, 3, 24 } };
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	static const struct bpf_struct_ops_shadow_info third_info = INFO(third_maps);
	struct {
		__u32 first, inner, more;
		__u64 second;
		__u32 setting;
		struct bpf_program *run;
	} *object_ops;
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "nested");
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};
	struct btf *kernel = btf__new_empty();
	struct btf_member *kernel_members;
	struct bpf_map *other;
	struct moved *ops;
	int id, name;

	/* A kernel that has the object's types, and has registered this one. */
	CHECK(kernel && btf__add_btf(kernel, bpf_object__btf(obj)) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_c_nested_ops", 4) > 0);
	shadow = bpf_struct_ops_shadow__new(obj, &info, collect, &problems);
	CHECK(shadow);
	CHECK(!bpf_map__autocreate(map) && bpf_map__set_autocreate(map, true) == 0);
	ops = bpf_struct_ops_shadow__initial_value(shadow, map, NULL);
	CHECK(ops->first == 1 && ops->nested.inner == 2 && ops->nested.more == 3);
	CHECK(ops->second == 4 && ops->setting == 5 && ops->run == find_program(obj, "some_callback"));
	ops->first = 10;
	ops->nested.more = 30;
	ops->second = 40;
	/* Every other map uses the program as another callback. */
	ops->run = NULL;
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_REUSED, "lacking", "c_not_in_the_kernel", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_PROGRAM_REUSED, "kinds", "owner", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_ANONYMOUS, "nested", "",
			  "map 'nested': 'struct c_nested_ops' has several anonymous members, which libbpf would copy over each other"));
	bpf_object__for_each_map(other, obj)
		if (bpf_map__type(other) == BPF_MAP_TYPE_STRUCT_OPS && other != map)
			CHECK(bpf_map__set_autocreate(other, false) == 0);
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(problems.count == 1);
	/* A kernel in which they have names takes them where they are zero. */
	id = btf__find_by_name_kind(kernel, "c_nested_ops", BTF_KIND_STRUCT);
	name = btf__add_str(kernel, "named");
	CHECK(id > 0 && name > 0);
	kernel_members = btf_members(btf__type_by_id(kernel, (__u32)id));
	kernel_members[0].name_off = kernel_members[2].name_off = (__u32)name;
	ops->first = 0;
	ops->second = 0;
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == 0);
	object_ops = bpf_map__initial_value(map, NULL);
	CHECK(object_ops->first == 0 && object_ops->inner == 2 && object_ops->more == 30);
	CHECK(object_ops->second == 0 && object_ops->setting == 5 && !object_ops->run);
	bpf_struct_ops_shadow__free(shadow);
	btf__free(kernel);

	memset(&problems, 0, sizeof(problems));
	CHECK(!bpf_struct_ops_shadow__new(obj, &third_info, collect, &problems));
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NO_MEMBER, "nested", "", NULL));
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "commit_problems", commit_problems },
	{ "nothing_translated_on_failure", nothing_translated_on_failure },
	{ "optional_sections", optional_sections },
	{ "nested", nested },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
