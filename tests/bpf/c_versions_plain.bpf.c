// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The same without the bitfields that libbpf cannot carry over. */
#define WITHOUT_BITFIELDS
#include "c_versions.bpf.c"
