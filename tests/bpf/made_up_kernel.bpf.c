// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Not a program: its BTF stands for that of a kernel, one without links for struct_ops maps. */
typedef unsigned int u32;

struct sock {
	u32 state;
};

struct preflight_ops {
	int (*run)(struct sock *sk, u32 first);
	int (*changed)(struct sock *sk, u32 ack, int flag);
	int (*fewer)(struct sock *sk);
	int (*result)(struct sock *sk);
	int (*arguments)(struct sock *sk, u32 first);
	void *not_called;
	u32 wide;
	u32 kind;
	struct {
		u32 second;
		u32 first;
	} nested;
	char name[16];
};

/* What a subsystem registers. */
struct bpf_struct_ops_preflight_ops {
	struct preflight_ops data;
} registered;

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	u32 (*undo_cwnd)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 key;
	char name[16];
};

struct bpf_struct_ops_tcp_congestion_ops {
	struct tcp_congestion_ops data;
} registered_tcp;
