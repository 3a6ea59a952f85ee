// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
typedef __u64 __attribute__((aligned(1))) loose;
__u8 before = 1; loose number = 2; __u16 after = 3;
loose zero SEC(".bss.loose"); __u8 flag SEC(".bss.loose");
const volatile loose constant SEC(".rodata.loose") = 4; const volatile char letters[3] SEC(".rodata.loose") = "ab";
static volatile int hidden SEC(".data.hidden") = 5;
SEC("xdp") int program(void *ctx) { zero += number + constant; return hidden; }
