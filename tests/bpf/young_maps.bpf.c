// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Types of maps that the oldest kernel in the tests lacks: they would fail an object that has them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* Since Linux 6.2. */
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_cgroups SEC(".maps");
