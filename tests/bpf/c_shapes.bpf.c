// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The object of the RFC for shadow copies, with members of more kinds and some variables. */
#include "c_plain.h"

enum mode {
	MODE_SLOW,
	MODE_FAST = 5,
};

struct range {
	u32 low;
	u32 high;
};

struct c_shapes_ops {
	int (*test_1)(void);
	int (*test_2)(int a, int b);
	char name[16];
	struct range range;
	struct {
		u32 nested[3];
	} inner;
	union {
		u64 number;
		char letters[8];
	};
	enum mode mode;
	int data;
};

EMPTY_CALLBACK(test_1)
EMPTY_CALLBACK(test_2)
EMPTY_CALLBACK(test_3)

SEC(".struct_ops.link")
struct c_shapes_ops shapes = {
	.test_1 = (void *)test_1,
	.test_2 = (void *)test_2,
	.name = "shapes",
	.data = 1,
};

const volatile u32 limit = 7;
#ifdef MOVED
u64 first = 1;
#endif
struct range range = { 1, 2 };
enum mode mode = MODE_FAST;
u64 count;
