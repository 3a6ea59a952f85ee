// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A congestion control whose type is declared here, in an order of its own: libbpf goes by names. */
#include "c_plain.h"

struct module;

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 flags;
	char name[16];
	u32 (*undo_cwnd)(struct sock *sk);
	void (*set_state)(struct sock *sk, unsigned char state);
	struct module *owner;
};

extern u32 tcp_reno_ssthresh(struct sock *sk) SEC(".ksyms");
extern void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked) SEC(".ksyms");
extern u32 tcp_reno_undo_cwnd(struct sock *sk) SEC(".ksyms");

SEC("struct_ops")
u32 ssthresh(u64 *ctx)
{
	return tcp_reno_ssthresh((struct sock *)ctx[0]);
}

SEC("struct_ops")
int original(u64 *ctx)
{
	tcp_reno_cong_avoid((struct sock *)ctx[0], (u32)ctx[1], (u32)ctx[2]);
	return 0;
}

SEC("struct_ops")
int replacement(u64 *ctx)
{
	tcp_reno_cong_avoid((struct sock *)ctx[0], (u32)ctx[1], (u32)ctx[2]);
	return 0;
}

SEC("struct_ops")
u32 undo_cwnd(u64 *ctx)
{
	return tcp_reno_undo_cwnd((struct sock *)ctx[0]);
}

EMPTY_CALLBACK(set_state)
/* No map names it. */
EMPTY_CALLBACK(spare)

/* Not a struct_ops program. */
SEC("raw_tp/sys_enter")
int on_sys_enter(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_exit")
int on_sys_exit(void *ctx)
{
	return 0;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops shadowed = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)original,
	.undo_cwnd = (void *)undo_cwnd,
	.set_state = (void *)set_state,
	.flags = 1,
	.name = "c_default",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops second = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)replacement,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "c_second",
};
