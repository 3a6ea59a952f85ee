// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#define IN(name) __attribute__((section(name)))
extern int LINUX_KERNEL_VERSION IN(".kconfig");
extern bool CONFIG_BPF IN(".kconfig") __attribute__((weak));
extern const int bpf_prog_active IN(".ksyms") __attribute__((weak));
extern int some_kfunc(int x) IN(".ksyms") __attribute__((weak));
int out;
SEC("xdp") int program(void *ctx) { if (CONFIG_BPF) out = LINUX_KERNEL_VERSION; return &bpf_prog_active ? some_kfunc(1) : 0; }
