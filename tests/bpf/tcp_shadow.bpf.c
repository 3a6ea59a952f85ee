// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A congestion control with candidates for every callback, a plain program, settings and counters. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct event_count {
	__u64 calls;
	__u32 last_window;
};

/* Calls by callback: 0 is original, 1 is replacement. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct event_count);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} marks SEC(".maps");

const volatile __u32 step = 1;
const volatile bool enabled = true;
const volatile char label[8] = "none";
__u64 written = 7;

extern __u32 tcp_reno_ssthresh(struct sock *sk) __ksym;
extern void tcp_reno_cong_avoid(struct sock *sk, __u32 ack, __u32 acked) __ksym;
extern __u32 tcp_reno_undo_cwnd(struct sock *sk) __ksym;

static __always_inline void count(struct sock *sk, __u32 key)
{
	struct event_count fresh = {}, *found;

	if (!enabled)
		return;
	found = bpf_map_lookup_elem(&counts, &key);
	if (!found) {
		bpf_map_update_elem(&counts, &key, &fresh, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&counts, &key);
		if (!found)
			return;
	}
	__sync_fetch_and_add(&found->calls, step);
	found->last_window = ((const struct tcp_sock *)sk)->snd_cwnd;
	written++;
}

SEC("struct_ops")
void BPF_PROG(original, struct sock *sk, __u32 ack, __u32 acked)
{
	count(sk, 0);
	tcp_reno_cong_avoid(sk, ack, acked);
}

SEC("struct_ops")
void BPF_PROG(replacement, struct sock *sk, __u32 ack, __u32 acked)
{
	count(sk, 1);
	tcp_reno_cong_avoid(sk, ack, acked);
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return tcp_reno_ssthresh(sk);
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return tcp_reno_undo_cwnd(sk);
}

SEC("struct_ops")
void BPF_PROG(set_state, struct sock *sk, __u8 new_state)
{
}

/* No map names it: it is not loaded unless somebody makes it a callback. */
SEC("struct_ops")
void BPF_PROG(spare, struct sock *sk, __u8 new_state)
{
	count(sk, 2);
}

/* Not a struct_ops program. */
SEC("raw_tp/sys_enter")
int on_sys_enter(void *ctx)
{
	__u32 key = 3;
	__u64 *mark = bpf_map_lookup_elem(&marks, &key);

	if (mark)
		__sync_fetch_and_add(mark, 1);
	return 0;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops shadowed = {
	.cong_avoid = (void *)original,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.set_state = (void *)set_state,
	.flags = 1,
	.name = "t_default",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops second = {
	.cong_avoid = (void *)original,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "t_second",
};

/* Without a link in the kernel. */
SEC(".struct_ops")
struct tcp_congestion_ops plain = {
	.cong_avoid = (void *)original,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "t_plain",
};
