// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program for each way to attach that this library has: each counts how often it ran. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

#define TCX_NEXT -1
#define NF_ACCEPT 1

/* The thread group whose events are counted, where they are those of a process. */
const volatile __u32 process;

__u64 raw_hits, raw_elsewhere_hits, typed_hits, tracepoint_hits, uprobe_hits, uprobe_multi_hits;
__u64 usdt_hits, egress_hits, connect_hits, xdp_hits, xdp_other_hits, lookup_hits, message_hits;
__u64 netfilter_hits, perf_hits, kprobe_hits, entry_hits;
__u64 cookie, usdt_argument;
/* What ran when, as digits. */
__u64 order;

static int is_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == process;
}

SEC("raw_tp/sys_enter")
int raw(void *ctx)
{
	if (is_ours())
		__sync_fetch_and_add(&raw_hits, 1);
	return 0;
}

SEC("raw_tp")
int raw_elsewhere(void *ctx)
{
	if (is_ours())
		__sync_fetch_and_add(&raw_elsewhere_hits, 1);
	return 0;
}

SEC("tp_btf/sys_enter")
int typed(void *ctx)
{
	if (is_ours()) {
		__sync_fetch_and_add(&typed_hits, 1);
		cookie = bpf_get_attach_cookie(ctx);
	}
	return 0;
}

SEC("tracepoint")
int at_tracepoint(void *ctx)
{
	__sync_fetch_and_add(&tracepoint_hits, 1);
	cookie = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("uprobe")
int at_function(void *ctx)
{
	__sync_fetch_and_add(&uprobe_hits, 1);
	cookie = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("uprobe.multi")
int at_functions(void *ctx)
{
	__sync_fetch_and_add(&uprobe_multi_hits, 1);
	cookie = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("usdt")
int at_probe(struct pt_regs *ctx)
{
	long argument = 0;

	bpf_usdt_arg(ctx, 0, &argument);
	usdt_argument = argument;
	cookie = bpf_usdt_cookie(ctx);
	__sync_fetch_and_add(&usdt_hits, 1);
	return 0;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *packet)
{
	__sync_fetch_and_add(&egress_hits, 1);
	return 1;
}

SEC("cgroup/connect4")
int at_connect(struct bpf_sock_addr *address)
{
	if (is_ours())
		__sync_fetch_and_add(&connect_hits, 1);
	return 1;
}

SEC("xdp")
int on_device(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&xdp_hits, 1);
	return XDP_PASS;
}

SEC("xdp")
int on_device_instead(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&xdp_other_hits, 1);
	return XDP_PASS;
}

SEC("tcx/ingress")
int one(struct __sk_buff *packet)
{
	order = order * 10 + 1;
	return TCX_NEXT;
}

SEC("tcx/ingress")
int two(struct __sk_buff *packet)
{
	order = order * 10 + 2;
	return TCX_NEXT;
}

SEC("tcx/ingress")
int three(struct __sk_buff *packet)
{
	order = order * 10 + 3;
	return TCX_NEXT;
}

SEC("sk_lookup")
int at_lookup(struct bpf_sk_lookup *lookup)
{
	__sync_fetch_and_add(&lookup_hits, 1);
	return SK_PASS;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

SEC("sk_msg")
int on_message(struct sk_msg_md *message)
{
	__sync_fetch_and_add(&message_hits, 1);
	return SK_PASS;
}

SEC("netfilter")
int in_netfilter(struct bpf_nf_ctx *ctx)
{
	__sync_fetch_and_add(&netfilter_hits, 1);
	return NF_ACCEPT;
}

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

SEC("iter/bpf_map_elem")
int list_numbers(struct bpf_iter__bpf_map_elem *ctx)
{
	__u32 *key = ctx->key;
	__u64 *value = ctx->value;
	static const char format[] = "%u=%llu\n";
	__u64 arguments[2];

	if (!key || !value)
		return 0;
	arguments[0] = *key;
	arguments[1] = *value;
	bpf_seq_printf(ctx->meta->seq, format, sizeof(format), arguments, sizeof(arguments));
	return 0;
}

SEC("iter/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	static const char format[] = "%d\n";
	struct task_struct *task = ctx->task;
	__u64 pid;

	if (!task)
		return 0;
	pid = task->tgid;
	bpf_seq_printf(ctx->meta->seq, format, sizeof(format), &pid, sizeof(pid));
	return 0;
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC(".struct_ops.link")
struct tcp_congestion_ops control = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "t_attach",
};

char LICENSE[] SEC("license") = "GPL";
