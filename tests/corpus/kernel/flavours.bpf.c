// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct task_struct___old { long state; } __attribute__((preserve_access_index));
struct kernfs_node___5_4 { union { u64 id; struct { u32 ino, generation; }; } id; } __attribute__((preserve_access_index));
struct seen { struct task_struct___old *task; struct kernfs_node___5_4 copy; long state; } seen;
SEC("tp_btf/sched_switch") int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next) { struct task_struct___old *old = (void *)prev; if (bpf_core_field_exists(old->state)) seen.state = BPF_CORE_READ(old, state); return 0; }
struct ops___v2 { int (*run)(struct task_struct___old *task); u32 flags; };
SEC("struct_ops") int BPF_PROG(run, struct task_struct *task) { return 0; }
SEC(".struct_ops.link") struct ops___v2 newer = { .run = (void *)run, .flags = 2 };
char LICENSE[] SEC("license") = "GPL";
