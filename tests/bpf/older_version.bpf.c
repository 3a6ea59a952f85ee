// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The version that the skeleton is generated from. */
#include "version_common.h"

struct tcp_congestion_ops {
	char name[16];
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 flags;
};

struct version_pair {
	__u32 x;
	__u16 y;
};

/* No kernel has it: it opens, and is not created. */
struct version_ops {
	__u32 (*run)(struct sock *sk);
	struct {
		__u32 low;
		struct version_pair pair;
		__u32 flag : 1;
	} nested;
	struct version_pair pairs[2];
	enum version_mode mode;
	bool enabled;
	struct {
		__u32 inner;
		struct {
			__u32 innermost;
		};
	};
	char label[8];
	struct {
		__u32 (*callback)(struct sock *sk);
	} table;
	struct list_head list;
};

SEC(".struct_ops.link")
struct tcp_congestion_ops versioned = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.flags = 0,
	.name = "t_older",
};

SEC("?.struct_ops")
struct version_ops nested = {
	.label = "older",
};
