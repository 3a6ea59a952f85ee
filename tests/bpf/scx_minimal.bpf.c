// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A scheduler in small: every task goes to the kernel's own global queue. It declares only the members of
 * sched_ext_ops that it uses; they are found in the kernel's type by name.
 */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

#define SCX_DSQ_GLOBAL (1ULL << 63 | 1)
#define SLICE_NS (5 * 1000 * 1000ULL)

/* Not just declared: libbpf holds the kfunc's prototype against the kernel's. */
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

enum scx_exit_kind {
	SCX_EXIT_NONE,
	SCX_EXIT_UNREG = 64,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
} __attribute__((preserve_access_index));

struct sched_ext_ops {
	void (*enqueue)(struct task_struct *p, __u64 enq_flags);
	__s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	__u64 flags;
	__u32 timeout_ms;
	char name[128];
};

/* Tasks that went through `enqueue`, and through `enqueue_short`; what `exit` was told. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

extern void scx_bpf_dsq_insert(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags)
	__attribute__((section(".ksyms")));

static void *(*lookup)(void *map, const void *key) = (void *)1;

static __attribute__((always_inline)) void add(__u32 key, __u64 amount)
{
	__u64 *found = lookup(&counts, &key);

	if (found)
		__sync_fetch_and_add(found, amount);
}

SEC("struct_ops")
int enqueue(__u64 *ctx)
{
	add(0, 1);
	scx_bpf_dsq_insert((struct task_struct *)ctx[0], SCX_DSQ_GLOBAL, SLICE_NS, ctx[1]);
	return 0;
}

/* The same with a shorter slice, to be put in its place. */
SEC("struct_ops")
int enqueue_short(__u64 *ctx)
{
	add(1, 1);
	scx_bpf_dsq_insert((struct task_struct *)ctx[0], SCX_DSQ_GLOBAL, SLICE_NS / 5, ctx[1]);
	return 0;
}

SEC("struct_ops.s")
int init(__u64 *ctx)
{
	return 0;
}

SEC("struct_ops")
int ended(__u64 *ctx)
{
	add(2, ((struct scx_exit_info *)ctx[0])->kind);
	return 0;
}

SEC(".struct_ops.link")
struct sched_ext_ops minimal = {
	.enqueue = (void *)enqueue,
	.init = (void *)init,
	.exit = (void *)ended,
	.timeout_ms = 5000,
	.name = "minimal",
};
