// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A skeleton as a generator might write it, with the members of struct_ops maps
 * within reach: skel->struct_ops.testmod_1->data = 13.
 */
#include <unistd.h>

#include "common.h"

/* What a generator writes of tests/bpf/c_testmod.bpf.c. */
struct skeleton_testmod_ops {
	struct bpf_program *test_1;
	struct bpf_program *test_2;
	int data;
};

struct skeleton_tcp_ops {
	struct bpf_program *ssthresh;
	struct bpf_program *cong_avoid;
	struct bpf_program *undo_cwnd;
	__u32 flags;
	char name[16];
};

struct skeleton {
	struct bpf_object *obj;
	struct bpf_struct_ops_shadow *shadow;
	struct {
		struct skeleton_testmod_ops *testmod_1;
		struct skeleton_tcp_ops *congestion;
	} struct_ops;
	struct {
		struct bpf_program *test_2;
	} progs;
};

static const struct bpf_struct_ops_member_info testmod_members[] = {
	MEMBER(skeleton_testmod_ops, test_1),
	MEMBER(skeleton_testmod_ops, test_2),
	MEMBER(skeleton_testmod_ops, data),
};
static const struct bpf_struct_ops_member_info tcp_members[] = {
	MEMBER(skeleton_tcp_ops, ssthresh), MEMBER(skeleton_tcp_ops, cong_avoid),
	MEMBER(skeleton_tcp_ops, undo_cwnd), MEMBER(skeleton_tcp_ops, flags),
	MEMBER(skeleton_tcp_ops, name),
};
static const struct bpf_struct_ops_map_info skeleton_maps[] = {
	MAP("testmod_1", skeleton_testmod_ops, testmod_members),
	MAP("congestion", skeleton_tcp_ops, tcp_members),
};
static const struct bpf_struct_ops_shadow_info skeleton_info = INFO(skeleton_maps);

static void skeleton_open(struct skeleton *skel, const char *path)
{
	skel->obj = open_object(path);
	skel->shadow = bpf_struct_ops_shadow__new(skel->obj, &skeleton_info, NULL, NULL);
	CHECK(skel->shadow);
	skel->struct_ops.testmod_1 = bpf_struct_ops_shadow__initial_value(
		skel->shadow, find_map(skel->obj, "testmod_1"), NULL);
	skel->struct_ops.congestion = bpf_struct_ops_shadow__initial_value(
		skel->shadow, find_map(skel->obj, "congestion"), NULL);
	skel->progs.test_2 = find_program(skel->obj, "test_2");
}

static void skeleton_destroy(struct skeleton *skel)
{
	bpf_object__close(skel->obj);
	bpf_struct_ops_shadow__free(skel->shadow);
}

/* The module's BTF is made up: what libbpf would take to the kernel is looked at. */
static void set_members(char **paths)
{
	struct btf *kernel = btf__new_empty();
	const struct skeleton_testmod_ops *taken;
	struct problems problems = {};
	struct skeleton skel;

	skeleton_open(&skel, paths[0]);
	CHECK(kernel && btf__add_btf(kernel, bpf_object__btf(skel.obj)) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_c_testmod_ops", 4) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_tcp_congestion_ops", 4) > 0);
	CHECK(btf__add_enum(kernel, NULL, 4) > 0);
	CHECK(btf__add_enum_value(kernel, "BPF_F_LINK", 1 << 13) == 0);

	CHECK(skel.struct_ops.testmod_1->data == 7);
	skel.struct_ops.testmod_1->data = 13;
	skel.struct_ops.testmod_1->test_2 = skel.progs.test_2;
	CHECK(bpf_struct_ops_shadow__commit_for(skel.shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 0);
	taken = bpf_map__initial_value(find_map(skel.obj, "testmod_1"), NULL);
	CHECK(taken->data == 13 && taken->test_2 == skel.progs.test_2);
	CHECK(bpf_program__autoload(skel.progs.test_2));
	btf__free(kernel);
	skeleton_destroy(&skel);
}

/* On a kernel that has no such module the rest is loaded, and attached. */
static void without_the_module(char **paths)
{
	struct problems problems = {};
	struct skeleton skel;
	struct bpf_link *link;
	char name[16];

	skeleton_open(&skel, paths[0]);
	snprintf(name, sizeof(name), "c_skel_%d", (int)getpid());
	strcpy(skel.struct_ops.congestion->name, name);
	skel.struct_ops.testmod_1->data = 13;
	CHECK(bpf_struct_ops_shadow__commit(skel.shadow, collect, &problems) == 0 && problems.count == 0);
	CHECK(bpf_struct_ops_shadow__set_presence(skel.shadow, NULL, NULL, BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__commit(skel.shadow, collect, &problems) == 0);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "testmod_1", "",
			  "map 'testmod_1': this kernel has no struct_ops type 'struct c_testmod_ops'; the map was left out"));
	CHECK(bpf_object__load(skel.obj) == 0);
	CHECK(bpf_program__fd(find_program(skel.obj, "test_1")) < 0);
	CHECK(bpf_program__fd(find_program(skel.obj, "ssthresh")) >= 0);
	link = bpf_map__attach_struct_ops(find_map(skel.obj, "congestion"));
	CHECK(link && bpf_link__destroy(link) == 0);
	skeleton_destroy(&skel);
}

static const struct test_case cases[] = {
	{ "set_members", set_members },
	{ "without_the_module", without_the_module },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
