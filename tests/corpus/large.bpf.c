// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* More than a thread has stack. */
#include "small.h"
struct __attribute__((packed)) table { __u8 kind; __u64 places[1 << 20]; };
char text[16 << 20];
__u64 numbers[3][1 << 20];
struct table table;
struct { __u32 count; struct table inner; } nested SEC(".bss.nested");
SEC("xdp") int program(void *ctx) { return numbers[1][7] + table.kind + nested.count; }
