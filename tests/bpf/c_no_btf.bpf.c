// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Compiled without -g: an object without BTF, with one program and one map. */
#include "c_plain.h"

int counter;

SEC("raw_tp/sys_enter")
int on_sys_enter(void *ctx)
{
	return ++counter;
}
