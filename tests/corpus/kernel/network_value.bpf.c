// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct flow_key {
	struct ethhdr eth;
	struct iphdr ip;
	struct ipv6hdr ip6;
	struct tcphdr tcp;
	struct udphdr udp;
	struct in6_addr from, to;
	__u8 odd;
	struct ethhdr inner;
} __attribute__((packed));
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, struct bpf_sock_tuple);
} flows SEC(".maps");
struct { __u8 first; struct ethhdr eth; __u64 last; } one_off;
struct sk_buff skb;
SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS + one_off.first; }
char LICENSE[] SEC("license") = "GPL";
