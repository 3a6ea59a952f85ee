// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
struct hid_like_ops { int hid_id; u32 flags; struct list_head list; int (*device_event)(void *ctx, int type, u64 source); int (*rdesc_fixup)(void *ctx); struct { struct { u16 bus; u16 group; u32 vendor, product; }; } match[2]; };
SEC("struct_ops.s/hid_device_event") int BPF_PROG(on_event, void *event, int type) { return 0; }
SEC(".struct_ops.link") struct hid_like_ops device = { .device_event = (void *)on_event, .flags = 1, .match = { { .vendor = 3 } } };
SEC(".struct_ops.link") struct hid_like_ops other = { .hid_id = 4 };
SEC("?.struct_ops.link") struct hid_like_ops maybe, maybe_not;
char LICENSE[] SEC("license") = "GPL";
