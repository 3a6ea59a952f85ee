// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Drops UDP datagrams that arrive for one port. */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP 0x0800
/* Go on with the programs that come after this one. */
#define TCX_NEXT -1
#define TCX_DROP 2

/* Set before load: the verifier knows it as a constant. */
const volatile __u16 port;
/* Set at any time. */
bool open;
__u64 dropped, passed;

SEC("tcx/ingress")
int filter(struct __sk_buff *packet)
{
	void *data = (void *)(long)packet->data, *end = (void *)(long)packet->data_end;
	struct iphdr *header = data + sizeof(struct ethhdr);
	struct udphdr *datagram = (void *)(header + 1);

	if (packet->protocol != bpf_htons(ETH_P_IP) || (void *)(datagram + 1) > end)
		return TCX_NEXT;
	/* Headers with options are left alone. */
	if (header->ihl != 5 || header->protocol != IPPROTO_UDP || datagram->dest != bpf_htons(port))
		return TCX_NEXT;
	if (open) {
		__sync_fetch_and_add(&passed, 1);
		return TCX_NEXT;
	}
	__sync_fetch_and_add(&dropped, 1);
	return TCX_DROP;
}

char LICENSE[] SEC("license") = "GPL";
