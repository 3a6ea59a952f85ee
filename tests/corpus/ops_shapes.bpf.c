// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct list_head { struct list_head *next, *prev; };
struct no_callback { __u32 flags; char name[16]; };
struct only_callbacks { int (*a)(void); void (*b)(int); };
struct one_byte { __u8 x; };
struct shapes {
	int (*run)(void);
	int (*runs[2])(void);
	const char *text;
	char name[1];
	char names[2][4];
	enum { SLOW, FAST } speed;
	struct { __u32 low, high; } range;
	struct { __u32 in_anonymous; int (*hidden)(void); };
	union { __u32 either; __u64 or; };
	union { __u8 a; } named_union;
	struct list_head list;
	bool flag;
	const __u32 fixed;
	__int128 wide;
	float ratio;
	__u32 bit : 3;
	__u32 _open;
	typeof(int (*)(void)) typed;
	struct { int (*inner)(void); } nested;
	__u8 tail;
};
struct packed_ops { __u8 a; __u64 b; __u32 c; } __attribute__((packed));
SEC("struct_ops") int program(__u64 *ctx) { return 0; }
SEC(".struct_ops") struct no_callback no_callback = { .name = "none" };
SEC(".struct_ops.link") struct only_callbacks only_callbacks = { .a = (void *)program };
SEC(".struct_ops.link") struct only_callbacks second;
SEC(".struct_ops.link") struct only_callbacks third = { .a = (void *)program, .b = (void *)program };
SEC(".struct_ops") struct one_byte one_byte;
SEC(".struct_ops") struct shapes shapes = { .run = (void *)program, .fixed = 4, .name = "" };
SEC(".struct_ops") struct packed_ops packed_ops;
struct no_callback also_a_global;
static struct only_callbacks hidden SEC(".struct_ops");
