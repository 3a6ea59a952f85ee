// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What a cgroup sends, up to a quota; the rest is dropped. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define DROP 0
#define PASS 1

const volatile __u64 quota;
__u64 sent, dropped;

SEC("cgroup_skb/egress")
int limit(struct __sk_buff *packet)
{
	if (__sync_fetch_and_add(&sent, packet->len) + packet->len <= quota)
		return PASS;
	__sync_fetch_and_sub(&sent, packet->len);
	__sync_fetch_and_add(&dropped, packet->len);
	return DROP;
}

char LICENSE[] SEC("license") = "GPL";
