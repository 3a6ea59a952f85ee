// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Letters that are posted, and answered: whoever sees the number sees all that was written before it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define WORDS 16

__u64 letter[WORDS];
__u64 posted;
__u64 reply[WORDS];
__u64 answered;
/* Words of letters that were not those of their number. */
__u64 torn;

SEC("syscall") int answer(void *ctx)
{
	/* Atomic operations that return something order what is around them, on both sides. */
	__u64 number = __sync_fetch_and_add(&posted, 0);
	int i;

	if (number == answered)
		return 0;
	for (i = 0; i < WORDS; i++) {
		__u64 word = *(volatile __u64 *)&letter[i];

		if (word != number + i)
			torn++;
		*(volatile __u64 *)&reply[i] = word * 2;
	}
	__sync_lock_test_and_set(&answered, number);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
