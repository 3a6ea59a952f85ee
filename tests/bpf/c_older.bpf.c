// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* c_tcp.bpf.c as it was before flags and set_state came, and the rest moved: a program has the header of this. */
#include "c_plain.h"

struct tcp_congestion_ops {
	char name[16];
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 (*ssthresh)(struct sock *sk);
	u32 (*undo_cwnd)(struct sock *sk);
};

EMPTY_CALLBACK(ssthresh)
EMPTY_CALLBACK(original)
EMPTY_CALLBACK(replacement)
EMPTY_CALLBACK(undo_cwnd)

SEC(".struct_ops.link")
struct tcp_congestion_ops shadowed = {
	.name = "c_older",
	.cong_avoid = (void *)original,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
};
