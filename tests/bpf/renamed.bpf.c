// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The array of `pinned.bpf.c`, by another name. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} renamed SEC(".maps");
