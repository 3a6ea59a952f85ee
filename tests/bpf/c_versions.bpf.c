// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The newer version of an ops type; tests/c/versions.c has the older. Opens, never loads. */
#include "c_plain.h"

typedef unsigned short u16;

enum c_mode { C_SLOW, C_FAST = 7 };

struct c_list {
	struct c_list *next, *prev;
};

/* y was last. */
struct c_pair {
	u16 y;
	u32 fresh;
	u32 x;
};

struct c_version_ops {
	struct c_pair pairs[2][2];
	u32 fresh_setting;
#ifndef WITHOUT_BITFIELDS
	u32 narrow : 3;
	u32 fresh_bits : 7;
	int wide : 9;
#endif
	int (*run)(void);
	struct {
		struct {
			u32 deep;
			union {
				u64 number;
				char text[8];
			};
		};
		u32 shallow;
	};
	struct {
		u16 fresh;
		struct c_pair pair;
		u32 first;
		u32 flag : 1;
	} nested;
	union {
		u32 whole;
		u16 halves[2];
	} either;
	enum c_mode mode;
	_Bool enabled;
	char name[12];
	struct c_list list;
	void *data[2];
	struct {
		int (*inner)(void);
		u32 count;
	} table;
};

EMPTY_CALLBACK(run)
EMPTY_CALLBACK(other)

SEC(".struct_ops")
struct c_version_ops versioned = {
	.pairs = { { { 1, 2, 3 }, { 4, 5, 6 } }, { { 7, 8, 9 }, { 10, 11, 12 } } },
	.fresh_setting = 13,
#ifndef WITHOUT_BITFIELDS
	.narrow = 5,
	.fresh_bits = 99,
	.wide = -200,
#endif
	.run = (void *)run,
	.deep = 14,
	.text = "text",
	.shallow = 15,
	.nested = { .fresh = 16, .pair = { 17, 18, 19 }, .first = 20, .flag = 1 },
	.either = { .whole = 21 },
	.mode = C_FAST,
	.enabled = 1,
	.name = "versioned",
	.table = { .count = 22 },
};

/* Of the same type, and never the same value. */
SEC("?.struct_ops")
static struct c_version_ops second __attribute__((used)) = {
	.run = (void *)other,
	.shallow = 23,
};
