// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* CO-RE relocations, which libbpf resolves by the kernel's BTF. */
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
	__u64 start_time;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("raw_tp/sys_enter")
int on_sys_enter(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 parent = BPF_CORE_READ(task, real_parent, tgid);
	__u64 start = BPF_CORE_READ(task, start_time);

	bpf_map_update_elem(&calls, &parent, &start, BPF_ANY);
	return 0;
}
