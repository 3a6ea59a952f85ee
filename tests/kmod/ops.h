/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/*
 * An ops type with every kind of member that a kernel registers. Shared by the module and by the BPF program, so
 * that the program needs no BTF of the module to be compiled. Whoever includes it has __u8 to __s64 and bool.
 *
 * There are no bitfields and no anonymous members at the top: registration refuses both.
 */
#ifndef LIBBPF_SAFE_OPS_H
#define LIBBPF_SAFE_OPS_H

enum safe_level {
	SAFE_LEVEL_NONE = 0,
	SAFE_LEVEL_LOW = 3,
	SAFE_LEVEL_HIGH = 0x7fffffff,
};

enum safe_shift {
	SAFE_SHIFT_DOWN = -5,
	SAFE_SHIFT_UP = 5,
};

enum safe_wide {
	SAFE_WIDE_SMALL = 1,
	SAFE_WIDE_LARGE = 0x123456789abcdef0ULL,
};

struct safe_point {
	__s16 x;
	__s16 y;
};

struct safe_box {
	struct safe_point corners[2];
	__u64 area;
	/* Without a name of its own: allowed below the top. */
	union {
		__u32 colour;
		__u8 channels[4];
	};
};

union safe_value {
	__u64 number;
	char letters[8];
	struct safe_point point;
};

struct safe_packed {
	__u8 tag;
	__u32 value;
	__u16 tail;
} __attribute__((packed));

struct safe_aligned {
	__u32 value;
} __attribute__((aligned(16)));

typedef __u32 safe_handle;

struct safe_ops {
	/* Required. */
	int (*choose)(int value);
	/* Optional. */
	__u64 (*weigh)(__u32 value, __u64 factor);

	char name[16];
	__s8 s8;
	__u8 u8;
	__s16 s16;
	__u16 u16;
	__s32 s32;
	__u32 u32;
	__s64 s64;
	__u64 u64;
	long word;
	char letter;
	bool on;
	bool switches[3];
	safe_handle handle;
	enum safe_level level;
	enum safe_shift shift;
	enum safe_wide wide;
	__u32 table[4];
	__s16 grid[2][3];
	char words[2][8];
	struct safe_point at;
	struct safe_point path[2];
	struct safe_box box;
	struct {
		__u32 low;
		__u32 high;
	} range;
	union safe_value value;
	struct safe_packed packed;
	struct safe_aligned aligned;
	void *data;

	/* Optional, and the last member. */
	void (*notify)(__u32 event);
};

#endif
