// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Variables before load and after it, of the program's own types. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#include "events.h"
#include "variables.skel.h"

int main(void)
{
	struct variables_bpf *skel;
	struct limits limits;
	enum verdict verdict;
	seen_t seen;
	unsigned long long before;
	size_t size;
	int err;

	skel = variables_bpf__open();
	if (!skel) {
		perror("open");
		return 1;
	}
	limits = skel->rodata->limits;
	printf("default %u %llu %s %d\n", limits.low, limits.high, limits.label, skel->rodata->strict);
	skel->rodata->wanted = getpid();
	skel->rodata->limits.low = 10;
	strcpy(skel->rodata->limits.label, "mine");
	verdict = skel->data->verdict;
	printf("verdict %d, letter %c, tuned %ld, weight %u\n", verdict, skel->data->letter,
	       skel->data_tuned->tuned, skel->rodata_weights->weights[3]);
	skel->data_tuned->tuned = 20;
	skel->bss->nothing = skel;
	err = variables_bpf__load(skel);
	if (err) {
		printf("load %d\n", err);
		return 1;
	}
	err = variables_bpf__attach(skel);
	printf("attach %d, links %d %d\n", err, !!skel->links.on_enter, !!skel->links.on_exit);
	syscall(SYS_getppid);
	syscall(SYS_getppid);
	variables_bpf__detach(skel);
	printf("links %d %d\n", !!skel->links.on_enter, !!skel->links.on_exit);

	before = skel->bss->calls;
	syscall(SYS_getppid);
	seen = skel->bss->last;
	limits = skel->bss->copy;
	printf("calls %d, still %d, pid %d, verdict %d\n", before >= 2, before == skel->bss->calls,
	       seen.pid == getpid(), seen.verdict);
	printf("copy %u %llu %c\n", limits.low, limits.high, limits.label[0]);
	printf("version %d, task %d, nothing %d\n", skel->bss->version == skel->kconfig->LINUX_KERNEL_VERSION,
	       !!skel->bss->task, skel->bss->nothing == (void *)skel);
	printf("numbers %d %d, pair %u\n", skel->data->numbers[0][0], skel->data->numbers[1][2] >= 20,
	       skel->bss->pair.inner.low);
	printf("sizes %zu %zu %zu %zu\n", sizeof(skel->bss->pair), sizeof(skel->data->numbers),
	       sizeof(skel->bss->task), sizeof(struct variables_bpf__rodata));
	printf("bytes %d %zu\n", !!variables_bpf__elf_bytes(&size), size);
	printf("maps %s %s\n", bpf_map__name(skel->maps.data_tuned), bpf_map__name(skel->maps.rodata));
	variables_bpf__destroy(skel);
	return 0;
}
