// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Storage of a program's attachment to a cgroup, in both kinds that the kernel has. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, __u64);
} attached SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
	__type(key, __u64);
	__type(value, __u64);
} attached_per_cpu SEC(".maps");

SEC("cgroup_skb/egress")
int count(struct __sk_buff *packet)
{
	__u64 *number = bpf_get_local_storage(&attached, 0);

	__sync_fetch_and_add(number, 1);
	number = bpf_get_local_storage(&attached_per_cpu, 0);
	*number += 1;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
