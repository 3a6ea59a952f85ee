// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Sizes that programs ask malloc() for, by powers of two; and how often they come by a probe of their own. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

__u64 sizes[64];
__u64 hits, last_argument;

SEC("uprobe/libc.so.6:malloc")
int BPF_UPROBE(on_malloc, __u64 size)
{
	__u32 power = 0;

	for (int bit = 32; bit; bit /= 2) {
		if (size >> bit) {
			size >>= bit;
			power += bit;
		}
	}
	__sync_fetch_and_add(&sizes[power & 63], 1);
	return 0;
}

/* Where it is attached, the command line says. */
SEC("usdt")
int at_probe(struct pt_regs *context)
{
	long argument = 0;

	bpf_usdt_arg(context, 0, &argument);
	last_argument = argument;
	__sync_fetch_and_add(&hits, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
