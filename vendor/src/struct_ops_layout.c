// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Agreement between the layout that a program describes and the object's own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

static void report_member(struct reporter *reporter, enum bpf_struct_ops_problem_kind kind,
			  const struct map_shadow *ms, const char *member, __u64 found,
			  __u64 expected)
{
	struct bpf_struct_ops_problem problem = {
		.kind = kind,
		.map = ms->name,
		.type = ms->type_name,
		.member = member,
		.found = found,
		.expected = expected,
	};

	struct_ops__report_problem(reporter, &problem);
}

/*
 * Nothing in BTF keeps members within their struct. libbpf does not look; here
 * everything relies on it.
 */
static int check_type(const struct map_shadow *ms, struct reporter *reporter)
{
	const struct btf_member *member = btf_members(ms->type);
	int problems_before = reporter->count;
	__u32 i;

	for (i = 0; i < btf_vlen(ms->type); i++, member++) {
		__u32 bit = btf_member_bit_offset(ms->type, i);
		__u32 bits = btf_member_bitfield_size(ms->type, i);
		__s64 size = btf__resolve_size(ms->btf, member->type);
		bool placed = size >= 0 && (bits || bit % 8 == 0);
		__u64 end = 0;

		if (placed)
			end = bits ? ((__u64)bit + bits + 7) / 8 : bit / 8 + (__u64)size;
		if (!placed || end > ms->type->size)
			report_member(reporter, BPF_STRUCT_OPS_BAD_TYPE, ms,
				      btf__name_by_offset(ms->btf, member->name_off), end,
				      ms->type->size);
	}
	return reporter->count == problems_before ? 0 : -EINVAL;
}

/* Members that are described before this one, of the same name. */
static __u32 count_before(const struct bpf_struct_ops_map_info *info, __u32 index)
{
	__u32 i, n = 0;

	for (i = 0; i < index; i++)
		if (info->members[i].name &&
		    strcmp(info->members[i].name, info->members[index].name) == 0)
			n++;
	return n;
}

/* Whether one that is described before covers a byte of this one. */
static bool overlaps_before(const struct bpf_struct_ops_map_info *info, __u32 index)
{
	const struct bpf_struct_ops_member_info *b = &info->members[index];
	__u32 i;

	for (i = 0; i < index; i++) {
		const struct bpf_struct_ops_member_info *a = &info->members[i];

		if (a->size && b->size && a->offset < (__u64)b->offset + b->size &&
		    b->offset < (__u64)a->offset + a->size)
			return true;
	}
	return false;
}

/* Describes how one member is carried over; false when it cannot be. */
static bool layout_member(const struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			  __u32 described_index, struct member_copy *copy,
			  struct reporter *reporter)
{
	const struct bpf_struct_ops_member_info *described = &info->members[described_index];
	const struct btf_member *member;
	__u32 index, nth;
	__s64 size;

	if (!described->name) {
		report_member(reporter, BPF_STRUCT_OPS_BAD_INFO, ms, NULL, 0, 0);
		return false;
	}
	nth = count_before(info, described_index);
	if ((nth && described->name[0]) || overlaps_before(info, described_index)) {
		report_member(reporter, BPF_STRUCT_OPS_BAD_INFO, ms, described->name, 0, 0);
		return false;
	}
	if (described->size > info->data_size ||
	    described->offset > info->data_size - described->size) {
		report_member(reporter, BPF_STRUCT_OPS_BAD_INFO, ms, described->name,
			      (__u64)described->offset + described->size, info->data_size);
		return false;
	}
	member = struct_ops__find_member(ms->btf, ms->type, described->name, nth);
	if (!member) {
		report_member(reporter, BPF_STRUCT_OPS_NO_MEMBER, ms, described->name, 0,
			      described->size);
		return false;
	}
	index = (__u32)(member - btf_members(ms->type));
	if (btf_member_bitfield_size(ms->type, index)) {
		report_member(reporter, BPF_STRUCT_OPS_BITFIELD, ms, described->name, 0, 0);
		return false;
	}
	size = btf__resolve_size(ms->btf, member->type);
	if (size < 0 || (__u64)size != described->size) {
		report_member(reporter, BPF_STRUCT_OPS_MEMBER_SIZE, ms, described->name,
			      size < 0 ? 0 : (__u64)size, described->size);
		return false;
	}
	copy->shadow_offset = described->offset;
	copy->object_offset = btf_member_bit_offset(ms->type, index) / 8;
	copy->size = described->size;
	return true;
}

static int layout_copies(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			 struct reporter *reporter)
{
	int problems_before = reporter->count;
	bool agree = info->data_size == ms->type->size;
	__u32 i;

	if (info->cnt && !info->members) {
		report_member(reporter, BPF_STRUCT_OPS_BAD_INFO, ms, NULL, 0, 0);
		return -EINVAL;
	}
	ms->copies = calloc(info->cnt ? info->cnt : 1, sizeof(*ms->copies));
	if (!ms->copies)
		return -ENOMEM;
	for (i = 0; i < info->cnt; i++) {
		struct member_copy *copy = &ms->copies[i];

		if (!layout_member(ms, info, i, copy, reporter))
			continue;
		if (copy->shadow_offset != copy->object_offset)
			agree = false;
	}
	if (reporter->count != problems_before)
		return -EINVAL;
	ms->n_copies = info->cnt;
	if (agree) {
		free(ms->copies);
		ms->copies = NULL;
		ms->n_copies = 0;
	}
	return 0;
}

int struct_ops__layout_map(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
	       struct reporter *reporter)
{
	int err;
	__u32 i;

	ms->size = ms->type->size;
	ms->value = ms->object_value;
	err = check_type(ms, reporter);
	if (err)
		return err;
	if (info) {
		err = layout_copies(ms, info, reporter);
		if (err)
			return err;
	}
	if (ms->copies) {
		ms->size = info->data_size;
		ms->own_value = calloc(1, ms->size ? ms->size : 1);
		ms->scratch = calloc(1, ms->type->size ? ms->type->size : 1);
		if (!ms->own_value || !ms->scratch)
			return -ENOMEM;
		ms->value = ms->own_value;
		for (i = 0; i < ms->n_copies; i++) {
			const struct member_copy *copy = &ms->copies[i];

			memcpy((char *)ms->value + copy->shadow_offset,
			       (const char *)ms->object_value + copy->object_offset, copy->size);
		}
	}
	ms->defaults = malloc(ms->size ? ms->size : 1);
	if (!ms->defaults)
		return -ENOMEM;
	memcpy(ms->defaults, ms->value, ms->size);
	return 0;
}

const void *struct_ops__object_layout_value(const struct map_shadow *ms)
{
	__u32 i;

	if (!ms->copies)
		return ms->object_value;
	/* Members that the shadow copy lacks keep what the object file says. */
	memcpy(ms->scratch, ms->object_value, ms->type->size);
	for (i = 0; i < ms->n_copies; i++) {
		const struct member_copy *copy = &ms->copies[i];

		memcpy((char *)ms->scratch + copy->object_offset,
		       (const char *)ms->value + copy->shadow_offset, copy->size);
	}
	return ms->scratch;
}
