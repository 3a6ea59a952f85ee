// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Member by member, by name: where what shadow info describes is in the object's type. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

/* What is being matched: described members of one struct, and the object's struct. */
struct level {
	struct map_shadow *ms;
	struct reporter *reporter;
	const struct btf_type *type;	/* the object's */
	__u64 object, shadow;		/* where the structs are, in bytes */
	__u64 shadow_size;		/* of the described struct */
	const char *path;		/* of the struct; "" for the outermost */
	bool *no_memory;
};

static int match_members(const struct level *level, const struct bpf_struct_ops_member_info *members,
			 __u32 cnt, int depth);

/* A member in one struct of the object, and in the shadow info. */
struct found {
	__u32 type_id, bit, bits;
};

static void report(const struct level *level, enum bpf_struct_ops_problem_kind kind, const char *path,
		   const struct bpf_struct_ops_member_info *described, const struct found *found,
		   __u64 found_size, __u64 expected_size)
{
	struct bpf_struct_ops_problem problem = {
		.kind = kind,
		.map = level->ms->name,
		.type = level->ms->type_name,
		.member = path,
		.found = found_size,
		.expected = expected_size,
	};
	char found_type[128], expected_type[128];

	if (found) {
		struct_ops__type_text(level->ms->btf, found->type_id, found->bits, found_type,
				      sizeof(found_type));
		problem.found_type = found_type;
	}
	if (described && described->c_type && described->bit_size) {
		snprintf(expected_type, sizeof(expected_type), "%s : %u", described->c_type,
			 described->bit_size);
		problem.expected_type = expected_type;
	} else if (described) {
		problem.expected_type = described->c_type;
	}
	struct_ops__report_problem(level->reporter, &problem);
}

static void add_piece(const struct level *level, __u64 shadow, __u64 object, __u64 size, bool bits)
{
	struct map_shadow *ms = level->ms;
	struct piece *last = ms->n_pieces ? &ms->pieces[ms->n_pieces - 1] : NULL, *grown;

	if (last && last->bits == bits && last->shadow + last->size == shadow &&
	    last->object + last->size == object) {
		last->size += size;
		return;
	}
	if (ms->n_pieces == ms->room) {
		ms->room = ms->room * 2 + 16;
		grown = realloc(ms->pieces, ms->room * sizeof(*grown));
		if (!grown) {
			ms->room = ms->n_pieces;
			*level->no_memory = true;
			return;
		}
		ms->pieces = grown;
	}
	ms->pieces[ms->n_pieces++] = (struct piece){ shadow, object, size, bits };
}

static __u64 first_bit(const struct bpf_struct_ops_member_info *member)
{
	return member->bit_size ? member->bit_offset : (__u64)member->offset * 8;
}

static __u64 end_bit(const struct bpf_struct_ops_member_info *member)
{
	return first_bit(member) + (member->bit_size ? member->bit_size : (__u64)member->size * 8);
}

/* Whether one that is described before has this one's name or one of its bits. */
static bool is_taken(const struct bpf_struct_ops_member_info *members, __u32 index)
{
	const struct bpf_struct_ops_member_info *b = &members[index];
	__u32 i;

	for (i = 0; i < index; i++) {
		const struct bpf_struct_ops_member_info *a = &members[i];

		if (a->name && b->name[0] && strcmp(a->name, b->name) == 0)
			return true;
		if (first_bit(a) < end_bit(b) && first_bit(b) < end_bit(a) &&
		    first_bit(a) < end_bit(a) && first_bit(b) < end_bit(b))
			return true;
	}
	return false;
}

static bool is_info_sound(const struct level *level, const struct bpf_struct_ops_member_info *members,
			  __u32 index, const char *path)
{
	const struct bpf_struct_ops_member_info *described = &members[index];
	__u64 end = end_bit(described);
	__u64 elements = described->count ? described->count : 1;
	bool nested = described->type && !described->bit_size &&
		      described->kind != BPF_STRUCT_OPS_UNION;

	if (is_taken(members, index) || (described->type && described->type->cnt && !described->type->members) ||
	    (nested && elements * described->type->size != described->size)) {
		report(level, BPF_STRUCT_OPS_BAD_INFO, path, NULL, NULL, 0, 0);
		return false;
	}
	if (end > level->shadow_size * 8) {
		report(level, BPF_STRUCT_OPS_BAD_INFO, path, NULL, NULL, (end + 7) / 8,
		       level->shadow_size);
		return false;
	}
	return true;
}

/* Anonymous members that are described before this one, without a name inside to find them by. */
static __u32 count_before(const struct bpf_struct_ops_member_info *members, __u32 index)
{
	__u32 i, n = 0;

	for (i = 0; i < index; i++)
		if (members[i].name && !members[i].name[0] && !members[i].type)
			n++;
	return n;
}

/* A name to find an anonymous union by; NULL for none. */
static const char *first_name(const struct bpf_struct_ops_type_info *type, int depth)
{
	__u32 i;

	for (i = 0; type && type->members && i < type->cnt && depth < MAX_DEPTH; i++) {
		const char *name = type->members[i].name;

		if (name && !name[0])
			name = first_name(type->members[i].type, depth + 1);
		if (name)
			return name;
	}
	return NULL;
}

/* The anonymous union that has a member of this name, as C sees it. */
static bool find_union(const struct btf *btf, const struct btf_type *type, const char *name,
		       struct found *found, int depth)
{
	const struct btf_member *member = btf_members(type);
	__u32 i, bit, bits;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		const char *member_name = btf__name_by_offset(btf, member->name_off);
		const struct btf_type *nested = struct_ops__strip_modifiers(btf, member->type);

		if (!member_name || member_name[0] || !nested || !btf_is_composite(nested) ||
		    depth > MAX_DEPTH ||
		    !struct_ops__find_member_in_c(btf, nested, name, &bit, &bits))
			continue;
		if (btf_is_union(nested)) {
			*found = (struct found){ .type_id = member->type };
		} else if (!find_union(btf, nested, name, found, depth + 1)) {
			return false;
		}
		found->bit += btf_member_bit_offset(type, i);
		return true;
	}
	return false;
}

static bool find(const struct level *level, const struct bpf_struct_ops_member_info *members,
		 __u32 index, struct found *found)
{
	const struct bpf_struct_ops_member_info *described = &members[index];
	const struct btf *btf = level->ms->btf;
	const struct btf_member *member;
	const char *inner;

	if (described->name[0]) {
		member = struct_ops__find_member_in_c(btf, level->type, described->name, &found->bit,
						      &found->bits);
	} else if (described->type) {
		inner = first_name(described->type, 0);
		return inner && find_union(btf, level->type, inner, found, 0);
	} else {
		member = struct_ops__find_member(btf, level->type, "", count_before(members, index));
		if (member) {
			__u32 nth = (__u32)(member - btf_members(level->type));

			found->bit = btf_member_bit_offset(level->type, nth);
			found->bits = 0;
		}
	}
	if (member)
		found->type_id = member->type;
	return member;
}

static __u32 kind_of(const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type = struct_ops__strip_modifiers(btf, type_id);

	if (!type)
		return BPF_STRUCT_OPS_ANY;
	switch (btf_kind(type)) {
	case BTF_KIND_INT: return BPF_STRUCT_OPS_INT;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return BPF_STRUCT_OPS_ENUM;
	case BTF_KIND_FLOAT: return BPF_STRUCT_OPS_FLOAT;
	case BTF_KIND_STRUCT: return BPF_STRUCT_OPS_STRUCT;
	case BTF_KIND_UNION: return BPF_STRUCT_OPS_UNION;
	case BTF_KIND_PTR:
		return struct_ops__is_callback(btf, type_id) ? BPF_STRUCT_OPS_CALLBACK :
							       BPF_STRUCT_OPS_POINTER;
	default: return BPF_STRUCT_OPS_ANY;
	}
}

static void match_bitfield(const struct level *level,
			   const struct bpf_struct_ops_member_info *described,
			   const struct found *found, const char *path)
{
	if (found->bits && !described->bit_size)
		report(level, BPF_STRUCT_OPS_BITFIELD, path, described, found, 0, 0);
	else if (!found->bits)
		report(level, BPF_STRUCT_OPS_MEMBER_KIND, path, described, found, 0, 0);
	else if (found->bits != described->bit_size)
		report(level, BPF_STRUCT_OPS_MEMBER_SIZE, path, described, found, 0, 0);
	else
		add_piece(level, level->shadow * 8 + described->bit_offset,
			  level->object * 8 + found->bit, found->bits, true);
}

static int match_nested(const struct level *level, const struct bpf_struct_ops_member_info *described,
			const struct found *found, const struct btf_type *element, __u64 element_size,
			const char *path, int depth)
{
	__u32 elements = described->count ? described->count : 1, i;
	struct level inner = *level;
	int before = level->reporter->count, err = 0;

	inner.type = element;
	inner.path = path;
	inner.shadow_size = described->type->size;
	/* All elements are laid out alike: what is wrong is wrong with the first. */
	for (i = 0; i < elements && !err && level->reporter->count == before; i++) {
		inner.shadow = level->shadow + described->offset + (__u64)i * inner.shadow_size;
		inner.object = level->object + found->bit / 8 + i * element_size;
		err = match_members(&inner, described->type->members, described->type->cnt, depth + 1);
	}
	return err;
}

static int match_member(const struct level *level, const struct bpf_struct_ops_member_info *members,
			__u32 index, const char *path, int depth)
{
	const struct bpf_struct_ops_member_info *described = &members[index];
	const struct btf *btf = level->ms->btf;
	const struct btf_type *element;
	struct found found = {};
	__u32 element_id, kind;
	__s64 size, element_size;
	__u64 count;

	if (!find(level, members, index, &found)) {
		report(level, BPF_STRUCT_OPS_NO_MEMBER, path, described, NULL, 0, described->size);
		return 0;
	}
	if (found.bits || described->bit_size) {
		match_bitfield(level, described, &found, path);
		return 0;
	}
	size = btf__resolve_size(btf, found.type_id);
	element = struct_ops__strip_arrays(btf, found.type_id, &element_id, &count);
	element_size = element ? btf__resolve_size(btf, element_id) : -1;
	kind = kind_of(btf, element_id);
	if (size < 0 || element_size < 0 ||
	    (described->kind && (kind != described->kind ||
				 (element_id != found.type_id) != (described->count != 0)))) {
		report(level, BPF_STRUCT_OPS_MEMBER_KIND, path, described, &found, 0, 0);
		return 0;
	}
	if (described->type && described->name[0] && btf_is_struct(element) &&
	    described->kind != BPF_STRUCT_OPS_UNION) {
		if (count == (described->count ? described->count : 1))
			return match_nested(level, described, &found, element, (__u64)element_size,
					    path, depth);
		size = (__s64)(count * (__u64)element_size);
	} else if ((__u64)size == described->size &&
		   (!described->kind || !described->count || count == described->count)) {
		add_piece(level, level->shadow + described->offset, level->object + found.bit / 8,
			  (__u64)size, false);
		return 0;
	}
	report(level, BPF_STRUCT_OPS_MEMBER_SIZE, path, described, &found, (__u64)size,
	       described->size);
	return 0;
}

static int match_members(const struct level *level, const struct bpf_struct_ops_member_info *members,
			 __u32 cnt, int depth)
{
	char path[256];
	int err = 0;
	__u32 i;

	if (depth > MAX_DEPTH) {
		report(level, BPF_STRUCT_OPS_BAD_INFO, level->path, NULL, NULL, 0, 0);
		return -EINVAL;
	}
	for (i = 0; i < cnt && !err; i++) {
		const struct bpf_struct_ops_member_info *described = &members[i];
		const char *name = described->name;

		if (!name) {
			report(level, BPF_STRUCT_OPS_BAD_INFO, NULL, NULL, NULL, 0, 0);
			continue;
		}
		if (!name[0] && first_name(described->type, 0))
			name = first_name(described->type, 0);
		struct_ops__join(path, sizeof(path), level->path, name);
		if (!is_info_sound(level, members, i, path))
			continue;
		if (!described->name[0] && described->type && described->kind != BPF_STRUCT_OPS_UNION) {
			struct level inner = *level;

			/* C finds the members of an anonymous struct in the object's struct itself. */
			inner.shadow += described->offset;
			inner.shadow_size = described->type->size;
			err = match_members(&inner, described->type->members, described->type->cnt,
					    depth + 1);
		} else {
			err = match_member(level, members, i, path, depth);
		}
	}
	return *level->no_memory ? -ENOMEM : err;
}

int struct_ops__match(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
		      struct reporter *reporter)
{
	bool no_memory = false;
	struct level level = {
		.ms = ms,
		.reporter = reporter,
		.type = ms->type,
		.shadow_size = info->data_size,
		.path = "",
		.no_memory = &no_memory,
	};
	int problems_before = reporter->count, err;

	if (info->cnt && !info->members) {
		report(&level, BPF_STRUCT_OPS_BAD_INFO, NULL, NULL, NULL, 0, 0);
		return -EINVAL;
	}
	err = match_members(&level, info->members, info->cnt, 0);
	if (err)
		return err;
	return reporter->count == problems_before ? 0 : -EINVAL;
}
