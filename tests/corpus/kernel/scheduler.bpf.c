// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
/* In the style of sched_ext: callbacks, per-CPU state, settings as arrays of structs. */
#define MAX_LAYERS 16
enum layer_kind { LAYER_OPEN, LAYER_CONFINED, LAYER_GROUPED = -1 };
struct layer { char name[32]; enum layer_kind kind; u32 weight; bool exclusive : 1; u32 flags : 7; u64 cpus[4]; struct { u32 min, max; } range; };
const volatile struct layer layers[MAX_LAYERS] = { { .name = "all", .kind = LAYER_OPEN, .exclusive = 1 } };
const volatile u32 nr_layers = 1, nr_cpus[4] = { 1 };
struct cpu_ctx { u64 vtime; struct bpf_cpumask __kptr *mask; u64 dsq[2][3]; union { u64 whole; struct { u32 low, high; }; }; };
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct cpu_ctx); } cpus SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct cpu_ctx); } contexts SEC(".maps");
SEC(".data.cpus") __hidden __attribute__((aligned(8))) struct bpf_cpumask __kptr *shared;
struct scx_like_ops { s32 (*select_cpu)(struct task_struct *p, s32 prev, u64 flags); void (*enqueue)(struct task_struct *p, u64 flags); bool (*yield)(struct task_struct *from, struct task_struct *to); void (*exit)(void *info); u32 dispatch_max_batch; u64 flags; u32 timeout_ms; u64 hotplug_seq; char name[128]; void *priv; };
SEC("struct_ops") s32 BPF_PROG(select_cpu, struct task_struct *p, s32 prev, u64 flags) { return prev; }
SEC("struct_ops.s") void BPF_PROG(stop, void *info) { }
SEC(".struct_ops.link") struct scx_like_ops ops = { .select_cpu = (void *)select_cpu, .exit = (void *)stop, .name = "simple" };
SEC("?.struct_ops") struct scx_like_ops second = { .name = "second" };
char LICENSE[] SEC("license") = "GPL";
