// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Maps and data sections. */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

enum verdict {
	VERDICT_PASS,
	VERDICT_DROP = 7,
	VERDICT_UNKNOWN = 0xffffffff,
};

struct flow {
	__u32 source;
	__u32 destination;
	__u16 port;
	__u8 protocol;
};

struct counts {
	__u64 packets;
	__u64 bytes;
	enum verdict verdict;
	struct {
		__u32 first;
		__u32 last;
	} seen;
	union {
		__u64 mark;
		__u32 halves[2];
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow);
	__type(value, struct counts);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counts);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct settings {
	__u32 limit;
	bool strict;
	char device[16];
};

const volatile char greeting[12] = "hello";
const volatile bool enabled = true;
const volatile enum verdict fallback = VERDICT_DROP;
const volatile __u16 ports[4] = { 22, 80, 443 };
const volatile struct settings settings = { .limit = 100, .device = "eth0" };

__u64 started = 1;
__s32 balance = -5;

__u64 packets;
struct counts last;

int tunable SEC(".data.foo") = 3;

SEC("xdp")
int count(void *ctx)
{
	packets += ports[0] + started;
	last.verdict = fallback;
	return enabled ? settings.limit : greeting[0] + balance + tunable;
}
