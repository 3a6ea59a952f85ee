// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A library: linked into objects of others, which it is a part of. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct library_sample {
	__u32 kind;
	__u64 bytes;
	char label[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct library_sample);
} library_samples SEC(".maps");

enum library_mood { LIBRARY_GOOD, LIBRARY_BAD };

/* Members of every kind. */
struct library_kinds {
	__u8 low : 3;
	__u8 high : 5;
	_Bool is_set;
	enum library_mood mood;
	union {
		__u64 word;
		__s16 half;
	};
	struct {
		__u16 x;
		__u16 y;
	} points[2];
	void *address;
};

const volatile __u32 library_step = 1;
__u64 library_calls;
struct library_sample library_last;
struct library_kinds library_shapes = { .high = 3, .word = 7 };
static volatile __u32 hidden;

SEC("socket")
int library_count(struct __sk_buff *skb)
{
	struct library_sample sample = { .kind = hidden, .bytes = library_step, .label = "library" };
	__u32 key = 0;

	library_calls++;
	library_last = sample;
	bpf_map_update_elem(&library_samples, &key, &sample, BPF_ANY);
	return 0;
}
