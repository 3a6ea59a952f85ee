// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct ops___v1 {
	int (*run)(void);
};
struct ops___v2 {
	int (*run)(void);
	int flags;
};
SEC(".struct_ops") struct ops___v1 first;
SEC(".struct_ops") struct ops___v2 second = { .flags = 3 };
struct ops___v1 *a;
struct kind___v1 { int x; } kind_1;
struct kind___v2 { long x; } kind_2;
