// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A struct_ops type with every kind of member. Opens, never loads: no kernel has it. `filled` is what
 * clang makes of the same values that the tests set in `empty`.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

enum speed { SLOW = 1, FAST = 5 };
enum sign { MINUS = -1, PLUS = 1 };
enum wide { HUGE = 0x123456789abcULL };

struct pair {
	__u32 low;
	__s32 high;
};

struct row {
	__u8 tag;
	struct pair pairs[2];
	int (*inner)(void);
};

struct member_ops {
	int (*run)(void);
	int (*stop)(void);
	__u8 small;
	__s8 small_signed;
	__u16 medium;
	__s32 number;
	__u64 large;
	__s64 large_signed;
	bool on;
	char letter;
	char name[8];
	char codes[4];
	enum speed speed;
	enum sign sign;
	enum wide wide;
	__u32 three : 3;
	__s32 signed_five : 5;
	enum speed narrow : 4;
	__u64 straddling : 40;
	__u32 table[3];
	__u16 grid[2][2];
	struct pair pair;
	struct row rows[2];
	struct {
		__u32 in_anonymous;
		union {
			__u32 either;
			__u8 first_byte;
		};
	};
	union {
		__u64 whole;
		struct pair halves;
	} both;
	void *data;
	const volatile __u32 qualified;
};

SEC("struct_ops")
int started(__u64 *ctx)
{
	return 0;
}

SEC("struct_ops")
int stopped(__u64 *ctx)
{
	return 1;
}

SEC("raw_tp/sys_enter")
int no_callback(void *ctx)
{
	return 0;
}

SEC("?.struct_ops.link")
struct member_ops empty = {};

SEC("?.struct_ops.link")
struct member_ops filled = {
	.run = (void *)started,
	.stop = (void *)stopped,
	.small = 200,
	.small_signed = -100,
	.medium = 60000,
	.number = -2000000000,
	.large = 0xfedcba9876543210,
	.large_signed = -5000000000,
	.on = true,
	.letter = 'x',
	.name = "seven_7",
	.codes = { 1, 0, 2, 0 },
	.speed = FAST,
	.sign = MINUS,
	.wide = HUGE,
	.three = 5,
	.signed_five = -9,
	.narrow = FAST,
	.straddling = 0x9abcdef012,
	.table = { 10, 20, 30 },
	.grid = { { 1, 2 }, { 3, 4 } },
	.pair = { .low = 7, .high = -7 },
	.rows = {
		{ .tag = 1, .pairs = { { 2, 3 }, { 4, 5 } } },
		{ .tag = 6, .pairs = { { 7, 8 }, { 9, -10 } } },
	},
	.in_anonymous = 11,
	.either = 0x01020304,
	.both = { .halves = { .low = 12, .high = 13 } },
	.qualified = 14,
};
