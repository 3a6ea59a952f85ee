// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An ops type as a kernel module might define it, beside one that every kernel has. */
#include "c_plain.h"

struct c_testmod_ops {
	int (*test_1)(void);
	int (*test_2)(int a, int b);
	int data;
};

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 (*undo_cwnd)(struct sock *sk);
	u32 flags;
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

EMPTY_CALLBACK(cong_avoid)
EMPTY_CALLBACK(test_1)
EMPTY_CALLBACK(test_2)

SEC(".struct_ops.link")
struct c_testmod_ops testmod_1 = {
	.test_1 = (void *)test_1,
	.data = 7,
};

SEC(".struct_ops.link")
struct tcp_congestion_ops congestion = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "c_skeleton",
};
