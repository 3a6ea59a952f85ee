// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Programs whose section does not say where they are to be attached. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tc")
int classify(struct __sk_buff *skb)
{
	return 0;
}

SEC("xdp")
int receive(struct xdp_md *ctx)
{
	return 2; /* XDP_PASS */
}

SEC("cgroup/dev")
int device(struct bpf_cgroup_dev_ctx *ctx)
{
	return 1;
}

SEC("syscall")
int run(void *ctx)
{
	return 0;
}

SEC("tp")
int trace(void *ctx)
{
	return 0;
}

SEC("raw_tp")
int raw_trace(void *ctx)
{
	return 0;
}

/* There is no such tracepoint: the kernel refuses, and not libbpf. */
SEC("tp/no/such_tracepoint")
int misnamed(void *ctx)
{
	return 0;
}
