// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* One program that loads, and programs that are refused, each for a reason of its own. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

/* To the kernel, what follows "___" is not part of the name. It has no such member. */
struct task_struct___mine {
	int no_such_field;
} __attribute__((preserve_access_index));

extern int no_such_kfunc(void) __ksym __weak;

SEC("raw_tp/sys_enter")
int fine(void *ctx)
{
	return 0;
}

/* The result of a lookup is followed without a look at it. */
SEC("raw_tp/sys_enter")
int unchecked(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &key);

	return *value;
}

SEC("raw_tp/sys_enter")
int no_field(void *ctx)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task();
	int field;

	bpf_probe_read_kernel(&field, sizeof(field), &task->no_such_field);
	return field;
}

SEC("raw_tp/sys_enter")
int no_kfunc(void *ctx)
{
	return no_such_kfunc();
}

SEC("fentry/no_such_function")
int no_function(void *ctx)
{
	return 0;
}

/* Loads, and has nowhere to go. */
SEC("raw_tp/no_such_tracepoint")
int no_tracepoint(void *ctx)
{
	return 0;
}

/* Where to attach it is not in the section's name. */
SEC("tc")
int nowhere(void *ctx)
{
	return 0;
}

/* Where the object's BTF does not say that the kernel is to keep count of what is there. */
SEC("raw_tp/sys_enter")
int no_pointer(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &key);

	if (value)
		bpf_kptr_xchg(value, (void *)0);
	return 0;
}
