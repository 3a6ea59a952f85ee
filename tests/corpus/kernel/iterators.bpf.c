// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct entry { u32 tid; u32 tgid; char comm[16]; u8 state; };
struct entry entries[4]; u32 nr;
SEC("iter/task") int dump_task(struct bpf_iter__task *ctx) { struct seq_file *seq = ctx->meta->seq; struct task_struct *task = ctx->task; if (!task) return 0; struct entry e = { .tid = task->pid, .tgid = task->tgid }; bpf_seq_write(seq, &e, sizeof(e)); return 0; }
SEC("iter/bpf_map_elem") int dump_elements(struct bpf_iter__bpf_map_elem *ctx) { nr++; return 0; }
SEC("syscall") int count(void *ctx) { int i; bpf_for(i, 0, 10) nr += i; return 0; }
char LICENSE[] SEC("license") = "GPL";
