// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* XDP with maps of several kinds, one of them of maps. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "events.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, struct event);
} sizes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} total SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { &first },
};

u32 slot;

SEC("xdp")
int count(struct xdp_md *ctx)
{
	u32 length = ctx->data_end - ctx->data, zero = 0;
	struct event *known, fresh = { 1, length };
	u64 *number;
	void *map;

	known = bpf_map_lookup_elem(&sizes, &length);
	if (known)
		__sync_fetch_and_add(&known->number, 1);
	else
		bpf_map_update_elem(&sizes, &length, &fresh, BPF_ANY);
	number = bpf_map_lookup_elem(&total, &zero);
	if (number)
		*number += length;
	map = bpf_map_lookup_elem(&outer, &slot);
	if (!map)
		return XDP_DROP;
	number = bpf_map_lookup_elem(map, &zero);
	if (number)
		__sync_fetch_and_add(number, 1);
	return length > 100 ? XDP_TX : XDP_PASS;
}

SEC("xdp")
int never(struct xdp_md *ctx)
{
	return XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
