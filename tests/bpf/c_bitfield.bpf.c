// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An ops type with bitfields. Opens, never loads. */
#include "c_plain.h"

struct tcp_congestion_ops___bits {
	u32 flags;
	u32 narrow : 3;
	u32 wide : 29;
	char name[16];
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___bits bits = {
	.flags = 1,
	.narrow = 5,
	.name = "c_bits",
};
