// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
int zero; static int hidden_zero; int one = 1; static volatile int counter = 5;
const volatile bool targ_failed; const volatile pid_t targ_tgid = 0; const volatile char targ_comm[TASK_COMM_LEN] = ""; const volatile u64 min_duration_ns = 0;
const volatile struct { u32 port; u8 address[16]; enum { V4 = 4, V6 = 6 } version; } targets[8] = { { .port = 80, .version = V4 } };
__hidden int hidden_one = 1; __weak int weak_one = 1; __weak __hidden u64 both[2] = { 1 };
int tunable SEC(".data.tunables") = 3; const volatile int fixed SEC(".rodata.fixed") = 4; u64 large[512] SEC(".bss.large"); int odd SEC(".data.with-dash.and.dots") = 1;
struct hist { u32 slots[27]; } hists[2]; static struct hist zero_hist;
__noinline int global_function(int x) { static int calls; return ++calls + x; }
static __noinline int subprogram(int x) { static int calls; return ++calls * x + hidden_zero + zero_hist.slots[0] + counter; }
SEC("kprobe/do_nanosleep") int BPF_KPROBE(entry, void *timer) { return global_function(1) + subprogram(2) + targ_comm[0]; }
SEC("kretprobe/do_nanosleep") int BPF_KRETPROBE(leave, int ret) { static int calls; return calls++ + ret; }
SEC("?fentry/do_unlinkat") int BPF_PROG(unlink, int dfd, struct filename *name) { return 0; }
char LICENSE[] SEC("license") = "GPL";
