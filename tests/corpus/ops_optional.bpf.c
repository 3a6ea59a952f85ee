// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct ops { int (*run)(void); int flags; };
SEC("struct_ops") int required(__u64 *ctx) { return 0; }
SEC("?struct_ops") int optional(__u64 *ctx) { return 0; }
SEC("struct_ops.s") int sleepable(__u64 *ctx) { return 0; }
SEC("?.struct_ops") struct ops a = { .run = (void *)optional };
SEC("?.struct_ops") struct ops b = { .run = (void *)required };
SEC("?.struct_ops.link") struct ops c = { .run = (void *)sleepable };
SEC("?.struct_ops.link") struct ops d = { .flags = 1 };
SEC(".struct_ops") struct ops e;
