// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * One map for each subsystem that has rules, which keeps them all. Each is optional, for no kernel has all. Tests
 * break the rules one by one.
 */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

struct sk_buff {
	int len;
} __attribute__((preserve_access_index));
struct bpf_sk_buff_ptr {
	struct sk_buff *skb;
} __attribute__((preserve_access_index));

/* Weak: other kernels load other maps. */
extern void bpf_qdisc_skb_drop(struct sk_buff *skb, struct bpf_sk_buff_ptr *to_free)
	__attribute__((section(".ksyms"), weak));

struct sock;
struct Qdisc;
struct nlattr;
struct netlink_ext_ack;
struct task_struct;
struct hid_bpf_ctx;
struct iou_ctx;
struct iou_loop_params;

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
	__u32 key;
	__u32 flags;
};

struct sched_ext_ops {
	__s32 (*init)(void);
	__u32 dispatch_max_batch;
	__u64 flags;
	__u32 timeout_ms;
	char name[128];
};

struct Qdisc_ops {
	char id[16];
	int priv_size;
	unsigned int static_flags;
	int (*enqueue)(struct sk_buff *skb, struct Qdisc *sch, struct sk_buff **to_free);
	struct sk_buff *(*dequeue)(struct Qdisc *sch);
	int (*init)(struct Qdisc *sch, struct nlattr *arg, struct netlink_ext_ack *extack);
	void (*reset)(struct Qdisc *sch);
	void (*destroy)(struct Qdisc *sch);
};

struct hid_bpf_ops {
	int hid_id;
	__u32 flags;
	int (*hid_device_event)(struct hid_bpf_ctx *ctx, int report_type, __u64 source);
};

struct io_uring_bpf_ops {
	int (*loop_step)(struct iou_ctx *ctx, struct iou_loop_params *params);
	__u32 ring_fd;
};

#define PROGRAM(name) \
	SEC("struct_ops") int name(__u64 *ctx) \
	{ \
		return 0; \
	}

PROGRAM(tcp_ssthresh)
PROGRAM(tcp_cong_avoid)
PROGRAM(tcp_undo_cwnd)
PROGRAM(qdisc_dequeue)
PROGRAM(qdisc_init)
PROGRAM(qdisc_reset)
PROGRAM(qdisc_destroy)
PROGRAM(hid_event)
PROGRAM(ring_step)

SEC("struct_ops.s") int scheduler_init(__u64 *ctx)
{
	return 0;
}

/* A packet that it gets is its own to give back. */
SEC("struct_ops") int qdisc_enqueue(__u64 *ctx)
{
	bpf_qdisc_skb_drop((struct sk_buff *)ctx[0], (struct bpf_sk_buff_ptr *)ctx[2]);
	return 1;
}

/* Without a link, so that it is the same on the oldest kernel. */
SEC("?.struct_ops")
struct tcp_congestion_ops tcp = {
	.ssthresh = (void *)tcp_ssthresh,
	.cong_avoid = (void *)tcp_cong_avoid,
	.undo_cwnd = (void *)tcp_undo_cwnd,
	.name = "t_refused",
};

SEC("?.struct_ops.link")
struct sched_ext_ops scheduler = {
	.init = (void *)scheduler_init,
	.timeout_ms = 5000,
	.name = "refused",
};

SEC("?.struct_ops.link")
struct Qdisc_ops qdisc = {
	.id = "t_refused",
	.enqueue = (void *)qdisc_enqueue,
	.dequeue = (void *)qdisc_dequeue,
	.init = (void *)qdisc_init,
	.reset = (void *)qdisc_reset,
	.destroy = (void *)qdisc_destroy,
};

SEC("?.struct_ops.link")
struct hid_bpf_ops device = {
	.hid_device_event = (void *)hid_event,
	.hid_id = 0x7fffffff,
};

SEC("?.struct_ops.link")
struct io_uring_bpf_ops ring = {
	.loop_step = (void *)ring_step,
};
