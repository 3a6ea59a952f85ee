/* Counts the packets that a network device receives, by their protocol. */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct traffic {
	__u64 packets;
	__u64 bytes;
};

/* By the Ethernet type. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u16);
	__type(value, struct traffic);
} traffic SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *header = data;
	struct traffic none = {}, *found;
	__u16 protocol;

	if ((void *)(header + 1) > end)
		return XDP_PASS;
	protocol = bpf_ntohs(header->h_proto);
	found = bpf_map_lookup_elem(&traffic, &protocol);
	if (!found) {
		bpf_map_update_elem(&traffic, &protocol, &none, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&traffic, &protocol);
		if (!found)
			return XDP_PASS;
	}
	__sync_fetch_and_add(&found->packets, 1);
	__sync_fetch_and_add(&found->bytes, end - data);
	return XDP_PASS;
}
