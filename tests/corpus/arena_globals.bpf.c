// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
/* BPF_MAP_TYPE_ARENA, BPF_F_MMAPABLE */
struct { __uint(type, 33); __uint(map_flags, 1 << 10); __uint(max_entries, 2); } type SEC(".maps");
__u64 a SEC(".addr_space.1") = 1; __u8 b SEC(".addr_space.1") = 2; struct { __u32 x, y; } c[3] SEC(".addr_space.1") = {};
int arena;
SEC("xdp") int program(void *ctx) { return arena; }
