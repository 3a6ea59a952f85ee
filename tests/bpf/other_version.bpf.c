// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A version that the skeleton does not fit: members are gone, or of another size or kind. */
#include "version_common.h"

struct tcp_congestion_ops {
	__u64 flags;
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
};


struct version_pair {
	__u32 x;
};

struct version_ops {
	__u32 (*run)(struct sock *sk);
	struct {
		float low;
		struct version_pair pair;
		__u32 flag : 2;
	} nested;
	struct version_pair pairs[3];
	__u32 mode;
	bool enabled[1];
	__u32 inner;
	__u32 innermost;
	char label[9];
	struct {
		void *callback;
	} table;
	struct list_head *list;
};

SEC(".struct_ops.link")
struct tcp_congestion_ops versioned = {
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "t_other",
};

SEC("?.struct_ops")
struct version_ops nested = {
	.run = (void *)ssthresh,
};
