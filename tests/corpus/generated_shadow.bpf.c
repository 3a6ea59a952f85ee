// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name) int (*name)(void);
struct members {
	GENERATED_NAMES(X)
};
#undef X
#define X(name) __u8 name;
struct settings {
	GENERATED_NAMES(X)
	__u32 aligned;
};
SEC(".struct_ops") struct members callbacks;
SEC(".struct_ops") struct settings settings;
