// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
/* In the style of libbpf-tools: keys with padding, histograms as values, settings. */
#define MAX_SLOTS 27
struct hist_key { u32 cmd_flags; dev_t dev; u8 kind; };
struct hist { __u32 slots[MAX_SLOTS]; };
static struct hist empty_hist;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 256); __type(key, struct hist_key); __type(value, struct hist); } hists SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 10240); __type(key, struct request *); __type(value, u64); } start SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __type(key, u32); } stackmap SEC(".maps");
struct internal { union { struct { enum { READ, WRITE } op : 4; u32 error : 1, : 3, retries : 24; }; u32 word; }; u64 delta; } last;
SEC("raw_tp/block_rq_issue") int block_issue(u64 *ctx) { struct hist_key key = {}; u64 now = bpf_ktime_get_ns(); struct request *rq = (void *)ctx[0]; bpf_map_update_elem(&start, &rq, &now, 0); bpf_map_update_elem(&hists, &key, &empty_hist, 0); return 0; }
char LICENSE[] SEC("license") = "GPL";
