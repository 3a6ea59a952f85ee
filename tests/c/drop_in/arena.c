// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An arena's variables, before load and in the memory that the program shares with the kernel. */
#include <stdio.h>
#include <bpf/bpf.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#include "arena.skel.h"

int main(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct arena_bpf *skel = arena_bpf__open();
	int err;

	if (!skel)
		return 1;
	printf("default %llu %u\n", (unsigned long long)skel->arena->count, skel->arena->table[1]);
	skel->arena->table[1] = 7;
	err = arena_bpf__load(skel);
	printf("load %d\n", err);
	if (err)
		return 1;
	printf("run %d\n", bpf_prog_test_run_opts(bpf_program__fd(skel->progs.step), &opts));
	printf("after %llu %u %u\n", (unsigned long long)skel->arena->count, skel->arena->table[1],
	       skel->arena->table[2]);
	skel->arena->count = 100;
	printf("run %d\n", bpf_prog_test_run_opts(bpf_program__fd(skel->progs.step), &opts));
	printf("after %llu\n", (unsigned long long)skel->arena->count);
	printf("map %d\n", bpf_map__fd(skel->maps.memory) >= 0);
	arena_bpf__destroy(skel);
	return 0;
}
