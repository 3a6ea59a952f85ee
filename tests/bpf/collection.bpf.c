// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Programs that share maps, each needing other ones: to be loaded whole, in part, and many times. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

enum mode { MODE_OFF, MODE_ON };

struct pair {
	__u32 first;
	__u32 second;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} marks SEC(".maps");

/* Nothing refers to it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} unused SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} element SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { [1] = &element },
};

int tail(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values = { [0] = (void *)&tail },
};

/* Of which process system calls are counted. */
const volatile __u32 process = 0;
const volatile __u64 step = 1;
const volatile __s32 offset = -1;
const volatile bool enabled = true;
const volatile enum mode mode = MODE_ON;
const volatile struct pair pair = { 1, 2 };
const volatile char label[8] = "none";
const volatile __u32 *volatile nowhere = 0;
__u64 beginning = 7;
__u64 total;
__u32 apart SEC(".data.apart") = 3;

extern int LINUX_KERNEL_VERSION __kconfig;

/* Not inlined, and seen by this file only: a call by place, not by name. */
static __attribute__((noinline)) void add(__u32 key, __u64 value)
{
	__u64 *found = bpf_map_lookup_elem(&counts, &key);

	if (found)
		__sync_fetch_and_add(found, value);
	else
		bpf_map_update_elem(&counts, &key, &value, BPF_ANY);
}

/* Calls a function of its own section. */
static __attribute__((noinline)) void add_twice(__u32 key, __u64 value)
{
	add(key, value);
	add(key, value);
}

static __always_inline bool is_meant(void)
{
	return enabled && bpf_get_current_pid_tgid() >> 32 == process;
}

SEC("raw_tp/sys_enter")
int counter(void *ctx)
{
	if (is_meant())
		add_twice(1, step);
	return 0;
}

SEC("raw_tp/sys_enter")
int marker(void *ctx)
{
	__u32 key = 1;
	__u64 *mark = bpf_map_lookup_elem(&marks, &key);

	if (mark && is_meant())
		*mark += step;
	return 0;
}

/* Its address is taken. */
static long on_each(__u64 index, void *ctx)
{
	__u32 key = 2;
	__u64 *mark = bpf_map_lookup_elem(&marks, &key);

	if (mark)
		*mark += 1;
	return 0;
}

SEC("raw_tp/sys_enter")
int looper(void *ctx)
{
	bpf_loop(2, on_each, (void *)0, 0);
	return 0;
}

/* With variables that are written, and one of the kernel's configuration. */
SEC("raw_tp/sys_enter")
int totals(void *ctx)
{
	if (is_meant() && LINUX_KERNEL_VERSION)
		total += beginning + apart + offset + pair.second + mode + label[0] + (nowhere != 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int jumper(void *ctx)
{
	bpf_tail_call(ctx, &jumps, 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int tail(void *ctx)
{
	__u32 key = 1, zero = 0;
	void *map = bpf_map_lookup_elem(&outer, &key);
	__u64 *value = map ? bpf_map_lookup_elem(map, &zero) : 0;

	if (value && is_meant())
		*value += step;
	return 0;
}

/* Uses a map only where a switch says so: dead code, otherwise, to the verifier. */
SEC("?raw_tp/sys_enter")
int guarded(void *ctx)
{
	__u32 key = 1;

	if (!enabled)
		return 0;
	return bpf_map_delete_elem(&counts, &key);
}

/* The result of a lookup is followed without a look at it. */
SEC("?raw_tp/sys_enter")
int rejected(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&counts, &key);

	return *value;
}

/* Loads, and has nowhere to go. */
SEC("?raw_tp/no_such_tracepoint")
int unattachable(void *ctx)
{
	return 0;
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	add(2, 1);
	return 2;
}

SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 2;
}

SEC("?.struct_ops.link")
struct tcp_congestion_ops congestion = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "t_collection",
};
