// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Maps that are pinned, one because it says so, and a program that is refused after they are. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} own SEC(".maps");

SEC("raw_tp/sys_enter")
int user(void *ctx)
{
	__u32 key = 0;

	bpf_map_lookup_elem(&own, &key);
	return bpf_map_delete_elem(&shared, &key);
}

SEC("?raw_tp/sys_enter")
int refused(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&shared, &key);

	return *value;
}
