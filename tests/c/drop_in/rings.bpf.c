// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Samples come in by one ring, and go out by another. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "events.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} out SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} in SEC(".maps");

int added;

static long echo(struct bpf_dynptr *sample, void *context)
{
	struct event *event, given = {};

	bpf_dynptr_read(&given, sizeof(given), sample, 0, 0);
	event = bpf_ringbuf_reserve(&out, sizeof(*event), 0);
	if (!event)
		return 1;
	event->number = given.number + added;
	event->kind = given.kind;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("syscall")
int drain(void *ctx)
{
	bpf_user_ringbuf_drain(&in, echo, NULL, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
