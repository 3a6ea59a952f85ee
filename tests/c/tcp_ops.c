// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "tcp_ops.h"

void save_state(const struct bpf_object *obj, struct state *state)
{
	struct bpf_program *prog;
	int i = 0;

	memset(state, 0, sizeof(*state));
	memcpy(state->values[0], bpf_map__initial_value(find_map(obj, "shadowed"), NULL),
	       sizeof(struct tcp_ops));
	memcpy(state->values[1], bpf_map__initial_value(find_map(obj, "second"), NULL),
	       sizeof(struct tcp_ops));
	bpf_object__for_each_program(prog, obj)
		state->autoload[i++] = bpf_program__autoload(prog);
}
