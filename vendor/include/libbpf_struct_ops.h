/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/*
 * Shadow copies of struct_ops maps, on top of libbpf's public API.
 *
 * Between bpf_object__open*() and bpf_object__load() user space may change the
 * value of a struct_ops map: its settings and its callbacks. libbpf hands out
 * its own buffer for that, in the layout of the *object*. A program that was
 * compiled against another version of the struct would write to wrong offsets
 * and nobody would tell. Here the program describes the layout that it was
 * compiled against (the shadow info). It gets a shadow copy in that very
 * layout, which is carried over member by member, by name, before load. Where
 * both layouts agree, the shadow copy is libbpf's buffer and nothing is copied.
 *
 *	skel->struct_ops.testmod_1->data = 13;
 *
 * Order of calls:
 *
 *	obj = bpf_object__open_file(...);
 *	shadow = bpf_struct_ops_shadow__new(obj, info, report, ctx);
 *	ops = bpf_struct_ops_shadow__initial_value(shadow, map, &size);
 *	... change *ops ...
 *	bpf_struct_ops_shadow__commit(shadow, report, ctx);
 *	bpf_object__load(obj);
 *	bpf_struct_ops_shadow__free(shadow);	(at any time, before or after the object is closed)
 *
 * A shadow is used by one thread at a time, as is the object between open and load.
 */
#ifndef LIBBPF_STRUCT_OPS_H
#define LIBBPF_STRUCT_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_map;
struct bpf_object;
struct btf;

/* What a member, or an element of an array, is: where it says so, the object must agree. */
enum bpf_struct_ops_member_kind {
	BPF_STRUCT_OPS_ANY,	/* nothing was said */
	BPF_STRUCT_OPS_INT,
	BPF_STRUCT_OPS_ENUM,
	BPF_STRUCT_OPS_FLOAT,
	BPF_STRUCT_OPS_POINTER,
	BPF_STRUCT_OPS_CALLBACK,
	BPF_STRUCT_OPS_STRUCT,
	BPF_STRUCT_OPS_UNION,
};

struct bpf_struct_ops_type_info;

/*
 * One member of a struct_ops type, as the program that fills it in was compiled.
 * What follows the size can be left zero: then the size alone is compared, and a
 * nested struct is carried over as it stands.
 */
struct bpf_struct_ops_member_info {
	const char *name;	/* the C name; "" for an anonymous struct or union */
	__u32 offset;		/* in bytes, from the start of the struct */
	__u32 size;		/* in bytes, of a whole array; not used for a bitfield */
	__u32 kind;		/* enum bpf_struct_ops_member_kind; of an array, its elements' */
	__u32 count;		/* elements of an array, of all dimensions; 0 for no array */
	__u32 bit_offset;	/* of a bitfield: in bits, from the start of the struct, as BTF counts */
	__u32 bit_size;		/* of a bitfield: its width; 0 for no bitfield */
	/*
	 * The members of a nested struct, or of each element of an array of structs:
	 * they are found by name, too. Of an anonymous member: those of a struct are
	 * found as if its parent's, those of a union say which union it is.
	 */
	const struct bpf_struct_ops_type_info *type;
	const char *c_type;	/* the declaration, for messages: "unsigned int", "struct list_head" */
};

/* The layout of a nested struct or union. */
struct bpf_struct_ops_type_info {
	const struct bpf_struct_ops_member_info *members;
	__u32 cnt;		/* number of members */
	__u32 size;		/* sizeof(), in bytes */
};

/* The layout of the shadow copy of one struct_ops map. */
struct bpf_struct_ops_map_info {
	const char *name;	/* of the map: the C variable */
	const struct bpf_struct_ops_member_info *members;
	__u32 cnt;		/* number of members */
	__u32 data_size;	/* sizeof() the shadow copy, in bytes */
};

/* The layouts of all the shadow copies of one skeleton. */
struct bpf_struct_ops_shadow_info {
	const struct bpf_struct_ops_map_info *maps;
	__u32 cnt;		/* number of maps */
};

enum bpf_struct_ops_problem_kind {
	/* The shadow info describes a map that the object does not have. */
	BPF_STRUCT_OPS_NO_MAP,
	/* The shadow info describes a member that the object's type does not have. */
	BPF_STRUCT_OPS_NO_MEMBER,
	/* Sizes differ: found in the object's type, expected by the shadow info. */
	BPF_STRUCT_OPS_MEMBER_SIZE,
	/* The shadow info contradicts itself: a member beyond data_size, over another, or twice. */
	BPF_STRUCT_OPS_BAD_INFO,
	/* A callback is neither NULL nor a struct_ops program of this object. */
	BPF_STRUCT_OPS_FOREIGN_PROGRAM,
	/* A pointer to data is not NULL: the kernel accepts none from user space. */
	BPF_STRUCT_OPS_DATA_POINTER,
	/* The type has a bitfield: libbpf reads out of bounds for it. */
	BPF_STRUCT_OPS_BITFIELD,
	/* A callback names a program whose autoload the caller has switched off. */
	BPF_STRUCT_OPS_PROGRAM_OFF,
	/* The kernel has no such struct_ops type. */
	BPF_STRUCT_OPS_KERNEL_NO_TYPE,
	/* The kernel's type lacks a member that is set here. */
	BPF_STRUCT_OPS_KERNEL_NO_MEMBER,
	/* The BTF kinds differ: found in the object, expected by the kernel. */
	BPF_STRUCT_OPS_KERNEL_MEMBER_KIND,
	/* The sizes differ: found in the object, expected by the kernel. */
	BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE,
	/* The object's BTF gives a member no size, or a place beyond the struct's end. */
	BPF_STRUCT_OPS_BAD_TYPE,
	/* The map is in no struct_ops section and has no value: libbpf crashes on it. */
	BPF_STRUCT_OPS_NO_VALUE,
	/* One program for two different callbacks: libbpf can attach it to one only. */
	BPF_STRUCT_OPS_PROGRAM_REUSED,
	/* A struct_ops program is to be loaded, but is the callback of no created map. */
	BPF_STRUCT_OPS_PROGRAM_UNUSED,
	/* The kernel registers struct_ops maps, but has no links for them (before Linux 6.4). */
	BPF_STRUCT_OPS_KERNEL_NO_LINK,
	/* A member within a nested struct is elsewhere: found in the object, expected by the kernel, in bits. */
	BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE,
	/* The type has several anonymous members, which libbpf copies over each other. */
	BPF_STRUCT_OPS_KERNEL_ANONYMOUS,
	/* A member is of another kind in the object than in the shadow info. */
	BPF_STRUCT_OPS_MEMBER_KIND,
	/* A callback in a nested struct is not NULL: libbpf and the kernel take none there. */
	BPF_STRUCT_OPS_NESTED_CALLBACK,
	/* The shadow copy was changed after load, which reaches nobody. */
	BPF_STRUCT_OPS_WRITTEN_LATE,
	/* A shadow copy that somebody else made is in another layout: sizes found, and in the shadow info. */
	BPF_STRUCT_OPS_OTHER_LAYOUT,
};

/* What becomes of what the kernel lacks: a type, links, or a member that is set. */
enum bpf_struct_ops_presence {
	BPF_STRUCT_OPS_REQUIRE,	/* the object is refused: the default */
	BPF_STRUCT_OPS_WARN,	/* left out and reported, for the user to see */
	BPF_STRUCT_OPS_DROP,	/* left out and reported */
};

/*
 * Why an object cannot be loaded as it stands, or what was left out of it for
 * this kernel. Strings and value live as long as the call.
 */
struct bpf_struct_ops_problem {
	enum bpf_struct_ops_problem_kind kind;
	const char *map;	/* name of the map, or NULL */
	const char *type;	/* name of its C type, without "struct", or NULL */
	const char *member;	/* name of the member, dotted for one in a nested struct, or NULL */
	const char *program;	/* name of the program, or NULL */
	__u64 found;
	__u64 expected;
	/* WARN or DROP: this is no reason to refuse the object, it was left out. */
	enum bpf_struct_ops_presence presence;
	/* What the member was set to, where it was left out: value_size bytes, or NULL. */
	const void *value;
	size_t value_size;
	/* The C types of the member in the object and in the shadow info, or NULL. */
	const char *found_type;
	const char *expected_type;
};

/* Called once per problem. All problems are reported, not only the first. */
typedef void (*bpf_struct_ops_report_fn)(void *ctx, const struct bpf_struct_ops_problem *problem);

/* Text for a problem, in one line without a newline; returns what snprintf() would. */
int bpf_struct_ops_problem__format(const struct bpf_struct_ops_problem *problem,
				   char *buf, size_t size);

struct bpf_struct_ops_shadow;

/*
 * Makes the shadow copies of all struct_ops maps of an object that is open and
 * not loaded. A map that info does not describe, and every map when info is
 * NULL, is shadowed in the object's own layout. info is not needed after the call.
 * Members are found by name as C finds them, those of anonymous structs and unions
 * as well. An anonymous member that is described without its members has no name
 * to find it by: the nth described is the nth of the object's type.
 *
 * Also mends what libbpf makes of "?.struct_ops" sections, where it leaves only
 * the first map out of autocreation. So bpf_map__set_autocreate() comes after it.
 *
 * Returns NULL and sets errno on failure: EINVAL when info or a map's type is
 * unusable (each problem was reported), EBUSY when the object is loaded already,
 * ENOMEM. report may be NULL.
 */
struct bpf_struct_ops_shadow *
bpf_struct_ops_shadow__new(struct bpf_object *obj, const struct bpf_struct_ops_shadow_info *info,
			   bpf_struct_ops_report_fn report, void *ctx);

/*
 * Frees the shadow copies, not the object. NULL is ignored. The one call that is
 * allowed after the object is closed.
 */
void bpf_struct_ops_shadow__free(struct bpf_struct_ops_shadow *shadow);

/*
 * The shadow copy of a map, to be changed until commit; NULL for a map that is
 * no struct_ops map of this object. *size is its size in bytes, which comes from
 * the shadow info or from BTF and does not change when the object is loaded.
 */
void *bpf_struct_ops_shadow__initial_value(struct bpf_struct_ops_shadow *shadow,
					   const struct bpf_map *map, size_t *size);

/*
 * For who has not made the shadow: whether the copy of a map is in the layout that
 * info describes. 0; -ENOENT for a map that is no struct_ops map of this object;
 * -ENOMEM; or -EINVAL when it is in another, or info or the object's type contradict
 * each other, and each problem was reported.
 */
int bpf_struct_ops_shadow__check_layout(const struct bpf_struct_ops_shadow *shadow,
					const struct bpf_map *map,
					const struct bpf_struct_ops_map_info *info,
					bpf_struct_ops_report_fn report, void *ctx);

/* What the object file says, in the layout of the shadow copy; never changes. */
const void *bpf_struct_ops_shadow__default_value(const struct bpf_struct_ops_shadow *shadow,
						 const struct bpf_map *map, size_t *size);

/*
 * What libbpf would take for the map now, in the object's own layout. Valid until
 * the next call that takes this shadow. *size is the size of the object's type.
 */
const void *bpf_struct_ops_shadow__object_value(const struct bpf_struct_ops_shadow *shadow,
						const struct bpf_map *map, size_t *size);

/* Sets a map's shadow copy back to its default. 0, or -ENOENT for no such map. */
int bpf_struct_ops_shadow__reset(struct bpf_struct_ops_shadow *shadow, const struct bpf_map *map);

/*
 * Keeps a program's autoload as the caller sets it here: commit will not change
 * it. 0, -ENOENT for a program that is no program of this object, or what
 * bpf_program__set_autoload() returns.
 */
struct bpf_program;
int bpf_struct_ops_shadow__set_autoload(struct bpf_struct_ops_shadow *shadow,
					struct bpf_program *prog, bool autoload);

/*
 * Says what becomes of what the kernel lacks. With a member it is about that
 * member of the map's type; without, about the map's type, its link and those of
 * its members that nothing was said about; with neither, about every map that
 * nothing was said about. The narrower word counts, whatever the order of calls.
 *
 * What is left out: a member is set to zero, and its callback's program is not
 * loaded unless another map refers to it; a map whose type the kernel lacks is
 * not created; a map of ".struct_ops.link", where the kernel has no links, is
 * created to be registered without one. A member that the kernel has in another
 * kind or size is no lack, and refused in any case.
 *
 * 0, -ENOENT for no such map or member, -EINVAL for a member without a map or an
 * unknown presence.
 */
int bpf_struct_ops_shadow__set_presence(struct bpf_struct_ops_shadow *shadow,
					const struct bpf_map *map, const char *member,
					enum bpf_struct_ops_presence presence);

/* Why a program will be loaded, or not. */
enum bpf_struct_ops_plan_reason {
	BPF_STRUCT_OPS_PLAN_AUTOLOAD,	/* it is no struct_ops program: as libbpf has it */
	BPF_STRUCT_OPS_PLAN_CALLBACK,	/* it is a callback of a map that will be created */
	BPF_STRUCT_OPS_PLAN_UNUSED,	/* it is a callback of no such map */
	BPF_STRUCT_OPS_PLAN_CHOSEN,	/* bpf_struct_ops_shadow__set_autoload() said so */
};

/* What will become of a program at load. Strings live as long as the object. */
struct bpf_struct_ops_plan {
	bool loaded;
	enum bpf_struct_ops_plan_reason reason;
	const char *map;	/* a map that will be created and has it as a callback, or NULL */
	const char *member;	/* that callback's name, or NULL */
};

/*
 * What commit would make of a program now, as far as that does not depend on the
 * kernel. 0, or -ENOENT for a program that is no program of this object.
 */
int bpf_struct_ops_shadow__plan(struct bpf_struct_ops_shadow *shadow, const struct bpf_program *prog,
				struct bpf_struct_ops_plan *plan);

/*
 * Carries the shadow copies over to libbpf, to be called right before load.
 * Then every struct_ops program that a created map refers to will be loaded, and
 * the others will not, unless bpf_struct_ops_shadow__set_autoload() said otherwise.
 *
 * Where WARN or DROP was said, or a nested struct is set (libbpf copies it as it
 * stands), the BTF of the running kernel is read first, in some milliseconds, and
 * what the kernel lacks is left out, and reported with that presence. It is read
 * as well before a failure, so that all problems are reported at once.
 *
 * Returns 0, -EBUSY when the object is loaded already, -ENOMEM, or -EINVAL when
 * something would be refused or, worse, taken wrongly; every such problem was
 * reported and nothing was changed. What is in the shadow copy of a map that will
 * not be created is neither checked nor carried over.
 */
int bpf_struct_ops_shadow__commit(struct bpf_struct_ops_shadow *shadow,
				  bpf_struct_ops_report_fn report, void *ctx);

/*
 * The same, where the caller has the kernel's BTF: see bpf_struct_ops_shadow__check()
 * for the arguments. Makes no system call.
 */
int bpf_struct_ops_shadow__commit_for(struct bpf_struct_ops_shadow *shadow,
				      const struct btf *kernel,
				      const struct btf *const *modules, size_t n_modules,
				      bpf_struct_ops_report_fn report, void *ctx);

/*
 * To be called before maps are attached: whether the shadow copy of each map that
 * was created is as commit took it. What is written to it after load has no
 * effect, which libbpf does not tell.
 *
 * 0, -EBUSY when a copy was changed; each such map was reported. 0 before commit.
 */
int bpf_struct_ops_shadow__check_unwritten(const struct bpf_struct_ops_shadow *shadow,
					   bpf_struct_ops_report_fn report, void *ctx);

/*
 * Reports all that commit would, for a kernel of this BTF, and that libbpf or the
 * kernel would refuse then, and what would be left out.
 * kernel is the BTF of vmlinux, or NULL for a kernel that offers none; modules may
 * be NULL, or the split BTFs of n_modules modules.
 * Returns the number of problems for which the object would be refused. Makes no
 * system call and changes nothing.
 */
int bpf_struct_ops_shadow__check(struct bpf_struct_ops_shadow *shadow, const struct btf *kernel,
				 const struct btf *const *modules, size_t n_modules,
				 bpf_struct_ops_report_fn report, void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* LIBBPF_STRUCT_OPS_H */
