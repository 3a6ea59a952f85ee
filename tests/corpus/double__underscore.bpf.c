// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
const volatile int setting = 1;
int counter;
SEC("xdp")
int program(void *ctx)
{
	return counter += setting;
}
