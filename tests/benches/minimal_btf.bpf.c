// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Reads a member of one of the kernel's structs: TYPE, MEMBER and the program's SECTION are given. */
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))

struct TYPE {
	u64 MEMBER;
} __attribute__((preserve_access_index));

static long (*const probe_read_kernel)(void *to, unsigned int size, const void *from) = (void *)113;

char LICENSE[] SEC("license") = "GPL";
u64 seen;

SEC(SECTION)
int reads(u64 *ctx)
{
	struct TYPE *from = (void *)ctx[0];

	probe_read_kernel(&seen, sizeof(seen), &from->MEMBER);
	return 0;
}
