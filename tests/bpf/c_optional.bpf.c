// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Two maps that are created on demand only, and none that always is. */
#include "c_plain.h"

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
};

extern u32 tcp_reno_ssthresh(struct sock *sk) SEC(".ksyms");

SEC("struct_ops")
u32 ssthresh(u64 *ctx)
{
	return tcp_reno_ssthresh((struct sock *)ctx[0]);
}

SEC("struct_ops")
u32 undo_cwnd(u64 *ctx)
{
	return 2;
}

EMPTY_CALLBACK(first_cong_avoid)
EMPTY_CALLBACK(second_cong_avoid)

SEC("?.struct_ops.link")
struct tcp_congestion_ops first = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)first_cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "c_first",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops second = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)second_cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "c_on_demand",
};
