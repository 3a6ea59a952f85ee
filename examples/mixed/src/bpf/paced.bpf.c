// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A congestion control with two paces, which code in C chooses between. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct pace {
	__u64 calls;
	__u64 acked;	/* segments */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pace);
} paces SEC(".maps");

/* In segments: what `limited` stops at. */
const volatile __u32 window_limit = 10;

extern __u32 tcp_reno_ssthresh(struct sock *sk) __ksym;
extern void tcp_reno_cong_avoid(struct sock *sk, __u32 ack, __u32 acked) __ksym;
extern __u32 tcp_reno_undo_cwnd(struct sock *sk) __ksym;

static __always_inline void count(__u32 acked)
{
	__u32 key = 0;
	struct pace *pace = bpf_map_lookup_elem(&paces, &key);

	if (!pace)
		return;
	__sync_fetch_and_add(&pace->calls, 1);
	__sync_fetch_and_add(&pace->acked, acked);
}

SEC("struct_ops")
void BPF_PROG(unlimited, struct sock *sk, __u32 ack, __u32 acked)
{
	count(acked);
	tcp_reno_cong_avoid(sk, ack, acked);
}

SEC("struct_ops")
void BPF_PROG(limited, struct sock *sk, __u32 ack, __u32 acked)
{
	count(acked);
	if (((const struct tcp_sock *)sk)->snd_cwnd < window_limit)
		tcp_reno_cong_avoid(sk, ack, acked);
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return tcp_reno_ssthresh(sk);
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return tcp_reno_undo_cwnd(sk);
}

SEC(".struct_ops.link")
struct tcp_congestion_ops paced = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)unlimited,
	.name = "paced",
};
