// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A struct_ops object in small: a congestion control of own declaration. */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

struct list_head {
	struct list_head *next, *prev;
};

struct sock;
struct ack_sample;
struct module;

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	void (*set_state)(struct sock *sk, __u8 new_state);
	void (*pkts_acked)(struct sock *sk, const struct ack_sample *sample);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
	struct module *owner;
	struct list_head list;
	__u32 key;
	__u32 flags;
	bool yield;
};

SEC("struct_ops")
int small_ssthresh(__u64 *ctx)
{
	return 2;
}

SEC("struct_ops")
int small_cong_avoid(__u64 *ctx)
{
	return 0;
}

SEC("struct_ops")
int small_undo_cwnd(__u64 *ctx)
{
	return 10;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops small = {
	.ssthresh = (void *)small_ssthresh,
	.cong_avoid = (void *)small_cong_avoid,
	.undo_cwnd = (void *)small_undo_cwnd,
	.name = "small",
	.flags = 2,
};

SEC(".struct_ops")
struct tcp_congestion_ops without_link = {
	.ssthresh = (void *)small_ssthresh,
	.name = "without_link",
};
