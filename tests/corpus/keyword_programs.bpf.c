// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name)                                                                                    \
	SEC("xdp")                                                                                 \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		return 0;                                                                          \
	}
KEYWORDS(X)
