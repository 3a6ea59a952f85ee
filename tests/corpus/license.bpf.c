// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
char LICENSE[] SEC("license") = "GPL";
