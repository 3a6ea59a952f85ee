// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Nothing in BTF keeps members within their struct, or structs from containing
 * each other without end. libbpf does not look; here everything relies on it.
 */
#include <errno.h>

#include "struct_ops_internal.h"

/*
 * Members of a struct_ops type, with all that it nests. A type that has more is
 * taken for broken: nested twice over and over, few lines of BTF are endless.
 */
#define MAX_MEMBERS 16384

struct walk {
	const struct map_shadow *ms;
	struct reporter *reporter;
	__u32 left;
};

static void report_member(const struct walk *walk, const char *path, __u64 found, __u64 expected)
{
	struct bpf_struct_ops_problem problem = {
		.kind = BPF_STRUCT_OPS_BAD_TYPE,
		.map = walk->ms->name,
		.type = walk->ms->type_name,
		.member = path,
		.found = found,
		.expected = expected,
	};

	struct_ops__report_problem(walk->reporter, &problem);
}

static void check_members(struct walk *walk, const struct btf_type *type, const char *path,
			  int depth);

/* Once for all elements of an array, which are laid out alike. */
static void check_nested(struct walk *walk, __u32 type_id, const char *path, int depth)
{
	const struct btf_type *type;
	__u32 element_id;
	__u64 count;

	type = struct_ops__strip_arrays(walk->ms->btf, type_id, &element_id, &count);
	if (!type)
		report_member(walk, path, 0, 0);
	else if (btf_is_composite(type))
		check_members(walk, type, path, depth + 1);
}

static void check_members(struct walk *walk, const struct btf_type *type, const char *path,
			  int depth)
{
	const struct btf *btf = walk->ms->btf;
	const struct btf_member *member = btf_members(type);
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		__u32 bit = btf_member_bit_offset(type, i);
		__u32 bits = btf_member_bitfield_size(type, i);
		__s64 size = btf__resolve_size(btf, member->type);
		const char *name = btf__name_by_offset(btf, member->name_off);
		bool placed = size >= 0 && (bits || bit % 8 == 0);
		char inner[256];
		__u64 end = 0;

		struct_ops__join(inner, sizeof(inner), path, name ? name : "");
		if (depth > MAX_DEPTH || walk->left == 0) {
			report_member(walk, inner, 0, 0);
			return;
		}
		walk->left--;
		if (placed)
			end = bits ? ((__u64)bit + bits + 7) / 8 : bit / 8 + (__u64)size;
		if (!placed || end > type->size)
			report_member(walk, inner, end, type->size);
		else if (!bits)
			check_nested(walk, member->type, inner, depth);
		if (walk->left == 0)
			return;
	}
}

int struct_ops__check_type(const struct map_shadow *ms, struct reporter *reporter)
{
	struct walk walk = { .ms = ms, .reporter = reporter, .left = MAX_MEMBERS };
	int problems_before = reporter->count;

	check_members(&walk, ms->type, "", 0);
	if (walk.left == 0 && reporter->count == problems_before)
		report_member(&walk, "", 0, 0);
	return reporter->count == problems_before ? 0 : -EINVAL;
}
