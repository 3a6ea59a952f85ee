// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Objects held against kernels: the one that runs, and some that are made up. Nothing here is loaded. */
#include <errno.h>

#include "tcp_ops.h"

static void kernel_types(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	struct btf *kernel = btf__load_vmlinux_btf();
	struct problems problems = {};

	CHECK(shadow && kernel);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 3, NULL, NULL) == 12);
	CHECK(bpf_struct_ops_shadow__check(shadow, kernel, NULL, 0, collect, &problems) == 12);
	CHECK(problems.count == 12);
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

static const struct test_case cases[] = {
	{ "kernel_types", kernel_types },
	{ "other_kernels", other_kernels },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
