// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name)                                                                                    \
	typedef struct {                                                                           \
		__u16 member;                                                                      \
	} name;                                                                                    \
	name variable_##name;
GENERATED_NAMES(X)
