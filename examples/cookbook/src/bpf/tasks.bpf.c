// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Lists threads: what a reader of the link's file gets is written here, in the kernel. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* The smallest time on a CPU that is listed, in nanoseconds. */
const volatile __u64 threshold;

SEC("iter/task")
int list(struct bpf_iter__task *context)
{
	struct seq_file *file = context->meta->seq;
	struct task_struct *task = context->task;
	__u64 time;

	if (!task)
		return 0;
	time = task->se.sum_exec_runtime;
	if (time >= threshold)
		BPF_SEQ_PRINTF(file, "%d %llu %s\n", task->pid, time, task->comm);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
