// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A TCP congestion control whose settings and callbacks user space chooses before load: Reno's rules
 * with another pace of growth, a limit on the window, and counters.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* What user space counts: calls of each callback, and the bytes and windows seen there. */
enum counted_callback {
	CALLBACK_INIT,
	CALLBACK_SSTHRESH,
	CALLBACK_CONG_AVOID,
	CALLBACK_SET_STATE,
	CALLBACK_CWND_EVENT,
};

struct call_count {
	__u64 calls;
	__u64 segments_acked;
	__u32 last_window;	/* in segments */
	__u32 largest_window;	/* in segments */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, enum counted_callback);
	__type(value, struct call_count);
} call_counts SEC(".maps");

/* Settings: constants to the verifier, to be set before load. */
const volatile __u32 window_limit = 0;	/* in segments; 0 is no limit */
const volatile bool counting = true;

/* The kernel's own Reno. */
extern __u32 tcp_reno_ssthresh(struct sock *sk) __ksym;
extern void tcp_reno_cong_avoid(struct sock *sk, __u32 ack, __u32 acked) __ksym;
extern __u32 tcp_reno_undo_cwnd(struct sock *sk) __ksym;

static __always_inline void count(enum counted_callback callback, struct sock *sk, __u32 acked)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	struct call_count zero = {}, *counts;

	if (!counting)
		return;
	counts = bpf_map_lookup_elem(&call_counts, &callback);
	if (!counts) {
		bpf_map_update_elem(&call_counts, &callback, &zero, BPF_NOEXIST);
		counts = bpf_map_lookup_elem(&call_counts, &callback);
		if (!counts)
			return;
	}
	__sync_fetch_and_add(&counts->calls, 1);
	__sync_fetch_and_add(&counts->segments_acked, acked);
	counts->last_window = tp->snd_cwnd;
	if (tp->snd_cwnd > counts->largest_window)
		counts->largest_window = tp->snd_cwnd;
}

static __always_inline bool at_limit(struct sock *sk)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;

	return window_limit && tp->snd_cwnd >= window_limit;
}

SEC("struct_ops")
void BPF_PROG(init, struct sock *sk)
{
	count(CALLBACK_INIT, sk, 0);
}

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	count(CALLBACK_SSTHRESH, sk, 0);
	return tcp_reno_ssthresh(sk);
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return tcp_reno_undo_cwnd(sk);
}

/* Grows as Reno does. */
SEC("struct_ops")
void BPF_PROG(steady, struct sock *sk, __u32 ack, __u32 acked)
{
	count(CALLBACK_CONG_AVOID, sk, acked);
	if (!at_limit(sk))
		tcp_reno_cong_avoid(sk, ack, acked);
}

/* Grows as if four times as much had been acknowledged. */
SEC("struct_ops")
void BPF_PROG(eager, struct sock *sk, __u32 ack, __u32 acked)
{
	count(CALLBACK_CONG_AVOID, sk, acked);
	if (!at_limit(sk))
		tcp_reno_cong_avoid(sk, ack, acked * 4);
}

/* Never grows. */
SEC("struct_ops")
void BPF_PROG(frozen, struct sock *sk, __u32 ack, __u32 acked)
{
	count(CALLBACK_CONG_AVOID, sk, acked);
}

SEC("struct_ops")
void BPF_PROG(set_state, struct sock *sk, __u8 new_state)
{
	count(CALLBACK_SET_STATE, sk, 0);
}

SEC("struct_ops")
void BPF_PROG(cwnd_event, struct sock *sk, enum tcp_ca_event event)
{
	count(CALLBACK_CWND_EVENT, sk, 0);
}

SEC(".struct_ops.link")
struct tcp_congestion_ops demo = {
	.init = (void *)init,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)steady,
	.set_state = (void *)set_state,
	.cwnd_event = (void *)cwnd_event,
	.flags = 0,
	.name = "bpf_demo",
};
