// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A ring buffer whose producers overwrite what was not read. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	/* BPF_F_RB_OVERWRITE, which kernels before 6.19 do not know. */
	__uint(map_flags, 1U << 19);
} events SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
