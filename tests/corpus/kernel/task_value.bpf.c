// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
/* The largest struct of the kernel as a map's value, with all that it holds by value. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, pid_t);
	__type(value, struct task_struct);
} tasks SEC(".maps");
struct sched_entity entity;
struct rb_node node;
char LICENSE[] SEC("license") = "GPL";
