// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A later version: members have moved, and there are more of them. */
#include "version_common.h"

struct tcp_congestion_ops {
	__u32 flags;
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
	void (*set_state)(struct sock *sk, __u8 new_state);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*ssthresh)(struct sock *sk);
};

struct version_pair {
	__u64 fresh;
	__u16 y;
	__u32 x;
};

struct version_ops {
	struct version_pair pairs[2];
	char label[8];
	struct {
		__u32 inner;
		struct {
			__u32 fresh;
			__u32 innermost;
		};
	};
	bool another;
	struct {
		__u32 padding : 5;
		__u32 flag : 1;
		struct version_pair pair;
		__u32 low;
	} nested;
	bool enabled;
	__u32 (*run)(struct sock *sk);
	enum version_mode mode;
	struct list_head list;
	struct {
		__u64 fresh;
		__u32 (*callback)(struct sock *sk);
	} table;
};

SEC("struct_ops")
void set_state(__u64 *ctx)
{
}

SEC(".struct_ops.link")
struct tcp_congestion_ops versioned = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.set_state = (void *)set_state,
	.flags = 1,
	.name = "t_newer",
};

SEC("?.struct_ops")
struct version_ops nested = {
	.pairs = { { 1, 2, 3 }, { 4, 5, 6 } },
	.label = "newer",
	.inner = 7,
	.innermost = 8,
	.nested = { .flag = 1, .pair = { 9, 10, 11 }, .low = 12 },
	.enabled = 1,
	.run = (void *)ssthresh,
	.mode = VERSION_FAST,
};
