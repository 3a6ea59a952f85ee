// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct held { struct task_struct __kptr *task; struct cgroup __kptr *cgroup; struct task_struct __kptr_untrusted *loose; u32 pid; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, u64); __type(value, struct held); } held SEC(".maps");
struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
void bpf_task_release(struct task_struct *p) __ksym __weak;
SEC("tp_btf/task_newtask") int BPF_PROG(on_task, struct task_struct *task, u64 flags) { u64 key = task->pid; struct held *value = bpf_map_lookup_elem(&held, &key); if (value) value->pid = task->tgid; return 0; }
char LICENSE[] SEC("license") = "GPL";
