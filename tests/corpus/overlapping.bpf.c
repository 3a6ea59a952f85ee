// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Members whose accessors could take each other's names, or those of functions that every struct has. */
#include "small.h"
union names {
	__u32 x;
	__u32 x_mut;
	__u32 set_x;
	__u32 bits;
	__u32 clone, zeroed, fmt, eq, type, self, crate;
	__u32 flag : 1;
	__u32 set_flag;
	__u64 member;
	struct { __u16 _alignment; union { __u8 _union_0; __u16 _padding_0; }; };
};
struct fields {
	union { __u32 a; struct { __u16 b; struct { __u8 c; union { __u8 d; __u8 e : 3; }; }; }; };
	struct { __u32 f; union { __u64 g; __u8 h[8]; }; __u32 i : 5; struct { struct {} nothing; __u8 j; }; };
	struct { __u8 k; __u64 l; } __attribute__((packed));
	struct { union { __u64 m; __u8 n; }; __u8 o; } __attribute__((packed));
	union {};
	struct {};
	union { struct { int p; } *to, here; enum { ONE, TWO } q; enum { THREE } r : 3; } s;
	union { struct { int t; } u; };
	__u8 tail;
};
struct packed {
	__u8 a;
	struct { __u32 b; union { __u64 c; __u8 d; }; };
	union { __u32 e; struct { __u16 f, g; }; };
	__u32 h : 31;
	__u64 i : 50;
} __attribute__((packed));
union names names;
struct fields fields;
struct packed packed;
union names list[2];
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, union names); __type(value, struct fields); } map SEC(".maps");
struct ops { int (*run)(void); struct fields fields; union names names; union { __u32 x; int (*call)(void); }; struct { int (*inner)(void); __u32 y : 9; }; int list : 9; };
SEC(".struct_ops") struct ops ops;
struct packed_ops { __u8 a; struct { __u32 b; union { __u64 c; __u8 d; }; }; __u32 e : 5; __s64 f : 60; } __attribute__((packed));
SEC(".struct_ops") struct packed_ops packed_ops;
