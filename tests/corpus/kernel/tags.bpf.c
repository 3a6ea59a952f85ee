// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define __mine __attribute__((btf_type_tag("mine"))) __attribute__((btf_decl_tag("mine")))
struct tagged { int __mine *pointer; int value __attribute__((btf_decl_tag("value"))); } __attribute__((btf_decl_tag("tagged")));
struct tagged tagged; int __attribute__((btf_decl_tag("global"))) global;
__weak int checked(struct tagged *arg __attribute__((btf_decl_tag("arg:nonnull")))) { return arg ? arg->value : 0; }
SEC("?tc") int uses(struct __sk_buff *skb) { return checked(&tagged) + global; }
char LICENSE[] SEC("license") = "GPL";
