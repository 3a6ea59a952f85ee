// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
__u8 before = 1;
__int128 wide = 5;
unsigned __int128 unsigned_wide = 6;
struct holder { __u8 a; __int128 b; __u8 c; } holder;
struct loose { __u8 a; __int128 b; } __attribute__((packed)) loose;
__int128 list[2];
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __int128); __type(value, struct holder); } map SEC(".maps");
