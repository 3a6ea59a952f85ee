// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 100); } arena SEC(".maps");
struct arena_node { struct arena_node *next; u64 value; };
struct arena_node *head; u64 allocated, freed[2];
void *bpf_arena_alloc_pages(void *map, void *addr, __u32 page_cnt, int node_id, __u64 flags) __ksym __weak;
SEC("syscall") int allocate(void *ctx) { allocated++; return head != NULL; }
char LICENSE[] SEC("license") = "GPL";
