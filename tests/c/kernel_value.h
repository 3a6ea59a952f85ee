/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the kernel has of an object. */
#ifndef KERNEL_VALUE_H
#define KERNEL_VALUE_H

#include "common.h"

/* Several of these tests run at once, and names of congestion controls are global. */
const char *unique_name(void);

bool is_registered(const char *name);

/* The kernel's copy of a tcp_congestion_ops map, and the layout that it has there. */
struct kernel_value {
	struct btf *btf;
	const struct btf_type *type;
	char *bytes;
	char *data;
};

void read_kernel_value(struct kernel_value *value, const struct bpf_map *map);
const char *kernel_bytes(const struct kernel_value *value, const char *name);
__u32 kernel_u32(const struct kernel_value *value, const char *name);
__u64 kernel_callback(const struct kernel_value *value, const char *name);
void free_kernel_value(struct kernel_value *value);

/* Everything but the members named, up to NULL, is zero. */
bool rest_is_zero(const struct kernel_value *value, const char *const *names);

__u32 program_id(const struct bpf_object *obj, const char *name);
bool is_program_loaded(const struct bpf_object *obj, const char *name);

/* For a map that is not created libbpf says the descriptor of something else. */
bool is_map_created(const struct bpf_object *obj, const char *name);

#endif /* KERNEL_VALUE_H */
