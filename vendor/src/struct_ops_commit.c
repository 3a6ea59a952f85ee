// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* From the shadow copies to libbpf, right before load. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "struct_ops_internal.h"

/* libbpf attaches a program to one member of one type of the kernel's. */
static bool used_elsewhere(const struct program_state *state, const struct map_shadow *ms,
			   const char *member)
{
	int length = struct_ops__essential_length(ms->type_name);

	if (!state->used_in)
		return false;
	return strcmp(state->used_as, member) != 0 ||
	       struct_ops__essential_length(state->used_in->type_name) != length ||
	       strncmp(state->used_in->type_name, ms->type_name, (size_t)length) != 0;
}

/* One pointer of the value: a callback, or a pointer to data, which nobody can take. */
static void check_pointer(struct bpf_struct_ops_shadow *shadow, const struct map_shadow *ms,
			  const struct btf_member *member, const void *value,
			  struct reporter *reporter)
{
	struct bpf_struct_ops_problem problem = {
		.map = ms->name,
		.type = ms->type_name,
		.member = btf__name_by_offset(ms->btf, member->name_off),
	};
	struct program_state *state;

	if (!value)
		return;
	if (!struct_ops__is_callback(ms->btf, member->type)) {
		problem.kind = BPF_STRUCT_OPS_DATA_POINTER;
		problem.found = (uintptr_t)value;
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	/* The pointer may come from another object, perhaps one that is closed. */
	state = struct_ops__find_program(shadow, value);
	if (!state || bpf_program__type(state->prog) != BPF_PROG_TYPE_STRUCT_OPS) {
		problem.kind = BPF_STRUCT_OPS_FOREIGN_PROGRAM;
		problem.program = state ? bpf_program__name(state->prog) : NULL;
		struct_ops__report_problem(reporter, &problem);
		return;
	}
	problem.program = bpf_program__name(state->prog);
	if (used_elsewhere(state, ms, problem.member)) {
		problem.kind = BPF_STRUCT_OPS_PROGRAM_REUSED;
		struct_ops__report_problem(reporter, &problem);
	}
	if (!state->used_in) {
		state->used_in = ms;
		state->used_as = problem.member;
	}
	if (state->choice == CHOICE_OFF) {
		problem.kind = BPF_STRUCT_OPS_PROGRAM_OFF;
		struct_ops__report_problem(reporter, &problem);
	}
}

static void check_map(struct bpf_struct_ops_shadow *shadow, const struct map_shadow *ms,
		      struct reporter *reporter)
{
	const struct btf_member *member = btf_members(ms->type);
	const char *value = struct_ops__object_layout_value(ms);
	__u32 i;

	for (i = 0; i < btf_vlen(ms->type); i++, member++) {
		const struct btf_type *type;
		const void *pointer;

		if (btf_member_bitfield_size(ms->type, i)) {
			struct bpf_struct_ops_problem problem = {
				.kind = BPF_STRUCT_OPS_BITFIELD,
				.map = ms->name,
				.type = ms->type_name,
				.member = btf__name_by_offset(ms->btf, member->name_off),
			};

			struct_ops__report_problem(reporter, &problem);
			continue;
		}
		type = struct_ops__strip_modifiers(ms->btf, member->type);
		if (!type || !btf_is_ptr(type))
			continue;
		/* memcpy: a packed struct may hold pointers anywhere. */
		memcpy(&pointer, value + btf_member_bit_offset(ms->type, i) / 8, sizeof(pointer));
		check_pointer(shadow, ms, member, pointer, reporter);
	}
}

/* What nothing refers to has no callback to be attached to: libbpf refuses to load it. */
static void check_program(const struct program_state *state, struct reporter *reporter)
{
	struct bpf_struct_ops_problem problem = {
		.kind = BPF_STRUCT_OPS_PROGRAM_UNUSED,
		.program = bpf_program__name(state->prog),
	};

	if (state->choice == CHOICE_ON && !state->used_in &&
	    bpf_program__type(state->prog) == BPF_PROG_TYPE_STRUCT_OPS)
		struct_ops__report_problem(reporter, &problem);
}

int bpf_struct_ops_shadow__commit(struct bpf_struct_ops_shadow *shadow,
				  bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	__u32 i;

	if (struct_ops__is_loaded(shadow))
		return -EBUSY;
	for (i = 0; i < shadow->n_progs; i++)
		shadow->progs[i].used_in = NULL;
	for (i = 0; i < shadow->n_maps; i++)
		if (bpf_map__autocreate(shadow->maps[i].map))
			check_map(shadow, &shadow->maps[i], &reporter);
	for (i = 0; i < shadow->n_progs; i++)
		check_program(&shadow->progs[i], &reporter);
	if (reporter.count)
		return -EINVAL;

	for (i = 0; i < shadow->n_maps; i++) {
		const struct map_shadow *ms = &shadow->maps[i];

		if (ms->copies && bpf_map__autocreate(ms->map))
			memcpy(ms->object_value, struct_ops__object_layout_value(ms), ms->type->size);
	}
	for (i = 0; i < shadow->n_progs; i++) {
		const struct program_state *state = &shadow->progs[i];

		if (bpf_program__type(state->prog) == BPF_PROG_TYPE_STRUCT_OPS &&
		    state->choice == CHOICE_NONE)
			bpf_program__set_autoload(state->prog, state->used_in != NULL);
	}
	return 0;
}
