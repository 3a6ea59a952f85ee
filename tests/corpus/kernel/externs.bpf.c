// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
extern int LINUX_KERNEL_VERSION __kconfig;
extern unsigned long CONFIG_HZ __kconfig;
extern bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern enum libbpf_tristate CONFIG_TCP_CONG_BBR __kconfig __weak;
extern char CONFIG_DEFAULT_HOSTNAME[64] __kconfig __weak;
extern const void init_task __ksym __weak;
extern const struct rq runqueues __ksym __weak;
extern const int bpf_prog_active __ksym __weak;
extern void nowhere(void) __ksym __weak;
u64 hz, version; bool has_nowhere;
SEC("raw_tp/sys_enter") int read(void *ctx) { hz = CONFIG_HZ + CONFIG_BPF_SYSCALL + CONFIG_DEFAULT_HOSTNAME[0] + CONFIG_TCP_CONG_BBR; version = LINUX_KERNEL_VERSION + (u64)&init_task + (u64)&bpf_prog_active; if (nowhere) has_nowhere = true; return bpf_per_cpu_ptr(&runqueues, 0) != NULL; }
char LICENSE[] SEC("license") = "GPL";
