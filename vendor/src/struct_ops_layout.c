// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The shadow copy, in libbpf's layout or in one of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

/* As BTF counts bits. */
static unsigned char bit_mask(__u64 bit)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (unsigned char)(0x80 >> bit % 8);
#else
	return (unsigned char)(1 << bit % 8);
#endif
}

static void copy_bits(unsigned char *to, __u64 to_bit, const unsigned char *from, __u64 from_bit,
		      __u64 bits)
{
	for (; bits; bits--, to_bit++, from_bit++) {
		unsigned char mask = bit_mask(to_bit);
		unsigned char others = to[to_bit / 8] & (unsigned char)~mask;

		to[to_bit / 8] = from[from_bit / 8] & bit_mask(from_bit) ? others | mask : others;
	}
}

static void copy_to_shadow(const struct map_shadow *ms)
{
	size_t i;

	for (i = 0; i < ms->n_pieces; i++) {
		const struct piece *piece = &ms->pieces[i];

		if (piece->bits)
			copy_bits(ms->value, piece->shadow, ms->object_value, piece->object,
				  piece->size);
		else
			memcpy((char *)ms->value + piece->shadow,
			       (const char *)ms->object_value + piece->object, piece->size);
	}
}

const void *struct_ops__object_layout_value(const struct map_shadow *ms)
{
	size_t i;

	if (!ms->pieces)
		return ms->object_value;
	/* Members that the shadow copy lacks keep what the object file says. */
	memcpy(ms->scratch, ms->object_value, ms->type->size);
	for (i = 0; i < ms->n_pieces; i++) {
		const struct piece *piece = &ms->pieces[i];

		if (piece->bits)
			copy_bits(ms->scratch, piece->object, ms->value, piece->shadow, piece->size);
		else
			memcpy((char *)ms->scratch + piece->object,
			       (const char *)ms->value + piece->shadow, piece->size);
	}
	return ms->scratch;
}

static bool do_layouts_agree(const struct map_shadow *ms, const struct bpf_struct_ops_map_info *info)
{
	size_t i;

	for (i = 0; i < ms->n_pieces; i++)
		if (ms->pieces[i].shadow != ms->pieces[i].object)
			return false;
	return info->data_size == ms->type->size;
}

/* The shadow copy in a layout of its own, unless that is libbpf's. */
static int layout_as_described(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			       struct reporter *reporter)
{
	int err = struct_ops__match(ms, info, reporter);

	if (err)
		return err;
	if (do_layouts_agree(ms, info)) {
		free(ms->pieces);
		ms->pieces = NULL;
		ms->n_pieces = 0;
		return 0;
	}
	/* A layout of its own it is also without any piece. */
	if (!ms->pieces)
		ms->pieces = calloc(1, sizeof(*ms->pieces));
	ms->size = info->data_size;
	ms->own_value = calloc(1, ms->size ? ms->size : 1);
	ms->scratch = calloc(1, ms->type->size ? ms->type->size : 1);
	if (!ms->pieces || !ms->own_value || !ms->scratch)
		return -ENOMEM;
	ms->value = ms->own_value;
	copy_to_shadow(ms);
	return 0;
}

int struct_ops__layout_map(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			   struct reporter *reporter)
{
	int err;

	ms->size = ms->type->size;
	ms->value = ms->object_value;
	err = struct_ops__check_type(ms, reporter);
	if (!err && info)
		err = layout_as_described(ms, info, reporter);
	if (err)
		return err;
	ms->defaults = malloc(ms->size ? ms->size : 1);
	ms->committed = malloc(ms->size ? ms->size : 1);
	if (!ms->defaults || !ms->committed)
		return -ENOMEM;
	memcpy(ms->defaults, ms->value, ms->size);
	return 0;
}

/* Whether the shadow copy has this piece of the object's value in the same place. */
static bool is_there(const struct map_shadow *ms, const struct piece *piece)
{
	size_t i;

	if (!ms->pieces)
		return piece->shadow == piece->object;
	for (i = 0; i < ms->n_pieces; i++) {
		const struct piece *own = &ms->pieces[i];

		if (own->bits == piece->bits && piece->shadow >= own->shadow &&
		    piece->shadow + piece->size <= own->shadow + own->size &&
		    piece->shadow - own->shadow == piece->object - own->object)
			return true;
	}
	return false;
}

int struct_ops__check_layout(const struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			     struct reporter *reporter)
{
	struct map_shadow described = {
		.name = ms->name,
		.btf = ms->btf,
		.type = ms->type,
		.type_name = ms->type_name,
	};
	struct bpf_struct_ops_problem problem = {
		.kind = BPF_STRUCT_OPS_OTHER_LAYOUT,
		.map = ms->name,
		.type = ms->type_name,
		.found = ms->size,
		.expected = info->data_size,
	};
	int err = struct_ops__match(&described, info, reporter);
	bool same = info->data_size == ms->size;
	size_t i;

	for (i = 0; !err && i < described.n_pieces; i++)
		same = same && is_there(ms, &described.pieces[i]);
	if (!err && !same) {
		struct_ops__report_problem(reporter, &problem);
		err = -EINVAL;
	}
	free(described.pieces);
	return err;
}
