// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Programs that libbpf gives up before the kernel sees them, each for another reason. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("?strange/place")
int of_no_type(void *ctx)
{
	return 0;
}

SEC("?fentry/there_is_no_such_function")
int at_nothing(void *ctx)
{
	return 0;
}

SEC("?freplace/decide")
int for_nobody(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
