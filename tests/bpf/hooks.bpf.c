// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program for hooks of devices, sockets and events: each counts how often it ran. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define TC_ACT_UNSPEC -1
#define BPF_FLOW_DISSECTOR_CONTINUE 129

#define HOOK(section, name, type, verdict)                                                         \
	__u64 name##_hits;                                                                         \
	SEC(section)                                                                               \
	int name(type *ctx)                                                                        \
	{                                                                                          \
		__sync_fetch_and_add(&name##_hits, 1);                                             \
		return verdict;                                                                    \
	}

HOOK("xdp", on_xdp, struct xdp_md, XDP_PASS)
HOOK("xdp", xdp_other, struct xdp_md, XDP_PASS)
HOOK("xdp.frags", xdp_frags, struct xdp_md, XDP_PASS)
HOOK("tc", on_tc, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("tc", tc_other, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("tcx/ingress", tcx_ingress, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("tcx/ingress", tcx_ingress_other, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("tcx/egress", tcx_egress, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("netkit/primary", netkit_primary, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("netkit/peer", netkit_peer, struct __sk_buff, TC_ACT_UNSPEC)
HOOK("flow_dissector", dissector, struct __sk_buff, BPF_FLOW_DISSECTOR_CONTINUE)
HOOK("sk_lookup", lookup, struct bpf_sk_lookup, SK_PASS)
HOOK("socket", filter, struct __sk_buff, 3)
HOOK("sk_reuseport", reuseport, struct sk_reuseport_md, SK_PASS)
HOOK("sk_skb/stream_parser", parser, struct __sk_buff, ctx->len)
HOOK("sk_skb/stream_verdict", stream_verdict, struct __sk_buff, SK_PASS)
HOOK("sk_skb/verdict", verdict, struct __sk_buff, SK_PASS)
HOOK("sk_msg", message, struct sk_msg_md, SK_PASS)
HOOK("netfilter", on_netfilter, struct bpf_nf_ctx, 1)

__u64 cookie;

#define EVENT(section, name)                                                                       \
	__u64 name##_hits;                                                                         \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		__sync_fetch_and_add(&name##_hits, 1);                                             \
		cookie = bpf_get_attach_cookie(ctx);                                               \
		return 0;                                                                          \
	}

EVENT("perf_event", on_event)
EVENT("tracepoint", at_tracepoint)
EVENT("uprobe", on_uprobe)
EVENT("uretprobe", on_uretprobe)
EVENT("uprobe.multi", uprobe_multi)
EVENT("uretprobe.multi", uretprobe_multi)
EVENT("uprobe.session", uprobe_session)
EVENT("uprobe.multi.s", uprobe_multi_sleepable)

/* Of other programs, which have no cookie to ask for, or not on each kernel. */
HOOK("raw_tp", raw_tracepoint, void, 0)
HOOK("raw_tp.w", raw_tracepoint_writable, void, 0)

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
