// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What shadow copies refuse, and in which words. Nothing here is loaded. */
#include <errno.h>
#include <gelf.h>
#include <pthread.h>
#include <stdarg.h>

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

/* Allocations that fail: the one that this many others come before, counted down; off below zero. */
static int allocations_left = -1;

static bool fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

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

/* The object is as it was: every byte of both maps, and every program's autoload. */
struct state {
	char values[2][sizeof(struct tcp_ops)];
	bool autoload[16];
};

static void save_state(const struct bpf_object *obj, struct state *state)
{
	struct bpf_program *prog;
	int i = 0;

	memset(state, 0, sizeof(*state));
	memcpy(state->values[0], bpf_map__initial_value(find_map(obj, "shadowed"), NULL),
	       sizeof(struct tcp_ops));
	memcpy(state->values[1], bpf_map__initial_value(find_map(obj, "second"), NULL),
	       sizeof(struct tcp_ops));
	bpf_object__for_each_program(prog, obj)
		state->autoload[i++] = bpf_program__autoload(prog);
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

static void bitfield(char **paths)
{
	/* Moved, and described as if they were numbers. */
	static const struct bpf_struct_ops_member_info members[] = {
		{ "narrow", 8, 4 }, { "wide", 16, 4 },
	};
	static const struct bpf_struct_ops_map_info maps[] = { { "bits", members, 2, 64 } };
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	struct bpf_object *obj = open_object(paths[0]);
	struct problems problems = {};
	struct bpf_struct_ops_shadow *shadow;

	CHECK(!bpf_struct_ops_shadow__new(obj, &info, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "wide", NULL));

	memset(&problems, 0, sizeof(problems));
	shadow = bpf_struct_ops_shadow__new(obj, NULL, collect, &problems);
	CHECK(shadow && problems.count == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EINVAL);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "narrow",
			  "map 'bits': 'tcp_congestion_ops___bits.narrow' is a bitfield, which libbpf cannot carry to the kernel"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "wide", NULL));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void kernel_types(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	struct btf *kernel = btf__load_vmlinux_btf();
	struct problems problems = {};

	CHECK(shadow && kernel);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 3, NULL, NULL) == 10);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, collect, &problems) == 10);
	CHECK(problems.count == 10);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "unknown_type", "",
			  "map 'unknown_type': this kernel has no struct_ops type 'struct c_unknown_ops'"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "four_underscores", "", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "two_flavours", "", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "lacking",
			  "c_not_in_the_kernel",
			  "map 'lacking': this kernel's 'struct tcp_congestion_ops___lacking' has no member 'c_not_in_the_kernel', which is set"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "lacking", "c_setting", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_KIND, "kinds", "flags",
			  "map 'kinds': 'tcp_congestion_ops___kinds.flags' is a struct in the object, an integer in this kernel"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_KIND, "kinds", "owner",
			  "map 'kinds': 'tcp_congestion_ops___kinds.owner' is a callback in the object, a pointer to data in this kernel"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_KIND, "kinds", "name", NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE, "sizes", "name",
			  "map 'sizes': 'tcp_congestion_ops___sizes.name' has 8 bytes in the object, 16 in this kernel"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE, "sizes", "flags", NULL));
	btf__free(kernel);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* Adds struct NAME { unsigned int flags [: bits]; } and, if registered, its value type. */
static void add_ops_type(struct btf *btf, const char *name, int bits, bool registered)
{
	int number = btf__add_int(btf, bits ? "unsigned int" : "u32", 4, 0), type;
	char value[128];

	CHECK(number > 0);
	/* The kernel has links. */
	CHECK(btf__add_enum(btf, NULL, 4) > 0 && btf__add_enum_value(btf, "BPF_F_LINK", 1 << 13) == 0);
	type = btf__add_struct(btf, name, 4);
	CHECK(type > 0 && btf__add_field(btf, "flags", number, 0, (__u32)bits) == 0);
	if (!registered)
		return;
	snprintf(value, sizeof(value), "bpf_struct_ops_%s", name);
	CHECK(btf__add_struct(btf, value, 4) > 0);
	CHECK(btf__add_field(btf, "data", type, 0, 0) == 0);
}

/* Kernels that are made up: none, without the type, with it in a module, with a bitfield. */
static void other_kernels(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	struct btf *kernel = btf__new_empty(), *bits = btf__new_empty(), *modules[3];
	struct problems problems = {};
	struct tcp_ops *ops;
	int i;

	CHECK(shadow && kernel && bits);
	CHECK(bpf_struct_ops_shadow__check(shadow, NULL, NULL, 0, collect, &problems) == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "shadowed", NULL, NULL));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "second", NULL, NULL));

	/* Of that name, but nothing that a subsystem registered. */
	add_ops_type(kernel, "tcp_congestion_ops", 0, false);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, NULL, NULL) == 2);

	for (i = 0; i < 3; i++) {
		modules[i] = btf__new_empty_split(kernel);
		CHECK(modules[i]);
	}
	add_ops_type(modules[1], "tcp_congestion_ops", 0, true);
	CHECK(bpf_map__set_autocreate(find_map(obj, "second"), false) == 0);
	memset(&problems, 0, sizeof(problems));
	bpf_struct_ops_shadow__check(shadow, kernel, (const struct btf *const *)modules, 3, collect,
				     &problems);
	/* Nothing of it is there but flags. */
	CHECK(problems.count == 5);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, "shadowed", "name", NULL));
	ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "shadowed"), NULL);
	memset(ops, 0, sizeof(*ops));
	ops->flags = 1;
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, (const struct btf *const *)modules, 3,
					   NULL, NULL) == 0);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, (const struct btf *const *)modules, 1,
					   NULL, NULL) == 1);

	add_ops_type(bits, "tcp_congestion_ops", 3, true);
	memset(&problems, 0, sizeof(problems));
	CHECK(bpf_struct_ops_shadow__check(shadow, bits, NULL, 0, collect, &problems) == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "shadowed", "flags", NULL));
	for (i = 0; i < 3; i++)
		btf__free(modules[i]);
	btf__free(kernel);
	btf__free(bits);
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

static void no_value(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]), *without_btf = open_object(paths[1]);
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};
	struct bpf_map *map;

	CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NO_VALUE, "impostor", "",
			  "map 'impostor' is of the type struct_ops, but no variable in a struct_ops section"));
	bpf_object__close(obj);

	CHECK(!bpf_object__btf(without_btf));
	shadow = bpf_struct_ops_shadow__new(without_btf, NULL, collect, &problems);
	CHECK(shadow && problems.count == 1);
	map = bpf_object__next_map(without_btf, NULL);
	CHECK(map && !bpf_struct_ops_shadow__initial_value(shadow, map, NULL));
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	bpf_struct_ops_shadow__free(shadow);
	CHECK(bpf_map__set_type(map, BPF_MAP_TYPE_STRUCT_OPS) == 0);
	CHECK(!bpf_struct_ops_shadow__new(without_btf, NULL, collect, &problems));
	CHECK(problems.count == 2);
	bpf_object__close(without_btf);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes;

	CHECK(file && fseek(file, 0, SEEK_END) == 0);
	*size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*size);
	CHECK(bytes && fread(bytes, 1, *size, file) == *size);
	fclose(file);
	return bytes;
}

/* Where the section .BTF begins in an object file. */
static char *find_btf_section(char *bytes, size_t size, size_t *btf_size)
{
	Elf_Scn *section = NULL;
	char *found = NULL;
	size_t names;
	GElf_Shdr header;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory(bytes, size);
	CHECK(elf && elf_getshdrstrndx(elf, &names) == 0);
	while ((section = elf_nextscn(elf, section))) {
		CHECK(gelf_getshdr(section, &header));
		if (strcmp(elf_strptr(elf, names, header.sh_name), ".BTF") == 0) {
			found = bytes + header.sh_offset;
			*btf_size = header.sh_size;
		}
	}
	elf_end(elf);
	CHECK(found);
	return found;
}

/* BTF in which the member `flags` stands anywhere: libbpf opens it, and would read there. */
static void broken_btf(char **paths)
{
	static const struct {
		__u32 bit_offset;
		const char *text;
	} broken[] = {
		{ 8 * (64 - 3),
		  "map 'shadowed': the object's BTF lets 'tcp_congestion_ops.flags' end at byte 65 of 64" },
		{ 0xfffffff8u,
		  "map 'shadowed': the object's BTF lets 'tcp_congestion_ops.flags' end at byte 536870915 of 64" },
		{ 8 * 16 + 1, "map 'shadowed': the object's BTF gives 'tcp_congestion_ops.flags' no size or place" },
	};
	size_t size, btf_size = 0, i;
	char *bytes = read_file(paths[0], &size), *section;

	section = find_btf_section(bytes, size, &btf_size);
	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "broken");
		struct btf *btf = btf__new(section, (__u32)btf_size);
		const struct btf_type *type;
		struct problems problems = {};
		struct btf_member member;
		struct bpf_object *obj;
		const char *raw;
		__u32 raw_size;
		int id, k;

		CHECK(btf);
		raw = btf__raw_data(btf, &raw_size);
		CHECK(raw && raw_size == btf_size);
		id = btf__find_by_name_kind(btf, "tcp_congestion_ops", BTF_KIND_STRUCT);
		CHECK(id > 0);
		type = btf__type_by_id(btf, (__u32)id);
		for (k = 0; k < btf_vlen(type); k++)
			if (strcmp(btf__name_by_offset(btf, btf_members(type)[k].name_off), "flags") == 0)
				break;
		CHECK(k < btf_vlen(type));
		member = btf_members(type)[k];
		member.offset = broken[i].bit_offset;
		memcpy(section + ((const char *)&btf_members(type)[k] - raw), &member, sizeof(member));
		btf__free(btf);

		obj = bpf_object__open_mem(bytes, size, &opts);
		CHECK(obj);
		CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EINVAL);
		CHECK(problems.count == 2);
		CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_TYPE, "shadowed", "flags", broken[i].text));
		CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_TYPE, "second", "flags", NULL));
		bpf_object__close(obj);
	}
	free(bytes);
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

/* Texts that do not fit, and kinds that this version does not know. */
static void texts(char **paths)
{
	struct bpf_struct_ops_problem problem = { .kind = BPF_STRUCT_OPS_NO_MAP, .map = "m" };
	char text[128], small[8];
	int kind, length;

	(void)paths;
	length = bpf_struct_ops_problem__format(&problem, NULL, 0);
	CHECK(length == (int)strlen("the object has no struct_ops map 'm'"));
	CHECK(bpf_struct_ops_problem__format(&problem, small, sizeof(small)) == length);
	CHECK(strcmp(small, "the obj") == 0);
	problem.map = NULL;
	for (kind = 0; kind <= BPF_STRUCT_OPS_KERNEL_ANONYMOUS + 1; kind++) {
		problem.kind = (enum bpf_struct_ops_problem_kind)kind;
		CHECK(bpf_struct_ops_problem__format(&problem, text, sizeof(text)) > 0);
		CHECK((strstr(text, "unknown problem") != NULL) ==
		      (kind > BPF_STRUCT_OPS_KERNEL_ANONYMOUS));
	}
}

static __thread int wanted_messages;
static int unwanted_messages;
static __thread size_t longest;
static __thread bool wants_messages;

static bool wants(int level)
{
	return wants_messages && level == LIBBPF_WARN;
}

static void message(int level, const char *text, size_t length)
{
	CHECK(level == LIBBPF_WARN && text[length] == '\0' && strlen(text) == length);
	wanted_messages++;
	if (length > longest)
		longest = length;
}

static int print_before(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	__atomic_add_fetch(&unwanted_messages, 1, __ATOMIC_RELAXED);
	return 0;
}

static const struct libbpf_text_sink sink = { wants, message };

/* Longer than what is formatted without an allocation. */
#define LONG_NAME 2000

static void provoke_message(void)
{
	char path[LONG_NAME + 1];

	memset(path, 'x', LONG_NAME);
	path[LONG_NAME] = '\0';
	CHECK(!bpf_object__open_file(path, NULL));
}

static void *print_and_set(void *unused)
{
	int i;

	wants_messages = true;
	for (i = 0; i < 200; i++) {
		libbpf_text__set_log(&sink);
		provoke_message();
	}
	CHECK(wanted_messages >= 200);
	return unused;
}

static void log_text(char **paths)
{
	pthread_t threads[4];
	bool cut = false;
	int before, n;
	size_t i;

	(void)paths;
	libbpf_set_print(print_before);
	libbpf_text__set_log(&sink);
	provoke_message();
	CHECK(wanted_messages == 0 && unwanted_messages > 0);
	wants_messages = true;
	provoke_message();
	CHECK(wanted_messages > 0 && longest > LONG_NAME);

	/* A message that there is no memory for is cut, not lost. */
	for (n = 0; n < 16 && !cut; n++) {
		longest = 0;
		allocations_left = n;
		provoke_message();
		cut = longest > LONG_NAME / 8 && longest < LONG_NAME;
	}
	allocations_left = -1;
	CHECK(cut);

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, print_and_set, NULL) == 0);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	/* What was there first is still where unwanted messages go. */
	wants_messages = false;
	before = unwanted_messages;
	provoke_message();
	CHECK(unwanted_messages > before);
}

static void append(void *ctx, const char *text, size_t length)
{
	char *all = ctx;

	CHECK(strlen(all) + length < 1 << 16);
	strncat(all, text, length);
}

static void dump_btf(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	char *all = calloc(1, 1 << 16);

	CHECK(all);
	CHECK(libbpf_text__dump_btf(bpf_object__btf(obj), append, all) == 0);
	CHECK(strstr(all, "struct tcp_congestion_ops {\n"));
	CHECK(strstr(all, "\tchar name[16];\n"));
	free(all);
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "defaults", defaults },
	{ "misfits", misfits },
	{ "broken_info", broken_info },
	{ "empty_info", empty_info },
	{ "commit_problems", commit_problems },
	{ "nothing_translated_on_failure", nothing_translated_on_failure },
	{ "bitfield", bitfield },
	{ "kernel_types", kernel_types },
	{ "other_kernels", other_kernels },
	{ "optional_sections", optional_sections },
	{ "nested", nested },
	{ "no_value", no_value },
	{ "broken_btf", broken_btf },
	{ "out_of_memory", out_of_memory },
	{ "texts", texts },
	{ "log_text", log_text },
	{ "dump_btf", dump_btf },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
