// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct inner { __u8 a; __u64 b; } __attribute__((packed));
struct natural { __u32 a; __u64 b; };
enum __attribute__((packed)) tiny { TINY_A, TINY_B = 200 };
union __attribute__((packed)) loose { __u8 a; __u64 b; };
struct packed {
	__u8 a;
	__u16 b;
	struct inner inner;
	struct natural natural;
	void *pointer;
	enum tiny tiny;
	__u32 array[3];
	bool flag;
	char text[5];
	union loose loose;
	union { __u8 x; __u32 y; };
	struct { __u64 deep; };
	__int128 wide;
} __attribute__((packed));
struct mixed {
	__u8 a;
	struct packed packed;
	__u64 b __attribute__((packed));
	struct inner inners[3];
	__u32 c;
};
#pragma pack(push, 2)
struct two { __u8 a; __u32 b; __u64 c; };
#pragma pack(pop)
struct packed packed;
struct mixed mixed;
struct two two;
struct inner inner;
union loose loose;
enum tiny tiny;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, struct packed); __type(value, struct mixed); } map SEC(".maps");
