// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An arena: global variables in it, and a list that a program builds in a page of it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* clang knows address spaces from 19 on; older ones are told by hand what it would do for `__arena`. */
#define ARENA_VARIABLE SEC(".addr_space.1")

/* addr_space_cast(0, 1): from an address that user space and memory have to one that this program may use. */
static __always_inline void *in_kernel(void *pointer)
{
	asm volatile("r0 = %[from];"
		     ".byte 0xbf, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00;"
		     "%[to] = r0;"
		     : [to] "=r"(pointer)
		     : [from] "r"(pointer)
		     : "r0");
	return pointer;
}

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16); /* pages */
} arena SEC(".maps");

struct listed {
	struct listed *next;
	__u64 value;
};

void *bpf_arena_alloc_pages(void *map, void *address, __u32 count, int node, __u64 flags) __ksym __weak;
void bpf_arena_free_pages(void *map, void *address, __u32 count) __ksym __weak;

__u64 calls ARENA_VARIABLE = 5;
__u32 weights[3] ARENA_VARIABLE = { 1, 2, 3 };
/* Makes the section's size no multiple of its alignment. */
__u8 last ARENA_VARIABLE = 9;

/* So that the skeleton has the type. */
struct listed sentinel;
struct listed *head;
__u64 total;

SEC("syscall") int tick(void *ctx)
{
	__u64 *number = in_kernel(&calls);
	__u32 *weight = in_kernel(&weights);
	__u8 *byte = in_kernel(&last);

	*number += weight[1];
	(*byte)++;
	return 0;
}

/* Three nodes, of the values 10, 20 and 30. */
SEC("syscall") int build(void *ctx)
{
	struct listed *page, *node;
	int i;

	page = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0);
	if (!page)
		return -1;
	head = NULL;
	for (i = 3; i > 0; i--) {
		node = in_kernel(page + i);
		node->value = i * 10;
		node->next = head;
		head = page + i;
	}
	return 0;
}

SEC("syscall") int add_up(void *ctx)
{
	struct listed *node = head;
	/* The program refers to the arena by its variable only. */
	__u64 *number = in_kernel(&calls);
	int i;

	total = 0;
	for (i = 0; i < 10 && node; i++) {
		node = in_kernel(node);
		total += node->value;
		node = node->next;
	}
	(*number)++;
	return i;
}

SEC("syscall") int free_page(void *ctx)
{
	if (head)
		bpf_arena_free_pages(&arena, (void *)((__u64)head & ~4095ULL), 1);
	head = NULL;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
