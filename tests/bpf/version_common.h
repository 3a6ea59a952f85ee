/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What both versions of a congestion control share: a skeleton of the one opens the other. */
/* The ops type is declared in each, in an order of its own. */
#define tcp_congestion_ops kernel_tcp_congestion_ops
#include "vmlinux.h"
#undef tcp_congestion_ops
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

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
void other_cong_avoid(__u64 *ctx)
{
	tcp_reno_cong_avoid((struct sock *)ctx[0], ctx[1], ctx[2]);
}

SEC("struct_ops")
__u32 undo_cwnd(__u64 *ctx)
{
	return 10;
}

/* Variables are borrowed where they are: their places have to be the same. */
const volatile __u32 shared_setting = 5;

enum version_mode { VERSION_SLOW, VERSION_FAST = 7 };
