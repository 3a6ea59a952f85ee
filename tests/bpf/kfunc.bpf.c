// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Calls a kernel function that no kernel has. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

extern int no_such_kfunc(void) __ksym;

SEC("raw_tp/sys_enter")
int calls(void *ctx)
{
	return no_such_kfunc();
}
