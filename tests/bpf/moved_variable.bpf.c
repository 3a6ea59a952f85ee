// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The older version with a variable before the one that it had. */
const volatile unsigned long long fresh_setting = 1;
#include "older_version.bpf.c"
