// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* For a function of another program, `decide` of kernel_functions.bpf.c: one in its place, one at its end. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u64 replacement_hits, tracer_hits;

SEC("freplace/decide")
int replacement(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&replacement_hits, 1);
	return XDP_DROP;
}

SEC("fexit/decide")
int tracer(void *ctx)
{
	__sync_fetch_and_add(&tracer_hits, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
