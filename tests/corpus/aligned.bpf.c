// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct line { __u32 a; } __attribute__((aligned(64)));
struct sixteen { __u8 a; __u64 b; } __attribute__((aligned(16)));
struct member { __u8 a; __u8 b __attribute__((aligned(32))); struct line line; };
union wide { __u8 a; __u32 b; } __attribute__((aligned(16)));
struct empty_line {} __attribute__((aligned(8)));
__u8 first = 1;
struct line line = { 1 };
__u8 second = 1;
struct sixteen sixteen = { 1, 2 };
__u8 third = 1;
__u32 alone __attribute__((aligned(64))) = 5;
__u8 fourth = 1;
struct member member = { 1 };
struct line lines[2];
union wide wide;
struct { union wide wide; struct empty_line none; __u8 end; } last;
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct member); } map SEC(".maps");
