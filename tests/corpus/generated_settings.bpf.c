// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name) const volatile __u32 name = sizeof(#name);
GENERATED_NAMES(X)
