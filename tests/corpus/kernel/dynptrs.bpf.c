// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct record { u64 time; u32 pid; char comm[TASK_COMM_LEN]; enum { EXEC, EXIT } what; union { int code; struct { u16 major, minor; } dev; } info; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 16); } records SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 1 << 16); } requests SEC(".maps");
struct record *unused_record __attribute__((unused));
static long handle(struct bpf_dynptr *dynptr, void *ctx) { u32 word; return bpf_dynptr_read(&word, sizeof(word), dynptr, 0, 0) < 0; }
SEC("tp/sched/sched_process_exec") int on_exec(struct trace_event_raw_sched_process_exec *ctx) { struct bpf_dynptr ptr; bpf_ringbuf_reserve_dynptr(&records, sizeof(struct record), 0, &ptr); bpf_ringbuf_submit_dynptr(&ptr, 0); return 0; }
SEC("syscall") int drain(void *ctx) { return bpf_user_ringbuf_drain(&requests, handle, NULL, 0); }
char LICENSE[] SEC("license") = "GPL";
