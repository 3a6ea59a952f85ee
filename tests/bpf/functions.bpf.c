// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* What is looked at from all sides: a program that counts, in a function of its own, and others that are asked for. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} own SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 7);
		__type(key, __u32);
		__type(value, __u32);
	});
} outer SEC(".maps");

const volatile __u64 step = 1;

static __noinline int add(void *map, __u64 by)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (!value)
		return -1;
	*value += by;
	return (int)*value;
}

SEC("syscall")
int count(void *ctx)
{
	return add(&counts, step);
}

SEC("?syscall")
int keep(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&own, &key);

	return value ? (int)++*value : -1;
}

/* Uses what is to be the other's alone. */
SEC("?syscall")
int peek(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&own, &key);

	return value ? (int)*value + 100 : -1;
}

/* The verifier rejects it: there is no such element, and newer ones know which there are. */
SEC("?syscall")
int broken(void *ctx)
{
	__u32 key = 9;
	__u64 *value = bpf_map_lookup_elem(&counts, &key);

	return (int)*value;
}

/* Its name in 6.18, and later. The last argument is the verifier's affair. */
extern int bpf_stream_vprintk_impl(int stream_id, const char *fmt__str, const void *args, __u32 len__sz,
				   void *aux__prog) __weak __ksym;
extern int bpf_stream_vprintk(int stream_id, const char *fmt__str, const void *args, __u32 len__sz) __weak __ksym;

SEC("?syscall")
int speak(void *ctx)
{
	static const char format[] = "counted to %d\n";
	__u64 arguments[] = { 3 };

	if (bpf_ksym_exists(bpf_stream_vprintk_impl))
		return bpf_stream_vprintk_impl(1, format, arguments, sizeof(arguments), NULL);
	if (bpf_ksym_exists(bpf_stream_vprintk))
		return bpf_stream_vprintk(1, format, arguments, sizeof(arguments));
	return -1;
}

/* libbpf does not know what is in such a section. */
SEC("?my_own")
int odd(void *ctx)
{
	return 2;
}
