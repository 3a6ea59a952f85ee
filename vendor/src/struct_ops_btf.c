// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Questions to BTF that the struct_ops extension asks. */
#include <stdio.h>
#include <string.h>

#include "struct_ops_internal.h"

/* As many as libbpf follows. A broken BTF may go in circles. */
#define MAX_MODIFIERS 32

const struct btf_type *struct_ops__strip_modifiers(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	int depth = 0;

	while (type && (btf_is_mod(type) || btf_is_typedef(type))) {
		if (++depth > MAX_MODIFIERS)
			return NULL;
		type = btf__type_by_id(btf, type->type);
	}
	return type;
}

const struct btf_member *struct_ops__find_member(const struct btf *btf, const struct btf_type *type,
				     const char *name, __u32 nth)
{
	const struct btf_member *member = btf_members(type);
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		const char *found = btf__name_by_offset(btf, member->name_off);

		if (found && strcmp(found, name) == 0 && nth-- == 0)
			return member;
	}
	return NULL;
}

void struct_ops__join(char *buf, size_t size, const char *outer, const char *inner)
{
	snprintf(buf, size, "%s%s%s", outer, outer[0] && inner[0] ? "." : "", inner);
}

const struct btf_type *struct_ops__strip_arrays(const struct btf *btf, __u32 type_id,
						__u32 *element_id, __u64 *count)
{
	const struct btf_type *type = struct_ops__strip_modifiers(btf, type_id);
	int depth = 0;

	*element_id = type_id;
	*count = 1;
	while (type && btf_is_array(type)) {
		const struct btf_array *array = btf_array(type);

		if (++depth > MAX_DEPTH)
			return NULL;
		*count *= array->nelems;
		/* More than any struct has bytes. */
		if (*count > ~0u)
			return NULL;
		*element_id = array->type;
		type = struct_ops__strip_modifiers(btf, array->type);
	}
	return type;
}

static const struct btf_member *find_in_c(const struct btf *btf, const struct btf_type *type,
					  const char *name, __u32 *bit_offset, __u32 *bits, int depth)
{
	const struct btf_member *member = btf_members(type), *inner;
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		const char *found = btf__name_by_offset(btf, member->name_off);
		__u32 offset = btf_member_bit_offset(type, i);
		const struct btf_type *nested;

		if (!found)
			continue;
		if (strcmp(found, name) == 0) {
			*bit_offset = offset;
			*bits = btf_member_bitfield_size(type, i);
			return member;
		}
		if (found[0] || depth >= MAX_DEPTH)
			continue;
		nested = struct_ops__strip_modifiers(btf, member->type);
		if (!nested || !btf_is_composite(nested))
			continue;
		inner = find_in_c(btf, nested, name, bit_offset, bits, depth + 1);
		if (inner) {
			*bit_offset += offset;
			return inner;
		}
	}
	return NULL;
}

const struct btf_member *struct_ops__find_member_in_c(const struct btf *btf,
						      const struct btf_type *type, const char *name,
						      __u32 *bit_offset, __u32 *bits)
{
	return name[0] ? find_in_c(btf, type, name, bit_offset, bits, 0) : NULL;
}

/*
 * A flavour begins at the last run of exactly three underscores inside the name:
 * where libbpf sees it, or the type is looked for under another name than there.
 */
int struct_ops__essential_length(const char *name)
{
	size_t length = strlen(name), at;

	for (at = length; at >= 5; at--) {
		const char *run = name + at - 5;

		if (run[0] != '_' && strncmp(run + 1, "___", 3) == 0 && run[4] != '_')
			return (int)(at - 4);
	}
	return (int)length;
}

bool struct_ops__is_callback(const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type = struct_ops__strip_modifiers(btf, type_id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = struct_ops__strip_modifiers(btf, type->type);
	return type && btf_is_func_proto(type);
}

bool struct_ops__all_zero(const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size--)
		if (*byte++)
			return false;
	return true;
}
