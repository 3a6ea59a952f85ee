// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Reads kernel structs, whose members CO-RE finds. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";
int pid;

SEC("raw_tp/sys_enter")
int reads(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	pid = task->pid + task->group_leader->tgid;
	return 0;
}
