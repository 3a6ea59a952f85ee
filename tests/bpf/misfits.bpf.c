// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Struct_ops maps that the kernel's types do not fit, one for each way, none created by default. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* What follows "___" is not part of the kernel's name. */
struct tcp_congestion_ops___lacks {
	__u32 (*ssthresh)(struct sock *sk);
	void (*no_such_callback)(struct sock *sk);
	__u32 no_such_setting;
	char name[16];
};

struct tcp_congestion_ops___size {
	__u32 (*ssthresh)(struct sock *sk);
	__u64 flags;
	char name[16];
};

struct tcp_congestion_ops___kind {
	__u32 (*ssthresh)(struct sock *sk);
	char flags[4];
	char name[16];
};

struct tcp_congestion_ops___callback {
	__u32 (*ssthresh)(struct sock *sk);
	void (*owner)(struct sock *sk);
	char name[16];
};

struct no_such_ops {
	__u32 (*ssthresh)(struct sock *sk);
};

/* Registered nowhere, though the kernel has a struct of this name. */
struct file_operations___mine {
	__u32 (*open)(struct sock *sk);
};

SEC("struct_ops")
__u32 ssthresh(__u64 *ctx)
{
	return 2;
}

SEC("?.struct_ops.link")
struct tcp_congestion_ops___lacks lacks = {
	.ssthresh = (void *)ssthresh,
	.no_such_callback = (void *)ssthresh,
	.no_such_setting = 7,
	.name = "t_lacks",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops___size wrong_size = {
	.ssthresh = (void *)ssthresh,
	.name = "t_size",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops___kind wrong_kind = {
	.ssthresh = (void *)ssthresh,
	.name = "t_kind",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops___callback wrong_callback = {
	.owner = (void *)ssthresh,
	.name = "t_callback",
};

SEC("?.struct_ops.link")
struct no_such_ops unknown = {
	.ssthresh = (void *)ssthresh,
};

SEC("?.struct_ops.link")
struct file_operations___mine unregistered = {
	.open = (void *)ssthresh,
};
