// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An object that code in C and code in Rust use together. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct total {
	__u32 runs;
	__u32 sum;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct total);
} totals SEC(".maps");

const volatile __u32 step = 1;
__u64 asked;
struct total last;

/* Adds `step` to the first total. */
SEC("socket")
int add(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct total *total = bpf_map_lookup_elem(&totals, &key);

	if (!total)
		return 0;
	total->runs++;
	total->sum += step;
	last = *total;
	return 0;
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	asked++;
	return 2;
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
void BPF_PROG(first, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("struct_ops")
void BPF_PROG(second, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC(".struct_ops.link")
struct tcp_congestion_ops control = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)first,
	.name = "t_mixed",
};
