// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Counts the packets of a device by the protocol that IPv4 or IPv6 carries. Each CPU has its own counts. */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

struct traffic {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct traffic);
} by_protocol SEC(".maps");

SEC("xdp")
int count(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = data;
	struct traffic *traffic;
	__u32 protocol;

	if ((void *)(ethernet + 1) > end)
		return XDP_PASS;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *header = (void *)(ethernet + 1);

		if ((void *)(header + 1) > end)
			return XDP_PASS;
		protocol = header->protocol;
	} else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *header = (void *)(ethernet + 1);

		if ((void *)(header + 1) > end)
			return XDP_PASS;
		protocol = header->nexthdr;
	} else {
		return XDP_PASS;
	}
	traffic = bpf_map_lookup_elem(&by_protocol, &protocol);
	if (traffic) {
		traffic->packets++;
		traffic->bytes += end - data;
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
