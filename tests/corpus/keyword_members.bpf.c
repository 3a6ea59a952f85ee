// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name) __u32 name;
struct members {
	KEYWORDS(X)
	__u8 end;
	__u64 aligned;
} variable;
