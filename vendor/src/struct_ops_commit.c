// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* From the shadow copies to libbpf, right before load. */
#include <errno.h>
#include <string.h>

#include "struct_ops_internal.h"

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
	if (!is_callback(ms->btf, member->type)) {
		problem.kind = BPF_STRUCT_OPS_DATA_POINTER;
		problem.found = (__u64)(unsigned long)value;
		report_problem(reporter, &problem);
		return;
	}
	/* The pointer may come from another object, perhaps one that is closed. */
	state = find_program(shadow, value);
	if (!state || bpf_program__type(state->prog) != BPF_PROG_TYPE_STRUCT_OPS) {
		problem.kind = BPF_STRUCT_OPS_FOREIGN_PROGRAM;
		problem.program = state ? bpf_program__name(state->prog) : NULL;
		report_problem(reporter, &problem);
		return;
	}
	state->used = true;
	if (state->choice == CHOICE_OFF) {
		problem.kind = BPF_STRUCT_OPS_PROGRAM_OFF;
		problem.program = bpf_program__name(state->prog);
		report_problem(reporter, &problem);
	}
}

static void check_map(struct bpf_struct_ops_shadow *shadow, const struct map_shadow *ms,
		      struct reporter *reporter)
{
	const struct btf_member *member = btf_members(ms->type);
	const char *value = object_layout_value(ms);
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

			report_problem(reporter, &problem);
			continue;
		}
		type = strip_modifiers(ms->btf, member->type);
		if (!type || !btf_is_ptr(type))
			continue;
		/* memcpy: a packed struct may hold pointers anywhere. */
		memcpy(&pointer, value + btf_member_bit_offset(ms->type, i) / 8, sizeof(pointer));
		check_pointer(shadow, ms, member, pointer, reporter);
	}
}

int bpf_struct_ops_shadow__commit(struct bpf_struct_ops_shadow *shadow,
				  bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	__u32 i;

	for (i = 0; i < shadow->n_progs; i++)
		shadow->progs[i].used = false;
	for (i = 0; i < shadow->n_maps; i++)
		if (bpf_map__autocreate(shadow->maps[i].map))
			check_map(shadow, &shadow->maps[i], &reporter);
	if (reporter.count)
		return -EINVAL;

	for (i = 0; i < shadow->n_maps; i++) {
		const struct map_shadow *ms = &shadow->maps[i];
		const void *value = object_layout_value(ms);

		if (value != ms->object_value)
			memcpy(ms->object_value, value, ms->type->size);
	}
	for (i = 0; i < shadow->n_progs; i++) {
		const struct program_state *state = &shadow->progs[i];

		if (bpf_program__type(state->prog) == BPF_PROG_TYPE_STRUCT_OPS &&
		    state->choice == CHOICE_NONE)
			bpf_program__set_autoload(state->prog, state->used);
	}
	return 0;
}
