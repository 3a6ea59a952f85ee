// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A congestion control that the program changes before load. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

u32 first_inits;
u32 second_inits;

SEC("struct_ops")
void BPF_PROG(first_init, struct sock *sk)
{
	first_inits++;
}

SEC("struct_ops")
void BPF_PROG(second_init, struct sock *sk)
{
	second_inits++;
}

SEC("struct_ops")
u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, u32 ack, u32 acked)
{
}

SEC(".struct_ops.link")
struct tcp_congestion_ops control = {
	.init = (void *)first_init,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "drop_in_shadow",
};

char LICENSE[] SEC("license") = "GPL";
