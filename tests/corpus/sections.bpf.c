// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
__u8 a = 1; __u64 b = 2; __u8 c = 3; __u16 d = 4; __u8 e = 5; __u32 f = 6; __u8 g = 7;
__u8 h; __u64 i; __u8 j; struct { __u8 x; __u64 y; } k; __u8 l;
const volatile __u8 m = 1; const volatile __u64 n = 2; const volatile __u8 o = 3;
int p SEC(".data.a-b") = 1;
int q SEC(".data.a_b") = 1;
int r SEC(".data.a.b") = 1;
const volatile int s SEC(".rodata.maps") = 1;
int t SEC(".bss.zero");
int u SEC(".data.größe") = 1;
static volatile int v = 5;
int w __attribute__((weak)) = 6;
int hidden __attribute__((visibility("hidden"))) = 7;
SEC("xdp") int program(void *ctx) { v++; return v; }
int x SEC(".bss.with-dash");
int y SEC(".bss.of_a_long_name"), z SEC(".bss.of_a_long_way");
__u64 aa SEC(".data.of_a_long_name") = 1;
