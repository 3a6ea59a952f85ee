// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Storage of inodes: kernels without the BPF LSM do not have it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_inodes SEC(".maps");
