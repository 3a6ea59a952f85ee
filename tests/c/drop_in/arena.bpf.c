// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Variables in an arena. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* clang knows address spaces from 19 on; older ones are told by hand what it would do. */
#define ARENA_VARIABLE SEC(".addr_space.1")

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4); /* pages */
} memory SEC(".maps");

u64 count ARENA_VARIABLE = 5;
u32 table[3] ARENA_VARIABLE = { 1, 2, 3 };

static __always_inline void *in_kernel(void *pointer)
{
	asm volatile("r0 = %[from];"
		     ".byte 0xbf, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00;"
		     "%[to] = r0;"
		     : [to] "=r"(pointer)
		     : [from] "r"(pointer)
		     : "r0");
	return pointer;
}

SEC("syscall")
int step(void *ctx)
{
	u64 *number = in_kernel(&count);
	u32 *entry = in_kernel(&table);

	*number += entry[1];
	entry[2] = 30;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
