// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Compiled without -g: a struct_ops map needs the BTF that is then missing. */
#define SEC(name) __attribute__((section(name), used))

char LICENSE[] SEC("license") = "GPL";

struct tcp_congestion_ops {
	unsigned int (*ssthresh)(void *sk);
	char name[16];
};

SEC("struct_ops")
unsigned int ssthresh(unsigned long long *ctx)
{
	return 2;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops without_btf = {
	.ssthresh = (void *)ssthresh,
	.name = "t_no_btf",
};
