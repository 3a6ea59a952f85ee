// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The functions that C++ has on the struct, with the object of variables.c. */
#include <cstdio>
#include <cerrno>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#include "events.h"
#include "variables.skel.h"

int main()
{
	size_t size;
	variables_bpf *skel = variables_bpf::open();

	if (!skel)
		return 1;
	skel->rodata->wanted = getpid();
	skel->rodata->limits = limits{ 5, 6, "cpp" };
	if (variables_bpf::load(skel) || variables_bpf::attach(skel))
		return 1;
	syscall(SYS_getppid);
	variables_bpf::detach(skel);
	struct task_struct *task = skel->bss->task;
	enum verdict verdict = skel->bss->last.verdict;
	printf("low %u, letter %c, verdict %d, task %d\n", skel->bss->copy.low, skel->bss->copy.label[0],
	       verdict, task != nullptr);
	printf("bytes %d %zu\n", variables_bpf::elf_bytes(&size) != nullptr, size);
	variables_bpf::destroy(skel);
	skel = variables_bpf::open_and_load();
	printf("again %d, calls %d\n", skel != nullptr, (int)skel->bss->calls);
	variables_bpf::destroy(skel);
	skel = nullptr;
	variables_bpf::destroy(skel);
	return 0;
}
