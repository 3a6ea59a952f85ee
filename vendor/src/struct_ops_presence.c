// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What becomes of what the kernel lacks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

static int set_member_presence(struct map_shadow *ms, const char *name,
			       enum bpf_struct_ops_presence presence)
{
	const struct btf_member *member = struct_ops__find_member(ms->btf, ms->type, name, 0);
	__u32 count = btf_vlen(ms->type);

	if (!member || !name[0])
		return -ENOENT;
	if (!ms->member_presence) {
		ms->member_presence = malloc(count);
		if (!ms->member_presence)
			return -ENOMEM;
		memset(ms->member_presence, UNSAID, count);
	}
	ms->member_presence[member - btf_members(ms->type)] = (signed char)presence;
	return 0;
}

int bpf_struct_ops_shadow__set_presence(struct bpf_struct_ops_shadow *shadow,
					const struct bpf_map *map, const char *member,
					enum bpf_struct_ops_presence presence)
{
	__u32 i;

	if ((unsigned int)presence > BPF_STRUCT_OPS_DROP || (member && !map))
		return -EINVAL;
	if (!map) {
		shadow->presence = presence;
		return 0;
	}
	for (i = 0; i < shadow->n_maps; i++) {
		struct map_shadow *ms = &shadow->maps[i];

		if (ms->map != map)
			continue;
		if (member)
			return set_member_presence(ms, member, presence);
		ms->presence = (signed char)presence;
		return 0;
	}
	return -ENOENT;
}

enum bpf_struct_ops_presence struct_ops__presence(const struct bpf_struct_ops_shadow *shadow,
						  const struct map_shadow *ms, int index)
{
	if (index != UNSAID && ms->member_presence && ms->member_presence[index] != UNSAID)
		return (enum bpf_struct_ops_presence)ms->member_presence[index];
	if (ms->presence != UNSAID)
		return (enum bpf_struct_ops_presence)ms->presence;
	return shadow->presence;
}

static bool is_nested(const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type;
	__u32 element_id;
	__u64 count;

	type = struct_ops__strip_arrays(btf, type_id, &element_id, &count);
	return type && btf_is_composite(type);
}

static bool map_wants_kernel(const struct bpf_struct_ops_shadow *shadow, const struct map_shadow *ms)
{
	const struct btf_member *member = btf_members(ms->type);
	const char *value;
	__u32 i;

	if (struct_ops__presence(shadow, ms, UNSAID) != BPF_STRUCT_OPS_REQUIRE)
		return true;
	value = struct_ops__object_layout_value(ms);
	for (i = 0; i < btf_vlen(ms->type); i++, member++) {
		__s64 size;

		if (struct_ops__presence(shadow, ms, (int)i) != BPF_STRUCT_OPS_REQUIRE)
			return true;
		if (!is_nested(ms->btf, member->type))
			continue;
		size = btf__resolve_size(ms->btf, member->type);
		if (size > 0 && !struct_ops__all_zero(value + btf_member_bit_offset(ms->type, i) / 8,
						      (size_t)size))
			return true;
	}
	return false;
}

bool struct_ops__wants_kernel(const struct bpf_struct_ops_shadow *shadow)
{
	__u32 i;

	for (i = 0; i < shadow->n_maps; i++)
		if (bpf_map__autocreate(shadow->maps[i].map) &&
		    map_wants_kernel(shadow, &shadow->maps[i]))
			return true;
	return false;
}
