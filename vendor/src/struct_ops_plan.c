// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Which programs will be loaded, and why. */
#include <errno.h>
#include <string.h>

#include "struct_ops_internal.h"

int bpf_struct_ops_shadow__plan(struct bpf_struct_ops_shadow *shadow, const struct bpf_program *prog,
				struct bpf_struct_ops_plan *plan)
{
	struct program_state *state = struct_ops__find_program(shadow, prog);
	struct reporter nobody = {};

	memset(plan, 0, sizeof(*plan));
	if (!state)
		return -ENOENT;
	if (bpf_program__type(state->prog) != BPF_PROG_TYPE_STRUCT_OPS) {
		plan->reason = state->choice == CHOICE_NONE ? BPF_STRUCT_OPS_PLAN_AUTOLOAD :
							      BPF_STRUCT_OPS_PLAN_CHOSEN;
		plan->loaded = bpf_program__autoload(state->prog);
		return 0;
	}
	struct_ops__inspect(shadow, NULL, &nobody);
	if (state->used_in) {
		plan->map = state->used_in->name;
		plan->member = state->used_as;
	}
	if (state->choice == CHOICE_NONE) {
		plan->reason = state->used_in ? BPF_STRUCT_OPS_PLAN_CALLBACK :
						BPF_STRUCT_OPS_PLAN_UNUSED;
		plan->loaded = state->used_in != NULL;
	} else {
		plan->reason = BPF_STRUCT_OPS_PLAN_CHOSEN;
		plan->loaded = state->choice == CHOICE_ON;
	}
	return 0;
}
