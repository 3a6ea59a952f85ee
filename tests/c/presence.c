// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What a kernel lacks, left out or refused. The kernels are made up; nothing is loaded. */
#include <errno.h>

#include "common.h"

/* The layout of tests/bpf/c_tcp.bpf.c. */
struct tcp_ops {
	struct bpf_program *ssthresh;
	struct bpf_program *cong_avoid;
	__u32 flags;
	char name[16];
	struct bpf_program *undo_cwnd;
	struct bpf_program *set_state;
	void *owner;
};

static struct btf_member *kernel_member(struct btf *kernel, const char *type_name, const char *member)
{
	int id = btf__find_by_name_kind(kernel, type_name, BTF_KIND_STRUCT), i;
	const struct btf_type *type;

	CHECK(id > 0);
	type = btf__type_by_id(kernel, (__u32)id);
	for (i = 0; i < btf_vlen(type); i++)
		if (strcmp(btf__name_by_offset(kernel, btf_members(type)[i].name_off), member) == 0)
			return btf_members(type) + i;
	CHECK(!"such a member");
	return NULL;
}

/* A kernel that has the object's own types; with links and this type registered, as told. */
static struct btf *kernel_of(const struct bpf_object *obj, const char *type_name, bool links)
{
	struct btf *kernel = btf__new_empty();
	char value[64];

	snprintf(value, sizeof(value), "bpf_struct_ops_%s", type_name);
	CHECK(kernel && btf__add_btf(kernel, bpf_object__btf(obj)) > 0);
	CHECK(btf__add_struct(kernel, value, 4) > 0);
	if (links)
		CHECK(btf__add_enum(kernel, NULL, 4) > 0 &&
		      btf__add_enum_value(kernel, "BPF_F_LINK", 1 << 13) == 0);
	return kernel;
}

static void rename_member(struct btf *kernel, const char *type_name, const char *member)
{
	int name = btf__add_str(kernel, "of_another_version");

	CHECK(name > 0);
	kernel_member(kernel, type_name, member)->name_off = (__u32)name;
}

static struct bpf_struct_ops_shadow *open_shadow(const char *path, struct bpf_object **obj)
{
	struct bpf_struct_ops_shadow *shadow;

	*obj = open_object(path);
	shadow = bpf_struct_ops_shadow__new(*obj, NULL, NULL, NULL);
	CHECK(shadow);
	return shadow;
}

static void left_out(char **paths)
{
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow = open_shadow(paths[0], &obj);
	struct btf *kernel = kernel_of(obj, "tcp_congestion_ops", false);
	struct bpf_map *map = find_map(obj, "shadowed");
	const struct tcp_ops *object_ops = bpf_map__initial_value(map, NULL);
	struct problems problems = {};

	rename_member(kernel, "tcp_congestion_ops", "flags");
	rename_member(kernel, "tcp_congestion_ops", "set_state");

	/* Required: refused, and everything stays. */
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(problems.count == 4);
	CHECK(object_ops->flags == 1 && object_ops->set_state);
	CHECK(bpf_map__map_flags(map) & 1 << 13);

	CHECK(bpf_struct_ops_shadow__set_presence(shadow, NULL, NULL, BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, "flags", BPF_STRUCT_OPS_WARN) == 0);
	memset(&problems, 0, sizeof(problems));
	/* Looking changes nothing; nothing is refused. */
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 4 && object_ops->flags == 1);
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 4);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "shadowed", "flags",
			  "map 'shadowed': this kernel's 'struct tcp_congestion_ops' has no member 'flags'; its value 1 was left out"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "shadowed", "set_state",
			  "map 'shadowed': this kernel's 'struct tcp_congestion_ops' has no member 'set_state'; callback 'set_state' was left out"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_LINK, "shadowed", "",
			  "map 'shadowed': this kernel has no links for struct_ops maps; it registers without one"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_LINK, "second", "", NULL));
	CHECK(!object_ops->flags && !object_ops->set_state && object_ops->ssthresh);
	CHECK(!bpf_program__autoload(find_program(obj, "set_state")));
	CHECK(bpf_program__autoload(find_program(obj, "ssthresh")));
	CHECK(!(bpf_map__map_flags(map) & 1 << 13) && bpf_map__autocreate(map));
	btf__free(kernel);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void missing_type(char **paths)
{
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow = open_shadow(paths[0], &obj);
	struct btf *kernel = kernel_of(obj, "another_ops", true);
	struct problems problems = {};

	CHECK(bpf_struct_ops_shadow__set_presence(shadow, find_map(obj, "second"), NULL,
						  BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "replacement"), true) == 0);
	/* One of the two is required. */
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(bpf_map__autocreate(find_map(obj, "second")));
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, find_map(obj, "shadowed"), NULL,
						  BPF_STRUCT_OPS_WARN) == 0);
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "second", "",
			  "map 'second': this kernel has no struct_ops type 'struct tcp_congestion_ops'; the map was left out"));
	CHECK(!bpf_map__autocreate(find_map(obj, "shadowed")));
	CHECK(!bpf_map__autocreate(find_map(obj, "second")));
	/* Nor what was switched on for it. */
	CHECK(!bpf_program__autoload(find_program(obj, "replacement")));
	CHECK(!bpf_program__autoload(find_program(obj, "ssthresh")));
	CHECK(bpf_program__autoload(find_program(obj, "on_sys_enter")));
	btf__free(kernel);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void narrower_word(char **paths)
{
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow = open_shadow(paths[0], &obj);
	struct btf *kernel = kernel_of(obj, "tcp_congestion_ops", true);
	struct bpf_map *map = find_map(obj, "shadowed");
	struct problems problems = {};

	rename_member(kernel, "tcp_congestion_ops", "flags");
	rename_member(kernel, "tcp_congestion_ops", "set_state");
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, "flags", BPF_STRUCT_OPS_REQUIRE) == 0);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, NULL, BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, NULL, NULL, BPF_STRUCT_OPS_REQUIRE) == 0);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, collect, &problems) == 1);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "shadowed", "flags",
			  "map 'shadowed': this kernel's 'struct tcp_congestion_ops' has no member 'flags', which is set"));

	CHECK(bpf_struct_ops_shadow__set_presence(shadow, NULL, "flags", BPF_STRUCT_OPS_DROP) == -EINVAL);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, NULL,
						  (enum bpf_struct_ops_presence)3) == -EINVAL);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, "none", BPF_STRUCT_OPS_DROP) == -ENOENT);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, map, "", BPF_STRUCT_OPS_DROP) == -ENOENT);
	CHECK(bpf_struct_ops_shadow__set_presence(shadow, (struct bpf_map *)kernel, NULL,
						  BPF_STRUCT_OPS_DROP) == -ENOENT);
	btf__free(kernel);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* libbpf copies nested structs byte by byte: not onto a kernel that has their members elsewhere. */
static void nested_elsewhere(char **paths)
{
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow = open_shadow(paths[0], &obj);
	struct btf *kernel = kernel_of(obj, "c_version_ops", true);
	struct bpf_map *map = find_map(obj, "versioned");
	struct btf_member *x = kernel_member(kernel, "c_pair", "x");
	struct btf_member *fresh = kernel_member(kernel, "c_pair", "fresh");
	struct problems problems = {};
	unsigned char *value;
	__u32 offset = x->offset;

	CHECK(bpf_struct_ops_shadow__set_presence(shadow, NULL, NULL, BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 0);
	x->offset = fresh->offset;
	fresh->offset = offset;
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(problems.count == 4);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE, "versioned", "pairs[0][0].x", NULL) ||
	      has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE, "versioned", "pairs[0].x", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE, "versioned", "nested.pair.fresh",
			  "map 'versioned': 'c_version_ops.nested.pair.fresh' begins at bit 32 of its struct in the object, 64 in this kernel; libbpf would not move it"));

	/* What is zero is nowhere. */
	value = bpf_struct_ops_shadow__initial_value(shadow, map, NULL);
	memset(value, 0, 4 * 12);
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(problems.count == 2);
	btf__free(kernel);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void plan(char **paths)
{
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow = open_shadow(paths[0], &obj);
	struct bpf_struct_ops_plan plan;

	CHECK(bpf_struct_ops_shadow__plan(shadow, find_program(obj, "set_state"), &plan) == 0);
	CHECK(plan.loaded && plan.reason == BPF_STRUCT_OPS_PLAN_CALLBACK);
	CHECK(strcmp(plan.map, "shadowed") == 0 && strcmp(plan.member, "set_state") == 0);
	CHECK(bpf_struct_ops_shadow__plan(shadow, find_program(obj, "spare"), &plan) == 0);
	CHECK(!plan.loaded && plan.reason == BPF_STRUCT_OPS_PLAN_UNUSED && !plan.map);
	CHECK(bpf_struct_ops_shadow__plan(shadow, find_program(obj, "on_sys_enter"), &plan) == 0);
	CHECK(plan.loaded && plan.reason == BPF_STRUCT_OPS_PLAN_AUTOLOAD);
	CHECK(bpf_struct_ops_shadow__set_autoload(shadow, find_program(obj, "set_state"), false) == 0);
	CHECK(bpf_map__set_autocreate(find_map(obj, "shadowed"), false) == 0);
	CHECK(bpf_struct_ops_shadow__plan(shadow, find_program(obj, "set_state"), &plan) == 0);
	CHECK(!plan.loaded && plan.reason == BPF_STRUCT_OPS_PLAN_CHOSEN && !plan.map);
	CHECK(bpf_struct_ops_shadow__plan(shadow, NULL, &plan) == -ENOENT);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "left_out", left_out },
	{ "missing_type", missing_type },
	{ "narrower_word", narrower_word },
	{ "nested_elsewhere", nested_elsewhere },
	{ "plan", plan },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
