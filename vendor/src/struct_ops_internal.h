/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the files of the struct_ops extension share. */
#ifndef STRUCT_OPS_INTERNAL_H
#define STRUCT_OPS_INTERNAL_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "libbpf_struct_ops.h"

/* Where the bytes of one member stand in the shadow copy and in libbpf's buffer. */
struct member_copy {
	__u32 shadow_offset;
	__u32 object_offset;
	__u32 size;
};

struct map_shadow {
	struct bpf_map *map;
	const char *name;		/* own copy: outlives the object */
	const struct btf *btf;		/* of the object */
	const struct btf_type *type;	/* the struct, in btf */
	const char *type_name;
	void *object_value;		/* libbpf's buffer, type->size bytes */
	void *scratch;			/* as large as object_value; NULL where layouts agree */
	void *value;			/* the shadow copy; object_value where layouts agree */
	void *defaults;			/* value as it was at the beginning */
	__u32 size;			/* of value and defaults */
	struct member_copy *copies;	/* NULL where layouts agree */
	__u32 n_copies;
};

enum program_choice { CHOICE_NONE, CHOICE_ON, CHOICE_OFF };

struct program_state {
	struct bpf_program *prog;
	enum program_choice choice;
	bool used;
};

struct bpf_struct_ops_shadow {
	struct map_shadow *maps;
	__u32 n_maps;
	struct program_state *progs;
	__u32 n_progs;
};

/* Counts problems and passes them on. */
struct reporter {
	bpf_struct_ops_report_fn fn;
	void *ctx;
	int count;
};

void report_problem(struct reporter *reporter, const struct bpf_struct_ops_problem *problem);

/* struct_ops_layout.c: agreement between shadow info and the object's own type. */
int layout_map(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
	       struct reporter *reporter);

/* The value that libbpf would take now, in the object's layout. Valid until the next call. */
const void *object_layout_value(const struct map_shadow *ms);

/* struct_ops_btf.c: questions to BTF. */
const struct btf_type *strip_modifiers(const struct btf *btf, __u32 id);
const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
				     const char *name);
bool is_callback(const struct btf *btf, __u32 type_id);
bool all_zero(const void *data, size_t size);

/* The program of the object at this address, never dereferenced; NULL for none. */
struct program_state *find_program(const struct bpf_struct_ops_shadow *shadow, const void *address);

#endif /* STRUCT_OPS_INTERNAL_H */
