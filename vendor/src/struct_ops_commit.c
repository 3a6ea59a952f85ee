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

		if (ms->left_out[i])
			continue;
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
		if (!type || !btf_is_ptr(type)) {
			const char *name = btf__name_by_offset(ms->btf, member->name_off);

			struct_ops__check_inner_pointers(ms, member->type,
							 value + btf_member_bit_offset(ms->type, i) / 8,
							 name ? name : "", 0, reporter);
			continue;
		}
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

	if (state->choice == CHOICE_ON && !state->used_in && !state->left_out &&
	    bpf_program__type(state->prog) == BPF_PROG_TYPE_STRUCT_OPS)
		struct_ops__report_problem(reporter, &problem);
}

/* Carries one map over, without what is left out. */
static void apply_map(struct map_shadow *ms)
{
	const struct btf_member *member = btf_members(ms->type);
	char *value = ms->object_value;
	__u32 i;

	ms->is_committed = ms->created;
	if (!ms->created) {
		bpf_map__set_autocreate(ms->map, false);
		return;
	}
	if (ms->without_link)
		bpf_map__set_map_flags(ms->map, bpf_map__map_flags(ms->map) & ~MAP_FLAG_LINK);
	if (ms->pieces)
		memcpy(value, struct_ops__object_layout_value(ms), ms->type->size);
	for (i = 0; i < btf_vlen(ms->type); i++, member++)
		if (ms->left_out[i])
			memset(value + btf_member_bit_offset(ms->type, i) / 8, 0,
			       (size_t)btf__resolve_size(ms->btf, member->type));
	memcpy(ms->committed, ms->value, ms->size);
}

static void apply_program(const struct program_state *state)
{
	if (bpf_program__type(state->prog) != BPF_PROG_TYPE_STRUCT_OPS)
		return;
	if (state->choice == CHOICE_NONE || (state->left_out && !state->used_in))
		bpf_program__set_autoload(state->prog, state->used_in != NULL);
}

void struct_ops__inspect(struct bpf_struct_ops_shadow *shadow, const struct kernel_types *types,
			 struct reporter *reporter)
{
	__u32 i;

	for (i = 0; i < shadow->n_progs; i++) {
		shadow->progs[i].used_in = NULL;
		shadow->progs[i].left_out = false;
	}
	for (i = 0; i < shadow->n_maps; i++) {
		struct map_shadow *ms = &shadow->maps[i];

		ms->created = bpf_map__autocreate(ms->map);
		ms->without_link = false;
		memset(ms->left_out, 0, btf_vlen(ms->type) * sizeof(*ms->left_out));
		if (ms->created && types)
			struct_ops__fit_map(shadow, ms, types, reporter);
		if (ms->created)
			check_map(shadow, ms, reporter);
	}
	for (i = 0; i < shadow->n_progs; i++)
		check_program(&shadow->progs[i], reporter);
}

static int commit(struct bpf_struct_ops_shadow *shadow, const struct kernel_types *types,
		  struct reporter *reporter)
{
	__u32 i;

	struct_ops__inspect(shadow, types, reporter);
	if (reporter->count)
		return -EINVAL;
	for (i = 0; i < shadow->n_maps; i++)
		if (bpf_map__autocreate(shadow->maps[i].map))
			apply_map(&shadow->maps[i]);
	for (i = 0; i < shadow->n_progs; i++)
		apply_program(&shadow->progs[i]);
	return 0;
}

int bpf_struct_ops_shadow__check_unwritten(const struct bpf_struct_ops_shadow *shadow,
					   bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	__u32 i;

	for (i = 0; i < shadow->n_maps; i++) {
		const struct map_shadow *ms = &shadow->maps[i];
		struct bpf_struct_ops_problem problem = {
			.kind = BPF_STRUCT_OPS_WRITTEN_LATE,
			.map = ms->name,
			.type = ms->type_name,
		};

		if (ms->is_committed && memcmp(ms->value, ms->committed, ms->size))
			struct_ops__report_problem(&reporter, &problem);
	}
	return reporter.count ? -EBUSY : 0;
}

int bpf_struct_ops_shadow__commit_for(struct bpf_struct_ops_shadow *shadow,
				      const struct btf *kernel,
				      const struct btf *const *modules, size_t n_modules,
				      bpf_struct_ops_report_fn report, void *ctx)
{
	struct kernel_types types = { kernel, modules, n_modules };
	struct reporter reporter = { .fn = report, .ctx = ctx };

	if (struct_ops__is_loaded(shadow))
		return -EBUSY;
	return commit(shadow, &types, &reporter);
}

int bpf_struct_ops_shadow__commit(struct bpf_struct_ops_shadow *shadow,
				  bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx }, nobody = {};
	struct running_kernel running;
	int err;

	if (struct_ops__is_loaded(shadow))
		return -EBUSY;
	if (!struct_ops__wants_kernel(shadow)) {
		struct_ops__inspect(shadow, NULL, &nobody);
		/* Once it fails, what the kernel has against it is told as well. */
		if (!nobody.count)
			return commit(shadow, NULL, &reporter);
	}
	/* Without BTF the kernel has no struct_ops, and libbpf says so. */
	if (!struct_ops__read_kernel(shadow, &running))
		return commit(shadow, NULL, &reporter);
	err = commit(shadow, &running.types, &reporter);
	struct_ops__free_kernel(&running);
	return err;
}
