// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#include "keywords.h"
#define X(name) name,
enum constants { KEYWORDS(X) };
enum constants constant;
