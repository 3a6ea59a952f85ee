// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A struct_ops type of which each level has two of the next. Opens, never loads. */
#include "c_plain.h"

#define LEVEL(outer, inner) \
	struct outer { \
		struct inner a, b; \
	}

struct c_level_20 {
	unsigned char last;
};

LEVEL(c_level_19, c_level_20);
LEVEL(c_level_18, c_level_19);
LEVEL(c_level_17, c_level_18);
LEVEL(c_level_16, c_level_17);
LEVEL(c_level_15, c_level_16);
LEVEL(c_level_14, c_level_15);
LEVEL(c_level_13, c_level_14);
LEVEL(c_level_12, c_level_13);
LEVEL(c_level_11, c_level_12);
LEVEL(c_level_10, c_level_11);
LEVEL(c_level_9, c_level_10);
LEVEL(c_level_8, c_level_9);
LEVEL(c_level_7, c_level_8);
LEVEL(c_level_6, c_level_7);
LEVEL(c_level_5, c_level_6);
LEVEL(c_level_4, c_level_5);
LEVEL(c_level_3, c_level_4);
LEVEL(c_level_2, c_level_3);
LEVEL(c_level_1, c_level_2);
LEVEL(c_level_0, c_level_1);

struct c_doubled_ops {
	int (*run)(void);
	struct c_level_0 levels;
};

EMPTY_CALLBACK(run)

SEC(".struct_ops")
struct c_doubled_ops doubled = {
	.run = (void *)run,
};
