// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Shadow info that does not fit its object, and what a shadow copy is without problems. */
#include <errno.h>

#include "allocations.h"
#include "tcp_ops.h"

static void defaults(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *map = find_map(obj, "shadowed");
	struct bpf_struct_ops_shadow *shadow;
	struct tcp_ops *ops;
	size_t size = 1;

	shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	CHECK(shadow);
	CHECK(!bpf_struct_ops_shadow__initial_value(shadow, NULL, &size) && size == 1);
	CHECK(!bpf_struct_ops_shadow__default_value(shadow, NULL, &size) && size == 1);
	CHECK(bpf_struct_ops_shadow__reset(shadow, NULL) == -ENOENT);

	ops = bpf_struct_ops_shadow__initial_value(shadow, map, &size);
	CHECK(ops == bpf_map__initial_value(map, NULL) && size == sizeof(*ops));
	memset(ops, 0, sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__reset(shadow, map) == 0);
	CHECK(ops->flags == 1 && strcmp(ops->name, "c_default") == 0);
	CHECK(ops->set_state == find_program(obj, "set_state"));
	CHECK(memcmp(ops, bpf_struct_ops_shadow__default_value(shadow, map, NULL), size) == 0);

	/* The shadow may be freed last. */
	bpf_object__close(obj);
	bpf_struct_ops_shadow__free(shadow);
	bpf_struct_ops_shadow__free(NULL);
}

static void misfits(char **paths)
{
	struct misfit {
		struct bpf_program *ssthresh;
		__u64 flags;
		char renamed[16];
	};
	static const struct bpf_struct_ops_member_info misfit_members[] = {
		MEMBER(misfit, ssthresh),
		MEMBER(misfit, flags),
		MEMBER(misfit, renamed),
		/* Ends behind the struct; then beyond 32 bits. */
		{ "name", sizeof(struct misfit) - 8, 16 },
		{ "owner", ~0u - 3, 8 },
	};
	static const struct bpf_struct_ops_map_info maps[] = {
		MAP("shadowed", misfit, misfit_members),
		MAP("no_such_map", misfit, misfit_members),
	};
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	struct bpf_object *obj = open_object(paths[0]);
	struct problems problems = {};

	errno = 0;
	CHECK(!bpf_struct_ops_shadow__new(obj, &info, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 5);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NO_MAP, "no_such_map", "",
			  "the object has no struct_ops map 'no_such_map'"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_MEMBER_SIZE, "shadowed", "flags",
			  "map 'shadowed': 'tcp_congestion_ops.flags' has 4 bytes in the object, 8 in this program"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NO_MEMBER, "shadowed", "renamed",
			  "map 'shadowed': the object's 'struct tcp_congestion_ops' has no member 'renamed', which this program was built with"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_INFO, "shadowed", "name", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_INFO, "shadowed", "owner",
			  "map 'shadowed': shadow info lets 'tcp_congestion_ops.owner' end at byte 4294967300 of 32"));
	/* The same without anybody to tell. */
	CHECK(!bpf_struct_ops_shadow__new(obj, &info, NULL, NULL) && errno == EINVAL);
	bpf_object__close(obj);
}

static void info_problems(const char *path, const struct bpf_struct_ops_shadow_info *info,
			  const char *text)
{
	struct bpf_object *obj = open_object(path);
	struct problems problems = {};

	errno = 0;
	CHECK(!bpf_struct_ops_shadow__new(obj, info, collect, &problems) && errno == EINVAL);
	if (problems.count != 1 || problems.list[0].kind != BPF_STRUCT_OPS_BAD_INFO ||
	    strcmp(problems.list[0].text, text) != 0) {
		fprintf(stderr, "expected: %s\nfound %d: %s\n", text, problems.count,
			problems.list[0].text);
		exit(1);
	}
	bpf_object__close(obj);
}

static void broken_info(char **paths)
{
	static const struct bpf_struct_ops_member_info nameless[] = { { NULL, 0, 8 } };
	static const struct bpf_struct_ops_member_info twice[] = {
		{ "flags", 0, 4 }, { "flags", 4, 4 },
	};
	static const struct bpf_struct_ops_member_info overlapping[] = {
		{ "flags", 0, 4 }, { "name", 2, 16 },
	};
	static const struct bpf_struct_ops_map_info maps[] = {
		{ NULL, NULL, 0, 64 },
		{ "shadowed", NULL, 1, 64 },
		{ "shadowed", nameless, 1, 64 },
		{ "shadowed", twice, 2, 64 },
		{ "shadowed", overlapping, 2, 64 },
	};
	static const struct bpf_struct_ops_map_info double_map[] = {
		{ "shadowed", NULL, 0, 64 }, { "shadowed", NULL, 0, 8 },
	};
	struct bpf_struct_ops_shadow_info info = { NULL, 1 };

	info_problems(paths[0], &info, "shadow info lacks a list of maps or a map's name");
	info.maps = &maps[0];
	info_problems(paths[0], &info, "shadow info lacks a list of maps or a map's name");
	info.maps = &maps[1];
	info_problems(paths[0], &info,
		      "map 'shadowed': shadow info describes it twice, or lacks a list of members or a member's name");
	info.maps = &maps[2];
	info_problems(paths[0], &info,
		      "map 'shadowed': shadow info describes it twice, or lacks a list of members or a member's name");
	info.maps = &maps[3];
	info_problems(paths[0], &info,
		      "map 'shadowed': shadow info describes 'tcp_congestion_ops.flags' twice or over another member");
	info.maps = &maps[4];
	info_problems(paths[0], &info,
		      "map 'shadowed': shadow info describes 'tcp_congestion_ops.name' twice or over another member");
	info.maps = double_map;
	info.cnt = 2;
	info_problems(paths[0], &info,
		      "map 'shadowed': shadow info describes it twice, or lacks a list of members or a member's name");
}

/* An empty description is none at all, or a shadow copy without any member. */
static void empty_info(char **paths)
{
	static const struct bpf_struct_ops_map_info maps[] = {
		{ "shadowed", NULL, 0, 0 }, { "second", NULL, 0, sizeof(struct tcp_ops) },
	};
	struct bpf_struct_ops_shadow_info info = { NULL, 0 };
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow;
	struct state before, after;
	size_t size;

	save_state(obj, &before);
	shadow = bpf_struct_ops_shadow__new(obj, &info, NULL, NULL);
	CHECK(shadow);
	bpf_struct_ops_shadow__free(shadow);

	info.maps = maps;
	info.cnt = ARRAY_SIZE(maps);
	shadow = bpf_struct_ops_shadow__new(obj, &info, NULL, NULL);
	CHECK(shadow);
	CHECK(bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "shadowed"), &size));
	CHECK(size == 0);
	CHECK(bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "second"), &size) ==
	      bpf_map__initial_value(find_map(obj, "second"), NULL));
	CHECK(size == sizeof(struct tcp_ops));
	CHECK(bpf_struct_ops_shadow__reset(shadow, find_map(obj, "shadowed")) == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	save_state(obj, &after);
	CHECK(memcmp(before.values, after.values, sizeof(before.values)) == 0);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* Every allocation fails once; none of these failures leaks, crashes, or changes the object. */
static void out_of_memory(char **paths)
{
	static const struct bpf_struct_ops_member_info members[] = { { "flags", 8, 4 } };
	static const struct bpf_struct_ops_map_info maps[] = { { "shadowed", members, 1, 16 } };
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = NULL;
	int n;

	for (n = 0; !shadow; n++) {
		allocations_left = n;
		errno = 0;
		shadow = bpf_struct_ops_shadow__new(obj, &info, NULL, NULL);
		CHECK(shadow || errno == ENOMEM);
	}
	allocations_left = -1;
	CHECK(n > 8);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "defaults", defaults },
	{ "misfits", misfits },
	{ "broken_info", broken_info },
	{ "empty_info", empty_info },
	{ "out_of_memory", out_of_memory },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
