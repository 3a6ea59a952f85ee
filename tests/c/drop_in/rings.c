// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A ring buffer, and one in the other direction. */
#include <stdio.h>
#include <bpf/bpf.h>

#include "events.h"
#include "rings.skel.h"

static int on_event(void *ctx, void *data, size_t size)
{
	struct event *event = data;

	(void)ctx;
	printf("event %llu %u, %zu bytes\n", event->number, event->kind, size);
	return 0;
}

int main(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct user_ring_buffer *in;
	struct ring_buffer *out;
	struct rings_bpf *skel = rings_bpf__open_and_load();
	struct event *event;
	int i;

	if (!skel || rings_bpf__attach(skel))
		return 1;
	skel->bss->added = 100;
	out = ring_buffer__new(bpf_map__fd(skel->maps.out), on_event, NULL, NULL);
	in = user_ring_buffer__new(bpf_map__fd(skel->maps.in), NULL);
	if (!out || !in)
		return 1;
	for (i = 0; i < 3; i++) {
		event = user_ring_buffer__reserve(in, sizeof(*event));
		if (!event)
			return 1;
		event->number = i;
		event->kind = 40 + i;
		user_ring_buffer__submit(in, event);
	}
	printf("run %d\n", bpf_prog_test_run_opts(bpf_program__fd(skel->progs.drain), &opts));
	printf("consumed %d\n", ring_buffer__consume(out));
	user_ring_buffer__free(in);
	ring_buffer__free(out);
	rings_bpf__destroy(skel);
	return 0;
}
