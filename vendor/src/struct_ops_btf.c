// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Questions to BTF that the struct_ops extension asks. */
#include <string.h>

#include "struct_ops_internal.h"

const struct btf_type *strip_modifiers(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
				     const char *name)
{
	const struct btf_member *member = btf_members(type);
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		const char *found = btf__name_by_offset(btf, member->name_off);

		if (found && strcmp(found, name) == 0)
			return member;
	}
	return NULL;
}

bool is_callback(const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type = strip_modifiers(btf, type_id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = strip_modifiers(btf, type->type);
	return type && btf_is_func_proto(type);
}

bool all_zero(const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size--)
		if (*byte++)
			return false;
	return true;
}
