// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Counts how often threads of one name make one system call. */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u64 thread_name[2];
const volatile __u64 number;
__u64 calls;

static long (*get_current_comm)(void *buf, __u32 size) = (void *)16;

SEC("raw_tp/sys_enter")
int count(__u64 *ctx)
{
	__u64 name[2] = {};

	if (ctx[1] != number)
		return 0;
	get_current_comm(name, sizeof(name));
	if (name[0] == thread_name[0] && name[1] == thread_name[1])
		__sync_fetch_and_add(&calls, 1);
	return 0;
}
