// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Looks like an object with the library in it, and is none. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* Of the same size, with members elsewhere. */
struct library_sample {
	__u32 kind;
	char label[8];
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct library_sample);
} library_samples SEC(".maps");

/* It can be changed here. */
volatile __u32 library_step = 1;
__s64 library_calls;

SEC("socket")
int other(struct __sk_buff *skb)
{
	__u32 key = 0;

	library_calls += library_step;
	return bpf_map_lookup_elem(&library_samples, &key) ? 1 : 0;
}
