// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Names that Rust has other uses for. */
#include "small.h"

char LICENSE[] SEC("license") = "GPL";

enum match {
	fn,
	loop,
	Self,
};

struct u32 {
	__u8 struct_;
	__u32 self;
	enum match async;
};

struct Option {
	__u64 type;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct u32);
	__type(value, struct Option);
} map SEC(".maps");

int type;
int object;
const volatile enum match crate = loop;

struct ops___v2 {
	int (*impl)(void);
	int (*yield)(void);
	int ref;
};

SEC("struct_ops")
int prog(__u64 *ctx)
{
	return type + object + crate;
}

SEC(".struct_ops.link")
struct ops___v2 mod = {
	.impl = (void *)prog,
};
