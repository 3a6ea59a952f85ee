/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* The little that the C tests' BPF sources need: no vmlinux.h, so their types are the same everywhere. */
#ifndef C_PLAIN_H
#define C_PLAIN_H

#define SEC(name) __attribute__((section(name), used))

typedef unsigned int u32;
typedef unsigned long long u64;

struct sock {
	char opaque;
};

/* A callback that nothing calls. */
#define EMPTY_CALLBACK(name) \
	SEC("struct_ops") int name(u64 *ctx) \
	{ \
		return 0; \
	}

char LICENSE[] SEC("license") = "GPL";

#endif /* C_PLAIN_H */
