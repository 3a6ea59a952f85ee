// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What a library is linked into; its own variables come first. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

const volatile __u64 host_limits[3] = { 1, 2, 3 };
__u64 host_calls[5];
__u64 host_state = 5;

extern __u64 library_calls;
/* Another one than the library's. */
static volatile __u32 library_last;

SEC("socket")
int host_count(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&host_calls[0], host_limits[1]);
	library_calls++;
	library_last++;
	return 0;
}
