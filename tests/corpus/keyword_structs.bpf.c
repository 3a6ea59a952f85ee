// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name)                                                                                    \
	struct name {                                                                              \
		__u32 member;                                                                      \
		struct name *next;                                                                 \
	};                                                                                         \
	struct name variable_##name;
KEYWORDS(X)
