// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A library's view of an object that a skeleton has opened: before load, and after it. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#include "events.h"
#include "variables.skel.h"
#include "variables.subskel.h"

int main(void)
{
	struct variables_bpf *skel = variables_bpf__open();
	struct view *view;
	struct limits *limits;

	if (!skel)
		return 1;
	view = view__open(skel->obj);
	if (!view)
		return 1;
	limits = view->rodata.limits;
	printf("default %u %s, letter %c, number %d\n", limits->low, limits->label, *view->data.letter,
	       (*view->data.numbers)[1][2]);
	*view->rodata.wanted = getpid();
	limits->low = 30;
	*view->data_tuned.tuned = 50;
	printf("seen %d %u %ld\n", skel->rodata->wanted == getpid(), skel->rodata->limits.low,
	       skel->data_tuned->tuned);
	printf("same %d %d\n", view->maps.data_tuned == skel->maps.data_tuned,
	       view->progs.on_enter == skel->progs.on_enter);
	view__destroy(view);
	if (variables_bpf__load(skel) || variables_bpf__attach(skel))
		return 1;
	view = view__open(skel->obj);
	if (!view)
		return 1;
	syscall(SYS_getppid);
	variables_bpf__detach(skel);
	printf("calls %d, low %u, number %d, verdict %d\n", *view->bss.calls > 0, view->bss.copy->low,
	       (*view->data.numbers)[1][2] >= 50, view->bss.last->verdict);
	*view->bss.calls = 7;
	printf("written %llu\n", (unsigned long long)skel->bss->calls);
	view__destroy(view);
	view__destroy(NULL);
	variables_bpf__destroy(skel);
	return 0;
}
