// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Types of subsystems that few kernels have, with maps that keep and break their rules. Opens, never loads: its
 * BTF stands for the kernel's too.
 */
#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

struct sched_ext_ops {
	void (*yield)(void *from);
	u32 dispatch_max_batch;
	u64 flags;
	u32 timeout_ms;
	u32 exit_dump_len;
	u64 hotplug_seq;
	char name[128];
	u64 list;
};

struct hid_bpf_ops {
	int hid_id;
	u32 flags;
	u64 list;
	int (*hid_device_event)(void *context);
};

struct Qdisc_ops {
	char id[16];
	int priv_size;
	u32 static_flags;
	int (*enqueue)(void *skb);
	int (*dequeue)(void *qdisc);
	int (*peek)(void *qdisc);
	int (*init)(void *qdisc);
	int (*reset)(void *qdisc);
	int (*destroy)(void *qdisc);
};

struct smc_hs_ctrl {
	u64 list;
	char name[16];
	int flags;
	int (*syn_option)(void *tp);
};

struct io_uring_bpf_ops {
	int (*loop_step)(void *context);
	u32 ring_fd;
	u64 priv;
};

/* No subsystem that is known. */
struct new_ops {
	int (*run)(void *context);
	u32 setting;
};

/* Where a kernel says itself which bits it knows. */
enum scx_ops_flags { SCX_OPS_ALL_FLAGS = 0x7f } known_flags;

/* What a kernel has beside each. */
#define REGISTERED(type) \
	struct bpf_struct_ops_##type { \
		struct type data; \
	} registered_##type

REGISTERED(sched_ext_ops);
REGISTERED(hid_bpf_ops);
REGISTERED(Qdisc_ops);
REGISTERED(smc_hs_ctrl);
REGISTERED(io_uring_bpf_ops);
REGISTERED(new_ops);

char LICENSE[] SEC("license") = "GPL";

SEC("struct_ops") int callback(u64 *ctx)
{
	return 0;
}

SEC("struct_ops") int enqueue(u64 *ctx)
{
	return 0;
}

SEC("struct_ops") int dequeue(u64 *ctx)
{
	return 0;
}

SEC("struct_ops") int init(u64 *ctx)
{
	return 0;
}

SEC("struct_ops") int reset(u64 *ctx)
{
	return 0;
}

SEC("struct_ops") int destroy(u64 *ctx)
{
	return 0;
}

SEC(".struct_ops") struct sched_ext_ops scheduler_right = {
	.dispatch_max_batch = 1,
	.flags = 1,
	.timeout_ms = 1,
	.exit_dump_len = 1,
	.hotplug_seq = 1,
	.name = "a.scheduler_1",
};
SEC(".struct_ops") struct sched_ext_ops scheduler_wrong = {
	.name = "a scheduler",
	.flags = 0x181,
	.list = 1,
};

SEC(".struct_ops") struct hid_bpf_ops hid_right = {
	.hid_id = 1,
	.flags = 8,
};
SEC(".struct_ops") struct hid_bpf_ops hid_wrong = {
	.flags = 9,
	.list = 1,
};

SEC(".struct_ops") struct Qdisc_ops qdisc_right = {
	.id = "right",
	.enqueue = (void *)enqueue,
	.dequeue = (void *)dequeue,
	.init = (void *)init,
	.reset = (void *)reset,
	.destroy = (void *)destroy,
};
SEC(".struct_ops") struct Qdisc_ops qdisc_wrong = {
	.id = "0123456789abcdef",
	.priv_size = 8,
	.static_flags = 1,
};

SEC(".struct_ops") struct smc_hs_ctrl handshake_right = {
	.name = "right",
	.flags = 1,
};
SEC(".struct_ops") struct smc_hs_ctrl handshake_wrong = {
	.flags = -1,
	.list = 1,
};

SEC(".struct_ops") struct io_uring_bpf_ops ring_right = {
	.loop_step = (void *)callback,
	.ring_fd = 3,
};
SEC(".struct_ops") struct io_uring_bpf_ops ring_wrong = {
	.priv = 1,
};

SEC(".struct_ops") struct new_ops new_right = {};
SEC(".struct_ops") struct new_ops new_wrong = {
	.setting = 1,
};
