// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A variable of the kernel's, in an object that is compiled without types. */
#include "small.h"

extern int limit __attribute__((section(".ksyms")));

SEC("tc")
int one(void *ctx)
{
	return *(volatile int *)&limit;
}
