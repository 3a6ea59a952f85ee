// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Nested structs, which libbpf hands to the kernel byte by byte: where a kernel
 * of another version has its members elsewhere, they would end up in others.
 */
#include <stdio.h>

#include "struct_ops_internal.h"

static void report(const struct nested_member *member, enum bpf_struct_ops_problem_kind kind,
		   __u64 found, __u64 expected, struct reporter *reporter)
{
	char found_type[128], expected_type[128];
	struct bpf_struct_ops_problem problem = {
		.kind = kind,
		.map = member->ms->name,
		.type = member->ms->type_name,
		.member = member->path,
		.found = found,
		.expected = expected,
		.found_type = found_type,
	};

	struct_ops__type_text(member->ms->btf, member->type_id, 0, found_type, sizeof(found_type));
	if (kind != BPF_STRUCT_OPS_KERNEL_NO_MEMBER) {
		struct_ops__type_text(member->kernel, member->kernel_type_id, 0, expected_type,
				      sizeof(expected_type));
		problem.expected_type = expected_type;
	}
	struct_ops__report_problem(reporter, &problem);
}

/* A member of the object's struct, at bit_offset of the outermost that is not anonymous. */
struct inner_member {
	const struct btf_member *member;
	__u32 bit_offset, bits;
	const char *name;
};

static bool is_set(const char *value, const struct inner_member *inner, __s64 size)
{
	__u32 bit;

	if (!inner->bits)
		return !struct_ops__all_zero(value + inner->bit_offset / 8, (size_t)size);
	for (bit = inner->bit_offset; bit < inner->bit_offset + inner->bits; bit++)
		if (value[bit / 8] & 1 << bit % 8)
			return true;
	return false;
}

static void check_inner(const struct nested_member *outer, const struct inner_member *inner,
			const struct btf_type *kernel_type, int depth, struct reporter *reporter)
{
	__s64 size = btf__resolve_size(outer->ms->btf, inner->member->type);
	const struct btf_member *kernel_member;
	__u32 kernel_offset = 0, kernel_bits = 0;
	struct nested_member nested = *outer;
	char path[256];

	struct_ops__join(path, sizeof(path), outer->path, inner->name);
	nested.path = path;
	nested.type_id = inner->member->type;
	if (size < 0 || !is_set(outer->value, inner, size))
		return;
	kernel_member = struct_ops__find_member_in_c(outer->kernel, kernel_type, inner->name,
						     &kernel_offset, &kernel_bits);
	if (!kernel_member) {
		report(&nested, BPF_STRUCT_OPS_KERNEL_NO_MEMBER, (__u64)size, 0, reporter);
		return;
	}
	nested.kernel_type_id = kernel_member->type;
	if (kernel_offset != inner->bit_offset || kernel_bits != inner->bits) {
		report(&nested, BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE, inner->bit_offset, kernel_offset,
		       reporter);
		return;
	}
	if (inner->bits)
		return;
	nested.value = outer->value + inner->bit_offset / 8;
	struct_ops__check_nested(&nested, depth + 1, reporter);
}

static void check_members(const struct nested_member *outer, const struct btf_type *type,
			  const struct btf_type *kernel_type, __u32 base, int depth,
			  struct reporter *reporter)
{
	const struct btf *btf = outer->ms->btf;
	const struct btf_member *member = btf_members(type);
	__u32 i;

	if (depth > MAX_DEPTH)
		return;
	for (i = 0; i < btf_vlen(type); i++, member++) {
		struct inner_member inner = {
			.member = member,
			.bit_offset = base + btf_member_bit_offset(type, i),
			.bits = btf_member_bitfield_size(type, i),
			.name = btf__name_by_offset(btf, member->name_off),
		};
		const struct btf_type *anonymous;

		if (!inner.name)
			continue;
		if (inner.name[0]) {
			check_inner(outer, &inner, kernel_type, depth, reporter);
			continue;
		}
		/* C has its members in the outer struct; those of a union overlap, and one stands for all. */
		anonymous = struct_ops__strip_modifiers(btf, member->type);
		if (anonymous && btf_is_struct(anonymous))
			check_members(outer, anonymous, kernel_type, inner.bit_offset, depth + 1,
				      reporter);
		else if (anonymous && btf_is_union(anonymous) && btf_vlen(anonymous)) {
			inner.member = btf_members(anonymous);
			inner.name = btf__name_by_offset(btf, inner.member->name_off);
			if (inner.name && inner.name[0])
				check_inner(outer, &inner, kernel_type, depth, reporter);
		}
	}
}

/*
 * The type of an array's innermost elements. The kernel's BTF may have `int a[2][3]` as `int a[6]`: pahole writes it so,
 * clang does not.
 */
static __u32 innermost(const struct btf *btf, const struct btf_array *array)
{
	const struct btf_type *type = struct_ops__strip_modifiers(btf, array->type);
	int depth = 0;

	while (type && btf_is_array(type) && depth++ < MAX_DEPTH) {
		array = btf_array(type);
		type = struct_ops__strip_modifiers(btf, array->type);
	}
	return array->type;
}

static void check_elements(const struct nested_member *array, const struct btf_array *elements,
			   const struct btf_array *kernel_elements, int depth,
			   struct reporter *reporter)
{
	struct nested_member element = *array;
	int before = reporter->count;
	__s64 whole = btf__resolve_size(array->ms->btf, array->type_id), size;
	char path[256];
	__s64 i;

	element.type_id = innermost(array->ms->btf, elements);
	element.kernel_type_id = innermost(array->kernel, kernel_elements);
	element.path = path;
	size = btf__resolve_size(array->ms->btf, element.type_id);
	/* All are laid out alike: the first misfit is enough. */
	for (i = 0; size > 0 && i < whole / size && reporter->count == before; i++) {
		if (!struct_ops__all_zero(element.value, (size_t)size)) {
			snprintf(path, sizeof(path), "%s[%lld]", array->path, (long long)i);
			struct_ops__check_nested(&element, depth + 1, reporter);
		}
		element.value += size;
	}
}

void struct_ops__check_nested(const struct nested_member *member, int depth,
			      struct reporter *reporter)
{
	const struct btf *btf = member->ms->btf;
	const struct btf_type *type = struct_ops__strip_modifiers(btf, member->type_id);
	const struct btf_type *expected =
		struct_ops__strip_modifiers(member->kernel, member->kernel_type_id);
	__s64 size, kernel_size;

	if (!type || !expected || depth > MAX_DEPTH)
		return;
	if (btf_kind(type) != btf_kind(expected)) {
		report(member, BPF_STRUCT_OPS_KERNEL_MEMBER_KIND, btf_kind(type), btf_kind(expected),
		       reporter);
		return;
	}
	size = btf__resolve_size(btf, member->type_id);
	kernel_size = btf__resolve_size(member->kernel, member->kernel_type_id);
	if (size != kernel_size) {
		report(member, BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE, size < 0 ? 0 : (__u64)size,
		       kernel_size < 0 ? 0 : (__u64)kernel_size, reporter);
		return;
	}
	if (btf_is_struct(type))
		check_members(member, type, expected, 0, depth, reporter);
	else if (btf_is_array(type))
		check_elements(member, btf_array(type), btf_array(expected), depth, reporter);
}
