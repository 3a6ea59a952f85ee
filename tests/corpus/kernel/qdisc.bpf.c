// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct queue_data { struct bpf_list_node node; struct sk_buff __kptr *skb; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct queue_data); } queues SEC(".maps");
struct qdisc_like_ops { struct qdisc_like_ops *next; const void *cl_ops; char id[16]; int priv_size; unsigned int static_flags; int (*enqueue)(struct sk_buff *skb, void *sch, struct sk_buff **to_free); struct sk_buff *(*dequeue)(void *sch); void (*reset)(void *sch); struct module *owner; };
SEC("struct_ops") int BPF_PROG(enqueue, struct sk_buff *skb, void *sch) { return 0; }
SEC(".struct_ops") struct qdisc_like_ops fifo = { .enqueue = (void *)enqueue, .id = "bpf_fifo" };
char LICENSE[] SEC("license") = "GPL";
