// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A map of each type that has a typed handle, and programs that use some of them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct pair {
	__u32 first;
	__u32 second;
	__u64 sum;
};

struct locked {
	struct bpf_spin_lock lock;
	__u32 count;
};

struct prefix {
	__u32 bits;
	__u8 address[4];
};

#define MAP(map_type, key_type, value_type, entries, create_flags, name)	\
	struct {							\
		__uint(type, map_type);					\
		__uint(max_entries, entries);				\
		__uint(map_flags, create_flags);				\
		__type(key, key_type);					\
		__type(value, value_type);				\
	} name SEC(".maps")

MAP(BPF_MAP_TYPE_HASH, __u32, struct pair, 4096, 0, hash);
MAP(BPF_MAP_TYPE_HASH, __u8, __u8, 256, 0, narrow);
MAP(BPF_MAP_TYPE_HASH, __u32, struct locked, 8, 0, locked_hash);
MAP(BPF_MAP_TYPE_LRU_HASH, __u32, __u64, 64, 0, lru);
MAP(BPF_MAP_TYPE_ARRAY, __u32, struct pair, 4, 0, array);
MAP(BPF_MAP_TYPE_ARRAY, __u32, struct locked, 2, 0, locked_array);
MAP(BPF_MAP_TYPE_ARRAY, __u32, __u64, 1000, 0, long_array);
MAP(BPF_MAP_TYPE_PERCPU_HASH, __u32, struct pair, 256, 0, per_cpu_hash);
MAP(BPF_MAP_TYPE_LRU_PERCPU_HASH, __u32, __u32, 256, 0, per_cpu_lru);
MAP(BPF_MAP_TYPE_PERCPU_ARRAY, __u32, __u32, 2, 0, per_cpu_array);
MAP(BPF_MAP_TYPE_LPM_TRIE, struct prefix, __u32, 16, BPF_F_NO_PREALLOC, routes);
MAP(BPF_MAP_TYPE_SOCKMAP, __u32, __u64, 2, 0, sockets);
MAP(BPF_MAP_TYPE_SOCKHASH, __u32, __u64, 2, 0, socket_hash);
MAP(BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, __u32, __u64, 2, 0, reuseport);
MAP(BPF_MAP_TYPE_DEVMAP, __u32, struct bpf_devmap_val, 2, 0, devices);
MAP(BPF_MAP_TYPE_DEVMAP_HASH, __u32, struct bpf_devmap_val, 2, 0, device_hash);
MAP(BPF_MAP_TYPE_CPUMAP, __u32, struct bpf_cpumap_val, 2, 0, cpus);
MAP(BPF_MAP_TYPE_SOCKMAP, __u32, __u32, 2, 0, narrow_sockets);
MAP(BPF_MAP_TYPE_SOCKHASH, __u32, __u32, 2, 0, narrow_socket_hash);
MAP(BPF_MAP_TYPE_DEVMAP, __u32, __u32, 2, 0, narrow_devices);
MAP(BPF_MAP_TYPE_CPUMAP, __u32, __u32, 2, 0, narrow_cpus);
MAP(BPF_MAP_TYPE_XSKMAP, __u32, __u32, 2, 0, xdp_sockets);
MAP(BPF_MAP_TYPE_CGROUP_ARRAY, __u32, __u32, 2, 0, cgroups);
MAP(BPF_MAP_TYPE_SK_STORAGE, int, struct pair, 0, BPF_F_NO_PREALLOC, of_sockets);
MAP(BPF_MAP_TYPE_SK_STORAGE, int, struct locked, 0, BPF_F_NO_PREALLOC, locked_of_sockets);
MAP(BPF_MAP_TYPE_TASK_STORAGE, int, struct pair, 0, BPF_F_NO_PREALLOC, of_tasks);

#define MAP_WITHOUT_KEY(map_type, value_type, entries, name)		\
	struct {							\
		__uint(type, map_type);					\
		__uint(max_entries, entries);				\
		__type(value, value_type);				\
	} name SEC(".maps")

MAP_WITHOUT_KEY(BPF_MAP_TYPE_QUEUE, __u32, 2, queue);
MAP_WITHOUT_KEY(BPF_MAP_TYPE_STACK, __u32, 2, stack);
MAP_WITHOUT_KEY(BPF_MAP_TYPE_BLOOM_FILTER, __u64, 64, bloom);

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16);
	__uint(key_size, 4);
	__uint(value_size, 8 * 32);
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} tail_calls SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} inner SEC(".maps"), other_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__array(values, struct inner);
} array_of_maps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u64);
	__array(values, struct inner);
} hash_of_maps SEC(".maps");

/* The thread group that is counted. */
const volatile __u32 process;
/* How often the process was seen in the cgroup that `cgroups` has. */
__u64 under_cgroup;

SEC("raw_tp/sys_enter")
int count(void *ctx)
{
	__u32 key = 0, *number;
	struct pair *pair;
	long id;

	if (bpf_get_current_pid_tgid() >> 32 != process)
		return 0;
	number = bpf_map_lookup_elem(&per_cpu_array, &key);
	if (number)
		++*number;
	pair = bpf_map_lookup_elem(&per_cpu_hash, &key);
	if (pair) {
		pair->first++;
		pair->second = bpf_get_smp_processor_id();
	}
	id = bpf_get_stackid(ctx, &stacks, 0);
	if (id >= 0) {
		key = 3;
		pair = bpf_map_lookup_elem(&array, &key);
		if (pair)
			pair->sum = id;
	}
	if (bpf_current_task_under_cgroup(&cgroups, 0) == 1)
		__sync_fetch_and_add(&under_cgroup, 1);
	bpf_tail_call(ctx, &tail_calls, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int called(void *ctx)
{
	__u32 key = 2, index = 1, *number;
	struct pair *pair;
	void *map;

	pair = bpf_map_lookup_elem(&array, &key);
	if (pair)
		__sync_fetch_and_add(&pair->sum, 1);
	map = bpf_map_lookup_elem(&array_of_maps, &index);
	if (map) {
		number = bpf_map_lookup_elem(map, &key);
		if (number)
			__sync_fetch_and_add(number, 1);
	}
	return 0;
}

SEC("xdp/devmap")
int at_device(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp/cpumap")
int at_cpu(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
