// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct counters { u64 calls; s64 drift; };
struct { __uint(type, BPF_MAP_TYPE_SK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct counters); } state SEC(".maps");
SEC("struct_ops") void BPF_PROG(init, struct sock *sk) { bpf_sk_storage_get(&state, sk, 0, BPF_SK_STORAGE_GET_F_CREATE); }
SEC("struct_ops") __u32 BPF_PROG(ssthresh, struct sock *sk) { return BPF_CORE_READ((struct tcp_sock *)sk, snd_cwnd); }
SEC("struct_ops") __u32 BPF_PROG(undo_cwnd, struct sock *sk) { return 2; }
SEC(".struct_ops") struct tcp_congestion_ops plain = { .ssthresh = (void *)ssthresh, .undo_cwnd = (void *)undo_cwnd, .init = (void *)init, .name = "corpus_plain" };
SEC(".struct_ops.link") struct tcp_congestion_ops linked = { .ssthresh = (void *)ssthresh, .undo_cwnd = (void *)undo_cwnd, .name = "corpus_link" };
char LICENSE[] SEC("license") = "GPL";
