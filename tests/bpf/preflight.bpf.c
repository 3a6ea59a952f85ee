// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* All that preflight finds, against the kernel of made_up_kernel.bpf.c. Opens, never loads. */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

struct sock {
	char opaque;
};

struct rate_sample;

enum preflight_kind { PREFLIGHT_KIND };

struct preflight_ops {
	int (*run)(struct sock *sk, u32 first);
	int (*changed)(struct sock *sk, const struct rate_sample *sample);
	int (*fewer)(struct sock *sk, u32 second);
	int (*result)(struct sock *sk);
	int (*arguments)(struct sock *sk, u32 first);
	int (*gone)(struct sock *sk);
	int (*not_called)(struct sock *sk);
	u32 gone_setting;
	u64 wide;
	enum preflight_kind kind;
	struct {
		u32 first;
		u32 second;
	} nested;
	u32 narrow : 3;
	void *data;
	char name[16];
};

struct unknown_ops {
	int (*run)(struct sock *sk, u32 first);
};

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	u32 (*undo_cwnd)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 key;
	char name[16];
};

char LICENSE[] SEC("license") = "GPL";

#define PROGRAM(name) \
	SEC("struct_ops") int name(u64 *ctx) \
	{ \
		return 0; \
	}

PROGRAM(run)
PROGRAM(changed)
PROGRAM(fewer)
PROGRAM(gone)
PROGRAM(not_called)
PROGRAM(unknown_run)
PROGRAM(nobodys)
PROGRAM(undo_cwnd)

SEC("struct_ops") void result(u64 *ctx)
{
}

SEC("struct_ops") int arguments(struct sock *sk, u32 first)
{
	return 0;
}

SEC(".struct_ops.link")
struct preflight_ops checked = {
	.run = (void *)run,
	.changed = (void *)changed,
	.fewer = (void *)fewer,
	.result = (void *)result,
	.arguments = (void *)arguments,
	.gone = (void *)gone,
	.not_called = (void *)not_called,
	.gone_setting = 7,
	.nested = { .first = 1 },
	.name = "checked",
};

SEC(".struct_ops")
struct unknown_ops unknown = {
	.run = (void *)unknown_run,
};

/* Breaks rules that BTF does not tell. */
SEC(".struct_ops")
struct tcp_congestion_ops against_rules = {
	.undo_cwnd = (void *)undo_cwnd,
	.key = 5,
	.name = "no-dash",
};
