/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the files of the struct_ops extension share. */
#ifndef STRUCT_OPS_INTERNAL_H
#define STRUCT_OPS_INTERNAL_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "libbpf_struct_ops.h"

/* Where one piece stands in the shadow copy and in libbpf's buffer: bytes, or the bits of a bitfield. */
struct piece {
	__u64 shadow, object, size;
	bool bits;
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
	void *committed;		/* value as the last commit left it */
	bool is_committed;
	__u32 size;			/* of value, defaults and committed */
	struct piece *pieces;		/* NULL where layouts agree */
	size_t n_pieces, room;
	signed char presence;		/* of the map, or UNSAID */
	signed char *member_presence;	/* of each member of type, or UNSAID; NULL for all UNSAID */
	/* What commit and check find, anew each time. */
	bool created;
	bool without_link;
	bool *left_out;			/* each member of type */
};

/* BPF_F_LINK, which the system's headers may be too old for. */
#define MAP_FLAG_LINK (1u << 13)

/* Nothing was said about presence here. */
#define UNSAID (-1)

enum program_choice { CHOICE_NONE, CHOICE_ON, CHOICE_OFF };

struct program_state {
	struct bpf_program *prog;
	enum program_choice choice;
	/* The first callback that it was found in, during commit; NULL for none. */
	const struct map_shadow *used_in;
	const char *used_as;
	/* A callback that names it was left out. */
	bool left_out;
};

struct bpf_struct_ops_shadow {
	struct map_shadow *maps;
	__u32 n_maps;
	struct program_state *progs;
	__u32 n_progs;
	enum bpf_struct_ops_presence presence;
};

/* The BTFs of a kernel. */
struct kernel_types {
	const struct btf *kernel;	/* NULL for a kernel that offers none */
	const struct btf *const *modules;
	size_t n_modules;
};

/* Counts problems and passes them on; what is only left out is passed on. */
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

/* struct_ops_layout.c: the shadow copy in the layout that info describes. */
int struct_ops__layout_map(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			   struct reporter *reporter);

/* Whether the shadow copy, which somebody else had made, is in the layout that info describes. */
int struct_ops__check_layout(const struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
			     struct reporter *reporter);

/* struct_ops_match.c: finds what info describes in the object's type, as pieces. */
int struct_ops__match(struct map_shadow *ms, const struct bpf_struct_ops_map_info *info,
		      struct reporter *reporter);

/* struct_ops_type.c: whether all members of the object's type are inside it, also in nested structs. */
int struct_ops__check_type(const struct map_shadow *ms, struct reporter *reporter);

/* struct_ops_text.c: a C declaration, for messages; of a bitfield with its width. */
void struct_ops__type_text(const struct btf *btf, __u32 type_id, __u32 bits, char *buf, size_t size);

/* struct_ops_pointers.c: pointers in a nested struct, none of which may be set. */
void struct_ops__check_inner_pointers(const struct map_shadow *ms, __u32 type_id, const char *value,
				      const char *path, int depth, struct reporter *reporter);

/* The value that libbpf would take now, in the object's layout. Valid until the next call. */
const void *struct_ops__object_layout_value(const struct map_shadow *ms);

/* struct_ops_presence.c: what was said about a member, or, with an index of UNSAID, about the map. */
enum bpf_struct_ops_presence struct_ops__presence(const struct bpf_struct_ops_shadow *shadow,
						  const struct map_shadow *ms, int index);

/* Whether it depends on the kernel what has to be carried over. */
bool struct_ops__wants_kernel(const struct bpf_struct_ops_shadow *shadow);

/*
 * struct_ops_commit.c: finds all problems, and what becomes of maps and programs.
 * types may be NULL, where nothing depends on the kernel.
 */
void struct_ops__inspect(struct bpf_struct_ops_shadow *shadow, const struct kernel_types *types,
			 struct reporter *reporter);

/* struct_ops_check.c: decides what is created and left out on this kernel, and reports that. */
void struct_ops__fit_map(struct bpf_struct_ops_shadow *shadow, struct map_shadow *ms,
			 const struct kernel_types *types, struct reporter *reporter);

/* struct_ops_nested.c: holds what is set in a nested struct, which libbpf copies, against the kernel's. */
struct nested_member {
	const struct map_shadow *ms;
	const struct btf *kernel;
	__u32 type_id, kernel_type_id;
	const char *value;
	const char *path;
};
void struct_ops__check_nested(const struct nested_member *member, int depth,
			      struct reporter *reporter);

/* struct_ops_kernel.c: the types of the running kernel. */
struct running_kernel {
	struct kernel_types types;
	struct btf *vmlinux;
	struct btf **modules;
	size_t room;
};

/* False where there is no BTF to read. Modules are read only where a map's type is not in vmlinux. */
bool struct_ops__read_kernel(const struct bpf_struct_ops_shadow *shadow,
			     struct running_kernel *running);
void struct_ops__free_kernel(struct running_kernel *running);

/* The BTF, vmlinux or module, where this struct_ops type is registered, and the type. */
const struct btf *struct_ops__kernel_type(const struct kernel_types *types, const char *name,
					  const struct btf_type **type);
bool struct_ops__kernel_has_links(const struct kernel_types *types);

/* struct_ops_btf.c: questions to BTF. */
const struct btf_type *struct_ops__strip_modifiers(const struct btf *btf, __u32 id);

/* The nth member (from 0) of this name; only anonymous members have more than one. */
const struct btf_member *struct_ops__find_member(const struct btf *btf, const struct btf_type *type,
				     const char *name, __u32 nth);

/* "ops___v2" and "ops" are one type to the kernel: the length without the flavour. */
int struct_ops__essential_length(const char *name);
/* As deep as structs may nest before a BTF counts as broken. */
#define MAX_DEPTH 32

/* A member as C finds it, through anonymous ones; where it is, in bits, and the width of a bitfield. */
const struct btf_member *struct_ops__find_member_in_c(const struct btf *btf,
						      const struct btf_type *type, const char *name,
						      __u32 *bit_offset, __u32 *bits);

/* "outer.inner"; either may be empty. */
void struct_ops__join(char *buf, size_t size, const char *outer, const char *inner);

/* The innermost element's type and their number; for no array the type itself, and 1. */
const struct btf_type *struct_ops__strip_arrays(const struct btf *btf, __u32 type_id,
						__u32 *element_id, __u64 *count);
bool struct_ops__is_callback(const struct btf *btf, __u32 type_id);
bool struct_ops__all_zero(const void *data, size_t size);

/* The program of the object at this address, never dereferenced; NULL for none. */
struct program_state *struct_ops__find_program(const struct bpf_struct_ops_shadow *shadow,
					       const void *address);

#pragma GCC visibility pop

#endif /* STRUCT_OPS_INTERNAL_H */
