// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Maps to be used from user space, and programs that fill rings on command. */
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} cells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} shares SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct one_of_many {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} first SEC(".maps");

struct {
	__uint(type, 12 /* BPF_MAP_TYPE_ARRAY_OF_MAPS */);
	__uint(max_entries, 64);
	__type(key, __u32);
	__array(values, struct one_of_many);
} rings SEC(".maps") = { .values = { &first } };

struct order {
	__u32 count;
	__u32 failed;
};

static long write_event(__u32 index, struct order *order)
{
	__u64 record[2] = { index, 7 };

	if (bpf_ringbuf_output(&events, record, sizeof(record), BPF_RB_NO_WAKEUP))
		order->failed++;
	return 0;
}

/* So many records of 16 bytes into one ring. */
SEC("syscall")
int fill(struct order *order)
{
	struct order local = { .count = order->count };

	bpf_loop(local.count, write_event, &local, 0);
	order->failed = local.failed;
	return 0;
}

static long write_one(__u32 index, struct order *order)
{
	__u64 record[2] = { index, 7 };
	void *ring = bpf_map_lookup_elem(&rings, &index);

	if (!ring || bpf_ringbuf_output(ring, record, sizeof(record), 0))
		order->failed++;
	return 0;
}

/* One record into each of so many rings. */
SEC("syscall")
int fill_each(struct order *order)
{
	struct order local = { .count = order->count };

	bpf_loop(local.count, write_one, &local, 0);
	order->failed = local.failed;
	return 0;
}

/* Its links cost nothing but themselves. */
SEC("iter/task")
int on_task(void *ctx)
{
	return 0;
}
