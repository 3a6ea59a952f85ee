// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Nothing that has to be looked up in the kernel's BTF. */
#define WITHOUT_STRUCT_OPS
#include "minimal.bpf.c"
