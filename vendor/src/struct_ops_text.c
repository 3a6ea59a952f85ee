// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A C type in words, for messages. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "struct_ops_internal.h"

struct text {
	char *buf;
	size_t size, length;
};

__attribute__((format(printf, 2, 3)))
static void append(struct text *text, const char *format, ...)
{
	size_t left = text->size - text->length;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->buf + text->length, left, format, args);
	va_end(args);
	if (length > 0)
		text->length += (size_t)length < left ? (size_t)length : left - 1;
}

/* What is no pointer and no array: with the qualifiers that C writes before it. */
static const struct btf_type *append_name(struct text *text, const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	const char *name;
	int depth = 0;

	while (type && btf_is_mod(type) && ++depth < MAX_DEPTH) {
		if (btf_is_const(type))
			append(text, "const ");
		else if (btf_is_volatile(type))
			append(text, "volatile ");
		type = btf__type_by_id(btf, type->type);
	}
	if (!type)
		return NULL;
	if (btf_is_ptr(type) || btf_is_array(type))
		return type;
	name = btf__name_by_offset(btf, type->name_off);
	name = name && name[0] ? name : NULL;
	if (btf_is_void(type))
		append(text, "void");
	else if (btf_is_func_proto(type))
		append(text, "callback");
	else if (btf_is_struct(type) || btf_is_union(type) || btf_is_fwd(type))
		append(text, "%s%s%s", btf_is_union(type) ? "union" : "struct", name ? " " : "",
		       name ? name : "");
	else if (btf_is_enum(type) || btf_is_enum64(type))
		append(text, "enum%s%s", name ? " " : "", name ? name : "");
	else
		append(text, "%s", name ? name : "?");
	return NULL;
}

void struct_ops__type_text(const struct btf *btf, __u32 type_id, __u32 bits, char *buf, size_t size)
{
	struct text text = { .buf = buf, .size = size };
	const struct btf_type *type;
	char stars[MAX_DEPTH + 1], dimensions[64];
	struct text after = { .buf = dimensions, .size = sizeof(dimensions) };
	__u32 n_stars = 0;

	buf[0] = dimensions[0] = '\0';
	/* Outside in: dimensions of arrays, then what the elements point to. */
	while ((type = append_name(&text, btf, type_id))) {
		if (btf_is_array(type) && !n_stars)
			append(&after, "[%u]", btf_array(type)->nelems);
		else if (n_stars < MAX_DEPTH)
			stars[n_stars++] = '*';
		else
			break;
		type_id = btf_is_array(type) ? btf_array(type)->type : type->type;
	}
	/* One word for a pointer to a function. */
	if (text.length >= 8 && n_stars && !strcmp(buf + text.length - 8, "callback"))
		n_stars--;
	stars[n_stars] = '\0';
	append(&text, "%s%s%s", n_stars ? " " : "", stars, dimensions);
	if (bits)
		append(&text, " : %u", bits);
}
