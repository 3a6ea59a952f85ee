// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A map of instructions. The kernel that this is compiled for may be too old to have the type. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define INSN_ARRAY 34

/* struct bpf_insn_array_value */
struct offsets {
	__u32 original;
	__u32 translated;
	__u32 compiled;
	__u32 nothing;
};

struct {
	__uint(type, INSN_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct offsets);
} instructions SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
