/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* Reads MEMBER, as large as a word, of the kernel's struct TYPE: one relocation of CO-RE. */
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct TYPE {
	__u64 MEMBER;
} __attribute__((preserve_access_index));

char LICENSE[] SEC("license") = "GPL";
__u64 seen;

SEC("raw_tp/sys_enter")
int on_sys_enter(__u64 *ctx)
{
	struct TYPE *from = (void *)ctx[0];

	bpf_core_read(&seen, sizeof(seen), &from->MEMBER);
	return 0;
}
