/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* tests/bpf/c_tcp.bpf.c, as the problems of its shadow copies see it. */
#ifndef TCP_OPS_H
#define TCP_OPS_H

#include "common.h"

/* The layout of its maps. */
struct tcp_ops {
	struct bpf_program *ssthresh;
	struct bpf_program *cong_avoid;
	__u32 flags;
	char name[16];
	struct bpf_program *undo_cwnd;
	struct bpf_program *set_state;
	void *owner;
};

/* Every byte of both maps, and every program's autoload: whether an object is as it was. */
struct state {
	char values[2][sizeof(struct tcp_ops)];
	bool autoload[16];
};

void save_state(const struct bpf_object *obj, struct state *state);

#endif /* TCP_OPS_H */
