// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Types that disagree with the kernel's, each in a way of its own. Opens, never loads. */
#include "c_plain.h"

EMPTY_CALLBACK(some_callback)

/* The kernel has no such type. */
struct c_unknown_ops {
	int (*run)(void);
};

SEC(".struct_ops.link")
struct c_unknown_ops unknown_type = {
	.run = (void *)some_callback,
};

/* The kernel has no such members; those that are zero do not matter. */
struct tcp_congestion_ops___lacking {
	char name[16];
	int (*c_not_in_the_kernel)(void);
	int (*c_empty)(void);
	u32 c_setting;
	u32 c_zero;
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___lacking lacking = {
	.name = "c_lacking",
	.c_not_in_the_kernel = (void *)some_callback,
	.c_setting = 7,
};

/* Members of other kinds: flags is a number there, owner a pointer to data. */
struct tcp_congestion_ops___kinds {
	struct {
		u32 inner;
	} flags;
	int (*owner)(void);
	u32 name;
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___kinds kinds = {
	.owner = (void *)some_callback,
};

/* Members of other sizes. */
struct tcp_congestion_ops___sizes {
	char name[8];
	u64 flags;
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___sizes sizes = {
	.name = "c_sizes",
};

/* Four underscores are no flavour, and only the last three of a name are. */
struct tcp_congestion_ops____four {
	char name[16];
};

SEC(".struct_ops.link")
struct tcp_congestion_ops____four four_underscores = {};

struct tcp_congestion_ops___one___two {
	char name[16];
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___one___two two_flavours = {};

/* Anonymous members, a nested struct, and a member whose BTF is three typedefs deep. */
typedef const u32 c_number;
typedef c_number c_setting;

struct c_nested_ops {
	union {
		u32 first;
		float other;
	};
	struct {
		u32 inner;
		u32 more;
	} nested;
	union {
		u64 second;
		u32 half;
	};
	c_setting setting;
	int (*run)(void);
};

SEC("?.struct_ops")
struct c_nested_ops nested = {
	.first = 1,
	.nested = { .inner = 2, .more = 3 },
	.second = 4,
	.setting = 5,
	.run = (void *)some_callback,
};
