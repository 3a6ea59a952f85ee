// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program for each hook of cgroups: each counts how often it ran, and lets everything pass. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define HOOK(section, name, type)                                                                  \
	__u64 name##_hits;                                                                         \
	SEC(section)                                                                               \
	int name(struct type *ctx)                                                                 \
	{                                                                                          \
		__sync_fetch_and_add(&name##_hits, 1);                                             \
		return 1;                                                                          \
	}

HOOK("cgroup_skb/ingress", ingress, __sk_buff)
HOOK("cgroup_skb/egress", egress, __sk_buff)
HOOK("cgroup/sock_create", sock_create, bpf_sock)
HOOK("cgroup/sock_release", sock_release, bpf_sock)
HOOK("cgroup/post_bind4", post_bind4, bpf_sock)
HOOK("cgroup/post_bind6", post_bind6, bpf_sock)
HOOK("cgroup/bind4", bind4, bpf_sock_addr)
HOOK("cgroup/bind6", bind6, bpf_sock_addr)
HOOK("cgroup/connect4", connect4, bpf_sock_addr)
HOOK("cgroup/connect6", connect6, bpf_sock_addr)
HOOK("cgroup/connect_unix", connect_unix, bpf_sock_addr)
HOOK("cgroup/sendmsg4", sendmsg4, bpf_sock_addr)
HOOK("cgroup/sendmsg6", sendmsg6, bpf_sock_addr)
HOOK("cgroup/sendmsg_unix", sendmsg_unix, bpf_sock_addr)
HOOK("cgroup/recvmsg4", recvmsg4, bpf_sock_addr)
HOOK("cgroup/recvmsg6", recvmsg6, bpf_sock_addr)
HOOK("cgroup/recvmsg_unix", recvmsg_unix, bpf_sock_addr)
HOOK("cgroup/getpeername4", getpeername4, bpf_sock_addr)
HOOK("cgroup/getpeername6", getpeername6, bpf_sock_addr)
HOOK("cgroup/getpeername_unix", getpeername_unix, bpf_sock_addr)
HOOK("cgroup/getsockname4", getsockname4, bpf_sock_addr)
HOOK("cgroup/getsockname6", getsockname6, bpf_sock_addr)
HOOK("cgroup/getsockname_unix", getsockname_unix, bpf_sock_addr)
HOOK("cgroup/sysctl", sysctl, bpf_sysctl)
HOOK("cgroup/getsockopt", getsockopt, bpf_sockopt)
HOOK("cgroup/setsockopt", setsockopt, bpf_sockopt)
HOOK("cgroup/dev", device, bpf_cgroup_dev_ctx)
HOOK("sockops", sock_ops, bpf_sock_ops)

/* What ran when, as digits. */
__u64 order;

#define IN_ORDER(name, digit)                                                                      \
	SEC("cgroup/sock_create")                                                                  \
	int name(struct bpf_sock *ctx)                                                             \
	{                                                                                          \
		order = order * 10 + digit;                                                        \
		return 1;                                                                          \
	}

IN_ORDER(one, 1)
IN_ORDER(two, 2)
IN_ORDER(three, 3)

char LICENSE[] SEC("license") = "GPL";
