// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Pointers below the outermost struct: libbpf hands them to the kernel as they
 * stand, and the kernel takes neither addresses of this process nor callbacks.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "struct_ops_internal.h"

static void report_pointer(const struct map_shadow *ms, __u32 type_id, const char *value,
			   const char *path, struct reporter *reporter)
{
	bool callback = struct_ops__is_callback(ms->btf, type_id);
	struct bpf_struct_ops_problem problem = {
		.kind = callback ? BPF_STRUCT_OPS_NESTED_CALLBACK : BPF_STRUCT_OPS_DATA_POINTER,
		.map = ms->name,
		.type = ms->type_name,
		.member = path,
	};
	const void *pointer;

	/* memcpy: a packed struct may hold pointers anywhere. */
	memcpy(&pointer, value, sizeof(pointer));
	problem.found = (uintptr_t)pointer;
	if (pointer)
		struct_ops__report_problem(reporter, &problem);
}

static void check_members(const struct map_shadow *ms, const struct btf_type *type, const char *value,
			  const char *path, int depth, struct reporter *reporter)
{
	const struct btf_member *member = btf_members(type);
	char inner[256];
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		const char *name = btf__name_by_offset(ms->btf, member->name_off);

		if (btf_member_bitfield_size(type, i))
			continue;
		struct_ops__join(inner, sizeof(inner), path, name ? name : "");
		struct_ops__check_inner_pointers(ms, member->type,
						 value + btf_member_bit_offset(type, i) / 8, inner,
						 depth + 1, reporter);
	}
}

void struct_ops__check_inner_pointers(const struct map_shadow *ms, __u32 type_id, const char *value,
				      const char *path, int depth, struct reporter *reporter)
{
	const struct btf_type *type;
	__u32 element_id;
	__u64 count, i;
	__s64 size;
	char element[256];

	type = struct_ops__strip_arrays(ms->btf, type_id, &element_id, &count);
	size = btf__resolve_size(ms->btf, element_id);
	/*
	 * Of a union nobody knows which member is meant: what is a pointer in one may
	 * be a number in another.
	 */
	if (!type || size <= 0 || depth > MAX_DEPTH || !(btf_is_ptr(type) || btf_is_struct(type)))
		return;
	for (i = 0; i < count; i++, value += size) {
		if (struct_ops__all_zero(value, (size_t)size))
			continue;
		snprintf(element, sizeof(element), element_id == type_id ? "%s" : "%s[%llu]", path,
			 (unsigned long long)i);
		if (btf_is_ptr(type))
			report_pointer(ms, element_id, value, element, reporter);
		else
			check_members(ms, type, value, element, depth, reporter);
	}
}
