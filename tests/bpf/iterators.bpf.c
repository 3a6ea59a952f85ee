// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An iterator of each kind: each counts what it is given, and writes a dot for it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* What all of them are given: where to write to, and up to three pointers, of which one is NULL at the end. */
struct given {
	struct bpf_iter_meta *meta;
	void *first;
	void *second;
	void *third;
};

#define ITERATOR(name, element)                                                                    \
	__u64 name##_hits;                                                                         \
	SEC("iter/" #name)                                                                         \
	int name(struct given *ctx)                                                              \
	{                                                                                          \
		static const char dot = '.';                                                       \
		if (!ctx->element)                                                                 \
			return 0;                                                                  \
		__sync_fetch_and_add(&name##_hits, 1);                                             \
		bpf_seq_write(ctx->meta->seq, &dot, sizeof(dot));                                  \
		return 0;                                                                          \
	}

ITERATOR(bpf_map, first)
ITERATOR(bpf_prog, first)
ITERATOR(bpf_link, first)
ITERATOR(bpf_map_elem, second)
ITERATOR(bpf_sk_storage_map, second)
ITERATOR(sockmap, third)
ITERATOR(task, first)
ITERATOR(task_file, first)
ITERATOR(task_vma, first)
ITERATOR(cgroup, first)
ITERATOR(tcp, first)
ITERATOR(udp, first)
ITERATOR(unix, first)
ITERATOR(netlink, first)
ITERATOR(ipv6_route, first)
ITERATOR(ksym, first)
ITERATOR(kmem_cache, first)
ITERATOR(dmabuf, first)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} storage SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
