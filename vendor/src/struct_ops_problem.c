// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Problems: counting them, and saying them in words. */
#include <stdio.h>
#include <string.h>

#include "struct_ops_internal.h"

#define MISSING "map '%s': this kernel's 'struct %s' has no member '%s'"

void struct_ops__report_problem(struct reporter *reporter,
				const struct bpf_struct_ops_problem *problem)
{
	if (problem->presence == BPF_STRUCT_OPS_REQUIRE)
		reporter->count++;
	if (reporter->fn)
		reporter->fn(reporter->ctx, problem);
}

static const char *kind_name(__u64 kind)
{
	switch (kind) {
	case BTF_KIND_INT: return "an integer";
	case BTF_KIND_PTR: return "a pointer to data";
	case BTF_KIND_ARRAY: return "an array";
	case BTF_KIND_STRUCT: return "a struct";
	case BTF_KIND_UNION: return "a union";
	case BTF_KIND_ENUM: return "an enum";
	case BTF_KIND_ENUM64: return "a 64-bit enum";
	case BTF_KIND_FUNC_PROTO: return "a callback";
	case BTF_KIND_FLOAT: return "a floating-point number";
	default: return "of another kind";
	}
}

/* The member that is missing, and what was left out with it. */
static int format_no_member(const struct bpf_struct_ops_problem *p, char *buf, size_t size)
{
	const char *value = p->value;
	unsigned long long number = 0;

	if (p->presence == BPF_STRUCT_OPS_REQUIRE)
		return snprintf(buf, size, MISSING ", which is set", p->map, p->type, p->member);
	if (p->program)
		return snprintf(buf, size, MISSING "; callback '%s' was left out", p->map, p->type,
				p->member, p->program);
	if (!value || p->value_size > sizeof(number))
		return snprintf(buf, size, MISSING "; its value was left out", p->map, p->type,
				p->member);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&number + sizeof(number) - p->value_size, value, p->value_size);
#else
	memcpy(&number, value, p->value_size);
#endif
	return snprintf(buf, size, MISSING "; its value %llu was left out", p->map, p->type,
			p->member, number);
}

#define OR_UNKNOWN(text) ((text) ? (text) : "?")

/* Bitfields have their sizes in their types. */
static int format_sizes(const struct bpf_struct_ops_problem *p, const char *map, char *buf, size_t size)
{
	if (!p->found && !p->expected)
		return snprintf(buf, size, "map '%s': '%s.%s' is '%s' in the object, '%s' in this program",
				map, OR_UNKNOWN(p->type), OR_UNKNOWN(p->member), p->found_type,
				p->expected_type);
	return snprintf(buf, size,
			"map '%s': '%s.%s' is '%s' (%llu bytes) in the object, '%s' (%llu bytes) in this program",
			map, OR_UNKNOWN(p->type), OR_UNKNOWN(p->member), p->found_type,
			(unsigned long long)p->found, p->expected_type,
			(unsigned long long)p->expected);
}

int bpf_struct_ops_problem__format(const struct bpf_struct_ops_problem *p, char *buf, size_t size)
{
	const char *map = OR_UNKNOWN(p->map), *type = OR_UNKNOWN(p->type);
	const char *member = OR_UNKNOWN(p->member), *program = OR_UNKNOWN(p->program);

	if (!member[0])
		member = "(anonymous)";

	switch (p->kind) {
	case BPF_STRUCT_OPS_NO_MAP:
		return snprintf(buf, size, "the object has no struct_ops map '%s'", map);
	case BPF_STRUCT_OPS_NO_MEMBER:
		return snprintf(buf, size,
				"map '%s': the object's 'struct %s' has no member '%s', which this program was built with",
				map, type, member);
	case BPF_STRUCT_OPS_MEMBER_KIND:
		if (p->expected_type)
			return snprintf(buf, size,
					"map '%s': '%s.%s' is '%s' in the object, '%s' in this program",
					map, type, member, OR_UNKNOWN(p->found_type), p->expected_type);
		return snprintf(buf, size,
				"map '%s': '%s.%s' is '%s' in the object, and of another kind in this program",
				map, type, member, OR_UNKNOWN(p->found_type));
	case BPF_STRUCT_OPS_MEMBER_SIZE:
		if (p->found_type && p->expected_type)
			return format_sizes(p, map, buf, size);
		return snprintf(buf, size,
				"map '%s': '%s.%s' has %llu bytes in the object, %llu in this program",
				map, type, member, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_BAD_INFO:
		if (!p->map)
			return snprintf(buf, size, "shadow info lacks a list of maps or a map's name");
		if (!p->member)
			return snprintf(buf, size,
					"map '%s': shadow info describes it twice, or lacks a list of members or a member's name",
					map);
		if (p->found <= p->expected)
			return snprintf(buf, size,
					"map '%s': shadow info describes '%s.%s' twice or over another member",
					map, type, member);
		return snprintf(buf, size,
				"map '%s': shadow info lets '%s.%s' end at byte %llu of %llu", map,
				type, member, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_FOREIGN_PROGRAM:
		if (p->program)
			return snprintf(buf, size,
					"map '%s': callback '%s.%s' is set to '%s', which is no struct_ops program",
					map, type, member, program);
		return snprintf(buf, size,
				"map '%s': callback '%s.%s' is set to a program that is not of this object",
				map, type, member);
	case BPF_STRUCT_OPS_NESTED_CALLBACK:
		return snprintf(buf, size,
				"map '%s': callback '%s.%s' is in a nested struct or array and must stay NULL; libbpf and the kernel take none there",
				map, type, member);
	case BPF_STRUCT_OPS_DATA_POINTER:
		return snprintf(buf, size,
				"map '%s': '%s.%s' is a pointer to data and must stay NULL; the kernel takes none from user space",
				map, type, member);
	case BPF_STRUCT_OPS_BITFIELD:
		return snprintf(buf, size,
				"map '%s': '%s.%s' is a bitfield, which libbpf cannot carry to the kernel",
				map, type, member);
	case BPF_STRUCT_OPS_PROGRAM_OFF:
		return snprintf(buf, size,
				"map '%s': callback '%s.%s' is set to program '%s', whose autoload was switched off",
				map, type, member, program);
	case BPF_STRUCT_OPS_KERNEL_NO_TYPE:
		return snprintf(buf, size, "map '%s': this kernel has no struct_ops type 'struct %s'%s",
				map, type,
				p->presence ? "; the map was left out" : "");
	case BPF_STRUCT_OPS_KERNEL_NO_LINK:
		return snprintf(buf, size, "map '%s': this kernel has no links for struct_ops maps%s",
				map,
				p->presence ? "; it registers without one" : "");
	case BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE:
		return snprintf(buf, size,
				"map '%s': '%s.%s' begins at bit %llu of its struct in the object, %llu in this kernel; libbpf would not move it",
				map, type, member, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_KERNEL_ANONYMOUS:
		return snprintf(buf, size,
				"map '%s': 'struct %s' has several anonymous members, which libbpf would copy over each other",
				map, type);
	case BPF_STRUCT_OPS_KERNEL_NO_MEMBER: {
		struct bpf_struct_ops_problem named = *p;

		named.map = map;
		named.type = type;
		named.member = member;
		return format_no_member(&named, buf, size);
	}
	case BPF_STRUCT_OPS_KERNEL_MEMBER_KIND:
		return snprintf(buf, size, "map '%s': '%s.%s' is %s in the object, %s in this kernel",
				map, type, member, kind_name(p->found), kind_name(p->expected));
	case BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE:
		return snprintf(buf, size,
				"map '%s': '%s.%s' has %llu bytes in the object, %llu in this kernel",
				map, type, member, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_BAD_TYPE:
		if (p->found <= p->expected)
			return snprintf(buf, size,
					"map '%s': the object's BTF gives '%s.%s' no size or place", map,
					type, member);
		return snprintf(buf, size,
				"map '%s': the object's BTF lets '%s.%s' end at byte %llu of %llu", map,
				type, member, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_NO_VALUE:
		return snprintf(buf, size,
				"map '%s' is of the type struct_ops, but no variable in a struct_ops section",
				map);
	case BPF_STRUCT_OPS_PROGRAM_REUSED:
		return snprintf(buf, size,
				"map '%s': callback '%s.%s' is set to program '%s', which is another callback already",
				map, type, member, program);
	case BPF_STRUCT_OPS_WRITTEN_LATE:
		return snprintf(buf, size,
				"map '%s': its shadow copy was changed after load, which has no effect; set 'struct %s' before",
				map, type);
	case BPF_STRUCT_OPS_OTHER_LAYOUT:
		return snprintf(buf, size,
				"map '%s': its shadow copy has another layout of 'struct %s' (%llu bytes) than is used here (%llu bytes)",
				map, type, (unsigned long long)p->found,
				(unsigned long long)p->expected);
	case BPF_STRUCT_OPS_PROGRAM_UNUSED:
		return snprintf(buf, size,
				"program '%s' is to be loaded, but is the callback of no map that will be created",
				program);
	}
	return snprintf(buf, size, "map '%s': unknown problem", map);
}
