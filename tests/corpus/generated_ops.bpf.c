// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name)                                                                                    \
	struct name {                                                                              \
		int (*run)(void);                                                                  \
	};                                                                                         \
	SEC(".struct_ops")                                                                         \
	struct name name;
GENERATED_NAMES(X)
