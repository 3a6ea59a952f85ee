// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What a kernel would refuse, from its BTF alone. */
#include <stdio.h>
#include <string.h>

#include "struct_ops_internal.h"

/* The BTF, vmlinux or module, where this struct_ops type is registered, and the type. */
static const struct btf *find_kernel_type(const struct btf *kernel,
					  const struct btf *const *modules, size_t n_modules,
					  const char *name, const struct btf_type **type)
{
	static const char prefix[] = "bpf_struct_ops_";
	char value_name[256];
	const char *type_name = value_name + sizeof(prefix) - 1;
	size_t i;
	__s32 id;
	int length;

	length = snprintf(value_name, sizeof(value_name), "%s%.*s", prefix,
			  struct_ops__essential_length(name), name);
	if (length < 0 || (size_t)length >= sizeof(value_name))
		return NULL;
	for (i = 0; i <= (modules ? n_modules : 0); i++) {
		const struct btf *btf = i == 0 ? kernel : modules[i - 1];

		/* Only a type that a subsystem registered has a value type. */
		if (!btf || btf__find_by_name_kind(btf, value_name, BTF_KIND_STRUCT) < 0)
			continue;
		id = btf__find_by_name_kind(btf, type_name, BTF_KIND_STRUCT);
		if (id < 0)
			continue;
		*type = btf__type_by_id(btf, (__u32)id);
		return btf;
	}
	return NULL;
}

static void check_member(const struct map_shadow *ms, __u32 index, const char *value,
			 const struct btf *kernel, const struct btf_type *kernel_type,
			 struct reporter *reporter)
{
	const struct btf_member *member = &btf_members(ms->type)[index], *kernel_member;
	const struct btf_type *type, *expected;
	struct bpf_struct_ops_problem problem = {
		.map = ms->name,
		.type = ms->type_name,
		.member = btf__name_by_offset(ms->btf, member->name_off),
	};
	__s64 size = btf__resolve_size(ms->btf, member->type), kernel_size;

	if (size < 0 || !problem.member || btf_member_bitfield_size(ms->type, index))
		return;	/* commit says so */
	value += btf_member_bit_offset(ms->type, index) / 8;
	/* The first one also of the anonymous: so does libbpf. */
	kernel_member = struct_ops__find_member(kernel, kernel_type, problem.member, 0);
	if (!kernel_member) {
		if (struct_ops__all_zero(value, (size_t)size))
			return;
		problem.kind = BPF_STRUCT_OPS_KERNEL_NO_MEMBER;
		problem.found = (__u64)size;
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	type = struct_ops__strip_modifiers(ms->btf, member->type);
	expected = struct_ops__strip_modifiers(kernel, kernel_member->type);
	if (!type || !expected)
		return;
	if (btf_member_bitfield_size(kernel_type,
				     (__u32)(kernel_member - btf_members(kernel_type)))) {
		problem.kind = BPF_STRUCT_OPS_BITFIELD;
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	if (btf_kind(type) != btf_kind(expected)) {
		problem.kind = BPF_STRUCT_OPS_KERNEL_MEMBER_KIND;
		problem.found = btf_kind(type);
		problem.expected = btf_kind(expected);
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	if (btf_is_ptr(type)) {
		if (!struct_ops__all_zero(value, sizeof(struct bpf_program *)) &&
		    !struct_ops__is_callback(kernel, kernel_member->type)) {
			problem.kind = BPF_STRUCT_OPS_KERNEL_MEMBER_KIND;
			problem.found = BTF_KIND_FUNC_PROTO;
			problem.expected = BTF_KIND_PTR;
			struct_ops__report_problem(reporter, &problem);
		}
		return;
	}
	kernel_size = btf__resolve_size(kernel, kernel_member->type);
	if (kernel_size != size) {
		problem.kind = BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE;
		problem.found = (__u64)size;
		problem.expected = kernel_size < 0 ? 0 : (__u64)kernel_size;
		struct_ops__report_problem(reporter, &problem);
	}
}

int bpf_struct_ops_shadow__check(struct bpf_struct_ops_shadow *shadow, const struct btf *kernel,
				 const struct btf *const *modules, size_t n_modules,
				 bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	__u32 i, k;

	for (i = 0; i < shadow->n_maps; i++) {
		const struct map_shadow *ms = &shadow->maps[i];
		const struct btf_type *kernel_type = NULL;
		const struct btf *btf;
		const char *value;

		if (!bpf_map__autocreate(ms->map))
			continue;
		btf = find_kernel_type(kernel, modules, n_modules, ms->type_name, &kernel_type);
		if (!btf) {
			struct bpf_struct_ops_problem problem = {
				.kind = BPF_STRUCT_OPS_KERNEL_NO_TYPE,
				.map = ms->name,
				.type = ms->type_name,
			};

			struct_ops__report_problem(&reporter, &problem);
			continue;
		}
		value = struct_ops__object_layout_value(ms);
		for (k = 0; k < btf_vlen(ms->type); k++)
			check_member(ms, k, value, btf, kernel_type, &reporter);
	}
	return reporter.count;
}
