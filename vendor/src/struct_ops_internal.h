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
	void *own_value;		/* the shadow copy; NULL where layouts agree */
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
	/* The first callback that it was found in, during commit; NULL for none. */
	const struct map_shadow *used_in;
	const char *used_as;
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

/*
 * The prefix, because a static library has no names of its own: these would
 * collide with a user's find_program(). Hidden, so that a shared library that
 * this is linked into does not export them.
 */
#pragma GCC visibility push(hidden)

void struct_ops__report_problem(struct reporter *reporter,
				const struct bpf_struct_ops_problem *problem);

/* Whether libbpf has taken the values over, so that nothing that is written now counts. */
bool struct_ops__is_loaded(const struct bpf_struct_ops_shadow *shadow);

/* struct_ops_layout.c: agreement between shadow info and the object's own type. */
int struct_ops__layout_map(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
	       struct reporter *reporter);

/* The value that libbpf would take now, in the object's layout. Valid until the next call. */
const void *struct_ops__object_layout_value(const struct map_shadow *ms);

/* struct_ops_btf.c: questions to BTF. */
const struct btf_type *struct_ops__strip_modifiers(const struct btf *btf, __u32 id);

/* The nth member (from 0) of this name; only anonymous members have more than one. */
const struct btf_member *struct_ops__find_member(const struct btf *btf, const struct btf_type *type,
				     const char *name, __u32 nth);

/* "ops___v2" and "ops" are one type to the kernel: the length without the flavour. */
int struct_ops__essential_length(const char *name);
bool struct_ops__is_callback(const struct btf *btf, __u32 type_id);
bool struct_ops__all_zero(const void *data, size_t size);

/* The program of the object at this address, never dereferenced; NULL for none. */
struct program_state *struct_ops__find_program(const struct bpf_struct_ops_shadow *shadow,
					       const void *address);

#pragma GCC visibility pop

#endif /* STRUCT_OPS_INTERNAL_H */
