// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What a kernel would refuse, and what is left out for it, from its BTF alone. */
#include <string.h>

#include "struct_ops_internal.h"

/* One member of the object's type, and its value. */
struct checked_member {
	const struct map_shadow *ms;
	__u32 index;
	const struct btf_member *member;
	const char *name;
	const char *value;
	__s64 size;
};

static void report_mismatch(const struct checked_member *checked, const struct btf *kernel,
			    __u32 kernel_type_id, enum bpf_struct_ops_problem_kind kind,
			    __u64 found, __u64 expected, struct reporter *reporter)
{
	char found_type[128], expected_type[128];
	struct bpf_struct_ops_problem problem = {
		.kind = kind,
		.map = checked->ms->name,
		.type = checked->ms->type_name,
		.member = checked->name,
		.found = found,
		.expected = expected,
		.found_type = found_type,
		.expected_type = expected_type,
	};

	struct_ops__type_text(checked->ms->btf, checked->member->type, 0, found_type,
			      sizeof(found_type));
	struct_ops__type_text(kernel, kernel_type_id, 0, expected_type, sizeof(expected_type));
	struct_ops__report_problem(reporter, &problem);
}

/* The program that a callback of the object's type is set to, with a note that it was left out. */
static const char *leave_program_out(const struct bpf_struct_ops_shadow *shadow,
				     const struct checked_member *checked,
				     enum bpf_struct_ops_presence presence)
{
	struct program_state *state;
	const void *address;

	if (!struct_ops__is_callback(checked->ms->btf, checked->member->type))
		return NULL;
	memcpy(&address, checked->value, sizeof(address));
	state = address ? struct_ops__find_program(shadow, address) : NULL;
	if (state && presence != BPF_STRUCT_OPS_REQUIRE)
		state->left_out = true;
	return state ? bpf_program__name(state->prog) : NULL;
}

/* libbpf passes over what the kernel lacks where it is zero. */
static void check_missing(const struct bpf_struct_ops_shadow *shadow, struct map_shadow *ms,
			  const struct checked_member *checked, struct reporter *reporter)
{
	char found_type[128];
	struct bpf_struct_ops_problem problem = {
		.kind = BPF_STRUCT_OPS_KERNEL_NO_MEMBER,
		.map = ms->name,
		.type = ms->type_name,
		.member = checked->name,
		.found = (__u64)checked->size,
		.found_type = found_type,
		.presence = struct_ops__presence(shadow, ms, (int)checked->index),
	};

	if (struct_ops__all_zero(checked->value, (size_t)checked->size))
		return;
	struct_ops__type_text(ms->btf, checked->member->type, 0, found_type, sizeof(found_type));
	problem.program = leave_program_out(shadow, checked, problem.presence);
	if (problem.presence != BPF_STRUCT_OPS_REQUIRE) {
		problem.value = checked->value;
		problem.value_size = (size_t)checked->size;
		ms->left_out[checked->index] = true;
	}
	struct_ops__report_problem(reporter, &problem);
}

static void check_present(const struct checked_member *checked, const struct btf *kernel,
			  const struct btf_member *kernel_member, struct reporter *reporter)
{
	const struct btf *btf = checked->ms->btf;
	const struct btf_type *type = struct_ops__strip_modifiers(btf, checked->member->type);
	const struct btf_type *expected = struct_ops__strip_modifiers(kernel, kernel_member->type);
	__s64 kernel_size;

	if (!type || !expected)
		return;
	if (btf_kind(type) != btf_kind(expected)) {
		report_mismatch(checked, kernel, kernel_member->type,
				BPF_STRUCT_OPS_KERNEL_MEMBER_KIND, btf_kind(type),
				btf_kind(expected), reporter);
		return;
	}
	if (btf_is_ptr(type)) {
		/* A pointer to data is refused for itself. */
		if (struct_ops__is_callback(btf, checked->member->type) &&
		    !struct_ops__all_zero(checked->value, sizeof(struct bpf_program *)) &&
		    !struct_ops__is_callback(kernel, kernel_member->type))
			report_mismatch(checked, kernel, kernel_member->type,
				BPF_STRUCT_OPS_KERNEL_MEMBER_KIND,
					BTF_KIND_FUNC_PROTO, BTF_KIND_PTR, reporter);
		return;
	}
	kernel_size = btf__resolve_size(kernel, kernel_member->type);
	if (kernel_size != checked->size) {
		report_mismatch(checked, kernel, kernel_member->type,
				BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE, (__u64)checked->size,
				kernel_size < 0 ? 0 : (__u64)kernel_size, reporter);
		return;
	}
	if (btf_is_struct(type) || btf_is_array(type)) {
		struct nested_member nested = {
			.ms = checked->ms,
			.kernel = kernel,
			.type_id = checked->member->type,
			.kernel_type_id = kernel_member->type,
			.value = checked->value,
			.path = checked->name,
		};

		struct_ops__check_nested(&nested, 0, reporter);
	}
}

/*
 * libbpf goes by the name "", so that all of them land in the kernel's first, the
 * last one on top, and are refused where they are not of its size.
 */
static bool are_anonymous_lost(const struct map_shadow *ms, const char *value,
			       const struct btf *kernel, const struct btf_member *kernel_member)
{
	__s64 kernel_size = btf__resolve_size(kernel, kernel_member->type), size;
	const struct btf_member *member;
	__u32 nth;

	for (nth = 0; (member = struct_ops__find_member(ms->btf, ms->type, "", nth)); nth++) {
		__u32 index = (__u32)(member - btf_members(ms->type));

		size = btf__resolve_size(ms->btf, member->type);
		if (size != kernel_size)
			return true;
		if (!struct_ops__all_zero(value + btf_member_bit_offset(ms->type, index) / 8,
					  (size_t)size))
			return true;
	}
	return false;
}

/* Whether there are several anonymous members, which count as one problem, if as any. */
static bool check_anonymous(const struct map_shadow *ms, const char *value,
			    const struct btf *kernel, const struct btf_type *kernel_type,
			    struct reporter *reporter)
{
	const struct btf_member *kernel_member = struct_ops__find_member(kernel, kernel_type, "", 0);
	struct bpf_struct_ops_problem problem = {
		.kind = BPF_STRUCT_OPS_KERNEL_ANONYMOUS,
		.map = ms->name,
		.type = ms->type_name,
	};

	if (!kernel_member || !struct_ops__find_member(ms->btf, ms->type, "", 1))
		return false;
	if (are_anonymous_lost(ms, value, kernel, kernel_member))
		struct_ops__report_problem(reporter, &problem);
	return true;
}

static void check_member(const struct bpf_struct_ops_shadow *shadow, struct map_shadow *ms,
			 __u32 index, const char *value, const struct btf *kernel,
			 const struct btf_type *kernel_type, struct reporter *reporter)
{
	const struct btf_member *member = &btf_members(ms->type)[index], *kernel_member;
	struct checked_member checked = {
		.ms = ms,
		.index = index,
		.member = member,
		.name = btf__name_by_offset(ms->btf, member->name_off),
		.value = value + btf_member_bit_offset(ms->type, index) / 8,
		.size = btf__resolve_size(ms->btf, member->type),
	};

	if (checked.size < 0 || !checked.name || btf_member_bitfield_size(ms->type, index))
		return;	/* commit says so */
	kernel_member = struct_ops__find_member(kernel, kernel_type, checked.name, 0);
	if (!kernel_member)
		check_missing(shadow, ms, &checked, reporter);
	else if (btf_member_bitfield_size(kernel_type,
					  (__u32)(kernel_member - btf_members(kernel_type))))
		report_mismatch(&checked, kernel, kernel_member->type, BPF_STRUCT_OPS_BITFIELD, 0, 0,
				reporter);
	else
		check_present(&checked, kernel, kernel_member, reporter);
}

/* Not created: none of its callbacks counts. */
static void leave_map_out(const struct bpf_struct_ops_shadow *shadow, struct map_shadow *ms)
{
	const struct btf_member *member = btf_members(ms->type);
	const char *value = struct_ops__object_layout_value(ms);
	__u32 i;

	ms->created = false;
	for (i = 0; i < btf_vlen(ms->type); i++, member++) {
		struct checked_member checked = {
			.ms = ms,
			.member = member,
			.value = value + btf_member_bit_offset(ms->type, i) / 8,
		};

		leave_program_out(shadow, &checked, BPF_STRUCT_OPS_DROP);
	}
}

void struct_ops__fit_map(struct bpf_struct_ops_shadow *shadow, struct map_shadow *ms,
			 const struct kernel_types *types, struct reporter *reporter)
{
	struct bpf_struct_ops_problem problem = {
		.map = ms->name,
		.type = ms->type_name,
		.presence = struct_ops__presence(shadow, ms, UNSAID),
	};
	const struct btf_type *kernel_type = NULL;
	const struct btf *btf;
	bool anonymous_done;
	const char *value;
	__u32 i;

	btf = struct_ops__kernel_type(types, ms->type_name, &kernel_type);
	if (!btf) {
		problem.kind = BPF_STRUCT_OPS_KERNEL_NO_TYPE;
		if (problem.presence != BPF_STRUCT_OPS_REQUIRE)
			leave_map_out(shadow, ms);
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	if (bpf_map__map_flags(ms->map) & MAP_FLAG_LINK && !struct_ops__kernel_has_links(types)) {
		problem.kind = BPF_STRUCT_OPS_KERNEL_NO_LINK;
		ms->without_link = problem.presence != BPF_STRUCT_OPS_REQUIRE;
		struct_ops__report_problem(reporter, &problem);
	}
	value = struct_ops__object_layout_value(ms);
	anonymous_done = check_anonymous(ms, value, btf, kernel_type, reporter);
	for (i = 0; i < btf_vlen(ms->type); i++) {
		const char *name = btf__name_by_offset(ms->btf, btf_members(ms->type)[i].name_off);

		if (!anonymous_done || !name || name[0])
			check_member(shadow, ms, i, value, btf, kernel_type, reporter);
	}
}

int bpf_struct_ops_shadow__check(struct bpf_struct_ops_shadow *shadow, const struct btf *kernel,
				 const struct btf *const *modules, size_t n_modules,
				 bpf_struct_ops_report_fn report, void *ctx)
{
	struct kernel_types types = { kernel, modules, n_modules };
	struct reporter reporter = { .fn = report, .ctx = ctx };

	struct_ops__inspect(shadow, &types, &reporter);
	return reporter.count;
}
