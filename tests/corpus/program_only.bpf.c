// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
SEC("uprobe//proc/self/exe:main+0x1") int up(void *ctx) { return 0; }
SEC("tracepoint/syscalls/sys_enter_openat") int tp(void *ctx) { return 0; }
SEC("?xdp") int optional(void *ctx) { return 0; }
static __attribute__((noinline)) int helper(int x) { return x + 1; }
SEC("tc") int classify(void *ctx) { return helper((long)ctx); }
