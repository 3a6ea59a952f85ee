// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Variables of many kinds, in all sections, and a program that reads and writes them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "events.h"

extern int LINUX_KERNEL_VERSION __kconfig;
extern unsigned long CONFIG_HZ __kconfig __weak;

const volatile int wanted;
const volatile struct limits limits = { 1, 2, "default" };
const volatile bool strict = true;

u64 calls;
seen_t last;
struct limits copy;
int version;
struct task_struct *task;
void *nothing;
struct {
	u32 a;
	struct limits inner;
} pair;
static u32 hidden;

enum verdict verdict = VERDICT_PASS;
short numbers[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
char letter = 'x';

long tuned SEC(".data.tuned") = 11;
u32 weights[4] SEC(".rodata.weights") = { 1, 2, 3, 4 };

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long id)
{
	int pid = bpf_get_current_pid_tgid() >> 32;

	if (!wanted || pid != wanted)
		return 0;
	calls++;
	hidden++;
	last.pid = pid;
	last.verdict = verdict;
	copy.low = limits.low + strict;
	copy.high = limits.high + weights[calls & 3];
	copy.label[0] = limits.label[0];
	version = LINUX_KERNEL_VERSION;
	task = bpf_get_current_task_btf();
	numbers[1][2] = tuned;
	pair.inner.low = hidden != 0;
	return 0;
}

SEC("raw_tp/sys_exit")
int on_exit(void *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;

	if (wanted && pid == wanted)
		tuned++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
