// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A congestion control for a kernel that is newer than any, and maps of a type that none has. */
/* The struct is declared here, otherwise than the kernel does. */
#define tcp_congestion_ops kernel_tcp_congestion_ops
#include "vmlinux.h"
#undef tcp_congestion_ops
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*newer_callback)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 (*newer_answer)(struct sock *sk);
	__u32 newer_setting;
	__u32 flags;
	char newer_text[24];
	char name[16];
};

struct newer_ops {
	__u32 (*run)(struct sock *sk);
	__u32 (*shared)(struct sock *sk);
};

extern void tcp_reno_cong_avoid(struct sock *sk, __u32 ack, __u32 acked) __ksym;

SEC("struct_ops")
__u32 ssthresh(__u64 *ctx)
{
	return 2;
}

SEC("struct_ops")
void cong_avoid(__u64 *ctx)
{
	tcp_reno_cong_avoid((struct sock *)ctx[0], ctx[1], ctx[2]);
}

SEC("struct_ops")
__u32 undo_cwnd(__u64 *ctx)
{
	return 10;
}

/* Of no use without a newer kernel. */
SEC("struct_ops")
void only_newer(__u64 *ctx)
{
}

SEC("struct_ops")
__u32 only_unknown(__u64 *ctx)
{
	return 0;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops carried = {
	.ssthresh = (void *)ssthresh,
	.newer_callback = (void *)only_newer,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.newer_setting = 7,
	.flags = 1,
	.newer_text = "for later kernels",
	.name = "t_newer",
};

SEC(".struct_ops.link")
struct newer_ops unknown = {
	.run = (void *)only_unknown,
};

SEC(".struct_ops")
struct newer_ops also_unknown = {
	.run = (void *)only_unknown,
};
