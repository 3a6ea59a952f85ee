// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Data sections of which libbpf keeps only the beginning of the name, and one that is larger than a stack. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u32 first SEC(".bss.counts_of_the_first");
__u32 second SEC(".bss.counts_of_the_second");
char large[16 << 20];
__u64 numbers[1 << 20];

SEC("syscall") int step(void *ctx)
{
	first += 1;
	second += 10;
	numbers[(1 << 20) - 1] += 100;
	large[5] = 'x';
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
