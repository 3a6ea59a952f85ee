// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* c_shapes.bpf.c with a variable more, which moves the others. */
#define MOVED
#include "c_shapes.bpf.c"
