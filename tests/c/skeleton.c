// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The program of the RFC, with the header that skelgen generates of tests/bpf/c_testmod.bpf.c. */
#include <unistd.h>

#include "common.h"
#include "c_testmod.skel.h"

/* The module's BTF is made up: what libbpf would take to the kernel is looked at. */
static void set_members(char **paths)
{
	struct btf *kernel = btf__new_empty();
	const struct c_testmod_bpf__testmod_1__c_testmod_ops *taken;
	struct problems problems = {};
	struct c_testmod_bpf *skel = c_testmod_bpf__open();

	(void)paths;
	CHECK(skel);
	CHECK(kernel && btf__add_btf(kernel, bpf_object__btf(skel->obj)) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_c_testmod_ops", 4) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_tcp_congestion_ops", 4) > 0);
	CHECK(btf__add_enum(kernel, NULL, 4) > 0);
	CHECK(btf__add_enum_value(kernel, "BPF_F_LINK", 1 << 13) == 0);

	CHECK(skel->struct_ops.testmod_1->data == 7);
	skel->struct_ops.testmod_1->data = 13;
	skel->struct_ops.testmod_1->test_2 = skel->progs.test_2;
	CHECK(bpf_struct_ops_shadow__commit_for(skel->shadow, kernel, NULL, 0, collect, &problems) == 0);
	CHECK(problems.count == 0);
	taken = bpf_map__initial_value(find_map(skel->obj, "testmod_1"), NULL);
	CHECK(taken->data == 13 && taken->test_2 == skel->progs.test_2);
	CHECK(bpf_program__autoload(skel->progs.test_2));
	btf__free(kernel);
	c_testmod_bpf__destroy(skel);
}

/* On a kernel that has no such module the rest is loaded, and attached. */
static void without_the_module(char **paths)
{
	struct problems problems = {};
	struct c_testmod_bpf *skel = c_testmod_bpf__open();
	struct bpf_link *link;
	char name[16];

	(void)paths;
	CHECK(skel);
	snprintf(name, sizeof(name), "c_skel_%d", (int)getpid());
	strcpy(skel->struct_ops.congestion->name, name);
	skel->struct_ops.testmod_1->data = 13;
	CHECK(bpf_struct_ops_shadow__commit(skel->shadow, collect, &problems) == 0 && problems.count == 0);
	CHECK(bpf_struct_ops_shadow__set_presence(skel->shadow, NULL, NULL, BPF_STRUCT_OPS_DROP) == 0);
	CHECK(bpf_struct_ops_shadow__commit(skel->shadow, collect, &problems) == 0);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "testmod_1", "",
			  "map 'testmod_1': this kernel has no struct_ops type 'struct c_testmod_ops'; the map was left out"));
	CHECK(c_testmod_bpf__load(skel) == 0);
	CHECK(bpf_program__fd(find_program(skel->obj, "test_1")) < 0);
	CHECK(bpf_program__fd(find_program(skel->obj, "ssthresh")) >= 0);
	link = bpf_map__attach_struct_ops(find_map(skel->obj, "congestion"));
	CHECK(link && bpf_link__destroy(link) == 0);
	c_testmod_bpf__destroy(skel);
}

static const struct test_case cases[] = {
	{ "set_members", set_members },
	{ "without_the_module", without_the_module },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
