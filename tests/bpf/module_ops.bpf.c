// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Values and callbacks for the ops type of the module in tests/kmod, whose header is all that it needs. */
#include "small.h"
#include "ops.h"

char LICENSE[] SEC("license") = "GPL";

/* Events that `notify` was told, and the sum of them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} events SEC(".maps");

static void *(*lookup)(void *map, const void *key) = (void *)1;

static __attribute__((always_inline)) void add(__u32 key, __u64 amount)
{
	__u64 *found = lookup(&events, &key);

	if (found)
		__sync_fetch_and_add(found, amount);
}

SEC("struct_ops")
int twice(__u64 *ctx)
{
	return (int)ctx[0] * 2;
}

SEC("struct_ops")
int negated(__u64 *ctx)
{
	return -(int)ctx[0];
}

SEC("struct_ops")
__u64 product(__u64 *ctx)
{
	return (__u32)ctx[0] * ctx[1];
}

SEC("struct_ops")
__u64 sum(__u64 *ctx)
{
	return (__u32)ctx[0] + ctx[1];
}

SEC("struct_ops")
int remember(__u64 *ctx)
{
	add(0, 1);
	add(1, (__u32)ctx[0]);
	return 0;
}

/* Everything is set in the object. */
SEC(".struct_ops.link")
struct safe_ops full = {
	.choose = (void *)twice,
	.weigh = (void *)product,
	.notify = (void *)remember,
	.name = "full",
	.s8 = -8,
	.u8 = 8,
	.s16 = -16,
	.u16 = 16,
	.s32 = -32,
	.u32 = 32,
	.s64 = -64,
	.u64 = 64,
	.word = -1,
	.letter = 'a',
	.on = true,
	.switches = { true, false, true },
	.handle = 7,
	.level = SAFE_LEVEL_LOW,
	.shift = SAFE_SHIFT_DOWN,
	.wide = SAFE_WIDE_LARGE,
	.table = { 1, 2, 3, 4 },
	.grid = { { 1, 2, 3 }, { -4, -5, -6 } },
	.words = { "one", "two" },
	.at = { 1, -1 },
	.path = { { 2, -2 }, { 3, -3 } },
	.box = { .corners = { { 4, -4 }, { 5, -5 } }, .area = 6, .colour = 0x01020304 },
	.range = { .low = 9, .high = 10 },
	.value = { .number = 0x1122334455667788 },
	.packed = { .tag = 11, .value = 12, .tail = 13 },
	.aligned = { 14 },
};

/* Nearly nothing is. */
SEC(".struct_ops.link")
struct safe_ops bare = {
	.choose = (void *)twice,
	.name = "bare",
};
