// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct element { struct bpf_spin_lock lock; u32 count; struct bpf_timer timer; struct bpf_wq wq; u64 last; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, struct element); } elements SEC(".maps");
struct linked_node { struct bpf_list_node list; struct bpf_rb_node tree; u64 key; struct bpf_refcount refs; };
struct root { struct bpf_spin_lock lock; struct bpf_list_head head; struct bpf_rb_root tree; };
SEC(".data.A") struct root roots[2];
SEC(".bss.locked") struct { struct bpf_spin_lock lock; int value; } locked;
static int fire(void *map, int *key, struct element *element) { element->count++; return 0; }
SEC("syscall") int start(void *ctx) { u32 zero = 0; struct element *element = bpf_map_lookup_elem(&elements, &zero); if (!element) return 1; bpf_timer_init(&element->timer, &elements, 1); bpf_timer_set_callback(&element->timer, fire); return bpf_timer_start(&element->timer, 1000, 0); }
char LICENSE[] SEC("license") = "GPL";
