// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A map that says it is struct_ops (26), in a section where no struct_ops map can be. */
#include "c_plain.h"

struct value {
	u32 number;
};

struct {
	int (*type)[26];
	int (*max_entries)[1];
	int *key;
	struct value *value;
} impostor SEC(".maps");
