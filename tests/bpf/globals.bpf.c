// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Global variables of every sort, and programs that read and write them when they are told to. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

enum phase {
	PHASE_IDLE,
	PHASE_BUSY,
};

struct reading {
	__u64 time;
	__u32 value;
	__u16 parts[2];
};

/* .bss */
__u64 runs;
__u32 request;
__u32 answer;
bool flag;
enum phase phase;
struct reading last;
__u32 histogram[8];
__u64 hammered;
__s64 lowest;
__u8 narrow;
char message[16];
__u32 ready;
unsigned __int128 wide;
/* .data */
__s32 level = -5;
static volatile __u32 hidden = 9;
/* .rodata */
const volatile __u32 step = 1;
const volatile char greeting[8] = "hello";
const volatile struct reading limits = { .time = 1, .value = 2, .parts = { 3, 4 } };
/* custom sections */
__u32 tuning SEC(".data.tuning") = 3;
__u64 late SEC(".bss.late");
const volatile __u16 table[4] SEC(".rodata.table") = { 10, 20, 30, 40 };

/* libbpf shares no section of static variables only */
static volatile __u32 secret SEC(".data.secret") = 5;
static volatile __u64 also_secret SEC(".data.secret") = 6;

/* sized at run time: as long as their sections */
__u64 counts[1] SEC(".bss.counts");
const volatile __u32 factors[1] SEC(".rodata.factors") = { 7 };
const volatile __u32 elements = 1;

extern int LINUX_KERNEL_VERSION __kconfig;
extern bool CONFIG_BPF __kconfig;
extern enum libbpf_tristate CONFIG_BPF_SYSCALL __kconfig;
extern bool CONFIG_THERE_IS_NO_SUCH_OPTION __kconfig __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct reading);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u32);
} small SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} unmapped SEC(".maps");

struct arguments {
	__u32 first;
	__u32 second;
	__u64 sum;
};

SEC("syscall") int add(struct arguments *arguments)
{
	arguments->sum = (__u64)arguments->first + arguments->second;
	return arguments->first == 0 ? -1 : 7;
}

/* Does what can be seen from outside with every variable. */
SEC("syscall") int tick(void *ctx)
{
	__u32 key = 2;
	struct reading *sample;
	__u32 *number;

	runs += step;
	answer = request * 2 + tuning + hidden + table[1];
	last.time = runs;
	last.value = level;
	last.parts[1] = 4;
	histogram[7]++;
	level--;
	late = 1ULL << 40;
	lowest = -1;
	wide = ((unsigned __int128)runs << 64) | request;
	__builtin_memcpy(message, (void *)"seen by BPF", 12);
	if (!CONFIG_BPF || CONFIG_BPF_SYSCALL != TRI_YES ||
	    CONFIG_THERE_IS_NO_SUCH_OPTION)
		answer = 0;
	sample = bpf_map_lookup_elem(&samples, &key);
	if (sample) {
		sample->value++;
		sample->parts[0] = 6;
	}
	number = bpf_map_lookup_elem(&small, &key);
	if (number)
		*number += 100;
	number = bpf_map_lookup_elem(&unmapped, &key);
	if (number)
		*number += 1;
	narrow = secret + also_secret;
	ready = 1;
	return LINUX_KERNEL_VERSION >> 16;
}

/* Values that Rust's own types could not hold. */
SEC("syscall") int odd_values(void *ctx)
{
	*(volatile __u8 *)&flag = 3;
	*(volatile __u32 *)&phase = 77;
	return 0;
}

#define HAMMER_RUNS 1000

SEC("syscall") int hammer(void *ctx)
{
	int i;

	for (i = 0; i < HAMMER_RUNS; i++) {
		__sync_fetch_and_add(&hammered, 1);
		__sync_fetch_and_add(&histogram[3], 1);
	}
	return 0;
}

/* Uses as many elements as there are said to be. */
SEC("syscall") int scale(void *ctx)
{
	__u32 i;

	for (i = 0; i < elements && i < 1024; i++) {
		__u64 *count = (void *)counts + i * sizeof(*count);
		const volatile __u32 *factor = (void *)factors + i * sizeof(*factor);

		if (i >= elements)
			break;
		*count += *factor;
	}
	return i;
}

/* A packet that programs change. */
SEC("xdp") int shorten(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data;

	if ((void *)(data + 14) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	data[0] = 0xab;
	runs++;
	bpf_xdp_adjust_tail(ctx, -4);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
