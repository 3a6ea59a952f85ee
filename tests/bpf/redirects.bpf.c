// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* An XDP program that sends frames where maps say, and programs that those maps run there: they write into the frame. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define REDIRECTS(map_type, value_type, name)		\
	struct {					\
		__uint(type, map_type);			\
		__uint(max_entries, 4);			\
		__type(key, __u32);			\
		__type(value, value_type);		\
	} name SEC(".maps")

REDIRECTS(BPF_MAP_TYPE_DEVMAP, struct bpf_devmap_val, devices);
REDIRECTS(BPF_MAP_TYPE_DEVMAP_HASH, struct bpf_devmap_val, device_hash);
REDIRECTS(BPF_MAP_TYPE_DEVMAP, __u32, narrow_devices);
REDIRECTS(BPF_MAP_TYPE_CPUMAP, struct bpf_cpumap_val, cpus);
REDIRECTS(BPF_MAP_TYPE_CPUMAP, __u32, narrow_cpus);
REDIRECTS(BPF_MAP_TYPE_XSKMAP, __u32, sockets);

enum way {
	DEVICES,
	DEVICE_HASH,
	NARROW_DEVICES,
	CPUS,
	NARROW_CPUS,
	SOCKETS,
};

enum way way;
__u32 key;
__u64 taken;

/* The frame's bytes behind its header, where it is one of the tests'; there are other frames, which nobody asked for. */
static __always_inline __u8 *letter(struct xdp_md *ctx)
{
	__u8 *frame = (void *)(long)ctx->data;

	if ((void *)(frame + 20) > (void *)(long)ctx->data_end)
		return NULL;
	/* The protocol for experiments. */
	return frame[12] == 0x88 && frame[13] == 0xb5 ? frame + 14 : NULL;
}

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	if (!letter(ctx))
		return XDP_PASS;
	__sync_fetch_and_add(&taken, 1);
	/* Where the map has nothing under the key, the frame is dropped. */
	switch (way) {
	case DEVICES:
		return bpf_redirect_map(&devices, key, XDP_DROP);
	case DEVICE_HASH:
		return bpf_redirect_map(&device_hash, key, XDP_DROP);
	case NARROW_DEVICES:
		return bpf_redirect_map(&narrow_devices, key, XDP_DROP);
	case CPUS:
		return bpf_redirect_map(&cpus, key, XDP_DROP);
	case NARROW_CPUS:
		return bpf_redirect_map(&narrow_cpus, key, XDP_DROP);
	case SOCKETS:
		return bpf_redirect_map(&sockets, key, XDP_DROP);
	}
	return XDP_ABORTED;
}

/* Lets frames in: a device of this kind takes redirected ones only where a program runs. */
SEC("xdp")
int let_in(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp/devmap")
int at_device(struct xdp_md *ctx)
{
	__u8 *bytes = letter(ctx);

	if (bytes) {
		bytes[0] = 'd';
		bytes[1] = ctx->egress_ifindex;
	}
	return XDP_PASS;
}

SEC("xdp/cpumap")
int at_cpu(struct xdp_md *ctx)
{
	__u8 *bytes = letter(ctx);

	if (bytes) {
		bytes[0] = 'c';
		bytes[1] = bpf_get_smp_processor_id();
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
