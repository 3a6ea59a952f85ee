// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A scheduler: tasks wait in one queue, ordered by the time on a CPU that they have had, weighed by their nice value.
 *
 * It needs no vmlinux.h of a kernel with sched_ext: types and members are found in the running kernel by name.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#define SHARED_QUEUE 0
#define ANY_NODE -1
#define DEFAULT_WEIGHT 100

struct sched_ext_entity {
	__u32 weight;
	__u64 slice;
	__u64 dsq_vtime;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	struct sched_ext_entity scx;
} __attribute__((preserve_access_index));

struct sched_ext_ops {
	void (*enqueue)(struct task_struct *task, __u64 flags);
	void (*dispatch)(__s32 cpu, struct task_struct *previous);
	void (*running)(struct task_struct *task);
	void (*stopping)(struct task_struct *task, bool runnable);
	void (*enable)(struct task_struct *task);
	__s32 (*init)(void);
	__u64 flags;
	__u32 timeout_ms;
	char name[128];
};

extern __s32 scx_bpf_create_dsq(__u64 queue, __s32 node) __ksym;
extern void scx_bpf_dsq_insert_vtime(struct task_struct *task, __u64 queue, __u64 slice, __u64 time, __u64 flags) __ksym;
extern bool scx_bpf_dsq_move_to_local(__u64 queue) __ksym;

/* How long a task runs before others get their turn, in nanoseconds. */
const volatile __u64 slice = 5000000;
__u64 queued, dispatched;
static __u64 now;

static bool is_before(__u64 one, __u64 other)
{
	return (__s64)(one - other) < 0;
}

SEC("struct_ops")
int enqueue(__u64 *context)
{
	struct task_struct *task = (void *)context[0];
	__u64 time = task->scx.dsq_vtime;

	/* Who has slept for long may not keep the CPU for as long. */
	if (is_before(time, now - slice))
		time = now - slice;
	scx_bpf_dsq_insert_vtime(task, SHARED_QUEUE, slice, time, context[1]);
	__sync_fetch_and_add(&queued, 1);
	return 0;
}

SEC("struct_ops")
int dispatch(__u64 *context)
{
	if (scx_bpf_dsq_move_to_local(SHARED_QUEUE))
		__sync_fetch_and_add(&dispatched, 1);
	return 0;
}

SEC("struct_ops")
int running(__u64 *context)
{
	struct task_struct *task = (void *)context[0];

	if (is_before(now, task->scx.dsq_vtime))
		now = task->scx.dsq_vtime;
	return 0;
}

SEC("struct_ops")
int stopping(__u64 *context)
{
	struct task_struct *task = (void *)context[0];

	task->scx.dsq_vtime += (slice - task->scx.slice) * DEFAULT_WEIGHT / task->scx.weight;
	return 0;
}

SEC("struct_ops")
int enable(__u64 *context)
{
	struct task_struct *task = (void *)context[0];

	task->scx.dsq_vtime = now;
	return 0;
}

SEC("struct_ops.s")
int init(__u64 *context)
{
	return scx_bpf_create_dsq(SHARED_QUEUE, ANY_NODE);
}

SEC(".struct_ops.link")
struct sched_ext_ops fair = {
	.enqueue = (void *)enqueue,
	.dispatch = (void *)dispatch,
	.running = (void *)running,
	.stopping = (void *)stopping,
	.enable = (void *)enable,
	.init = (void *)init,
	.timeout_ms = 5000,
	.name = "fair",
};

char LICENSE[] SEC("license") = "GPL";
