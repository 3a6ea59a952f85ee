/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/*
 * Objects that code in C and code in Rust of one program use together.
 *
 * C uses what Rust has opened: Rust passes a handle, and C finds struct_ops maps,
 * maps and programs of it; or all of it, through the view of a generated header:
 *
 *	int configure(struct libbpf_safe_open *open)
 *	{
 *		struct demo_bpf *skel =
 *			demo_bpf__borrow(libbpf_safe_open__bpf_object(open, LIBBPF_SAFE_LIBBPF),
 *					 libbpf_safe_open__shadow(open));
 *
 *		if (!skel)
 *			return -errno;
 *		skel->struct_ops.demo->flags = 1;
 *		demo_bpf__destroy(skel);
 *		return 0;
 *	}
 *
 * And C opens, loads and attaches objects itself, by way of Rust:
 *
 *	struct libbpf_safe_open *open = libbpf_safe_open__file("demo.bpf.o", NULL);
 *	struct libbpf_safe_object *object = open ? libbpf_safe_open__load(open) : NULL;
 *	struct libbpf_safe_links *links = object ? libbpf_safe_object__attach(object) : NULL;
 *
 *	if (!links)
 *		fprintf(stderr, "%s\n", libbpf_safe__error());
 *	libbpf_safe_object__close(object);
 *
 * A function that fails returns NULL, or a negative errno; it sets errno, too, and
 * libbpf_safe__error() says in words what is wrong and what to do. EINVAL is for what
 * is passed wrongly, NULL for a handle included; the kernel's errors are its own.
 * ENOTRECOVERABLE is a fault of this library's: nothing unwinds into C.
 *
 * Who owns what:
 * - What a function here makes (libbpf_safe_open__file(), __mem(), __load(), __attach())
 *   is the caller's, and ended by one call: __close(), __detach(), or __load() for an
 *   open object. Any order is right: each keeps what it needs.
 * - A handle that Rust passes is Rust's. C uses it until it returns, and does not end it.
 * - A descriptor that is returned is the caller's, who close()s it.
 * - All else (memory of struct_ops maps, struct bpf_object, strings) belongs to its
 *   handle: that of an open object until load or close, that of a loaded one until close.
 *
 * A handle is used by one thread at a time; loaded objects may be used by several.
 */
#ifndef LIBBPF_SAFE_H
#define LIBBPF_SAFE_H

#include <stddef.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_object;
struct bpf_struct_ops_map_info;
struct bpf_struct_ops_shadow;

/* An object that is open: it can be changed, and nothing of it is in the kernel. */
struct libbpf_safe_open;
/* An object that is loaded. */
struct libbpf_safe_object;
/* What is attached. */
struct libbpf_safe_links;

/*
 * Of this header, and how often something was added. Nothing is ever changed or taken
 * away under one name of the shared library (libbpf_safe.so.1): a library of a higher
 * number serves older programs.
 */
#define LIBBPF_SAFE_ABI_VERSION 1

/* Of the library: to be at least the header's. */
__u32 libbpf_safe__abi_version(void);

/*
 * What the last call on this thread that failed had to say, in one line; "" before
 * the first. Until the next call on this thread.
 */
const char *libbpf_safe__error(void);

/* How to open an object. What is zero is as libbpf has it. */
struct libbpf_safe_open_opts {
	size_t sz;		/* sizeof() this struct: new members come at its end. E2BIG for one
				 * that is set, and the library does not know */
	const char *name;	/* of the object; that of its file otherwise */
	const char *btf_path;	/* for CO-RE relocations, in place of the running kernel's */
	const char *kconfig;	/* lines of the kernel's .config, for __kconfig variables */
	const char *pin_root;	/* of maps that are pinned by name */
};

/* Opens an object file. opts may be NULL. */
struct libbpf_safe_open *libbpf_safe_open__file(const char *path,
						const struct libbpf_safe_open_opts *opts);

/* Opens an object that is in memory, which is not needed afterwards. opts has to name it. */
struct libbpf_safe_open *libbpf_safe_open__mem(const void *bytes, size_t size,
					       const struct libbpf_safe_open_opts *opts);

/* Closes an object that was not loaded. NULL is ignored. */
void libbpf_safe_open__close(struct libbpf_safe_open *open);

/*
 * Loads an object into the kernel, and ends the handle, also where that fails.
 * EBUSY, and the handle stays, for one that Rust has passed: Rust loads it.
 */
struct libbpf_safe_object *libbpf_safe_open__load(struct libbpf_safe_open *open);

/*
 * The value of a struct_ops map, to be changed until load; *size, where size is no
 * NULL, is its size in bytes. ENOENT for no such map. EINVAL where layout is no NULL,
 * and the value is not laid out so.
 */
void *libbpf_safe_open__struct_ops(struct libbpf_safe_open *open, const char *map,
				   const struct bpf_struct_ops_map_info *layout, size_t *size);

/* Its struct_ops maps, for the functions of libbpf_struct_ops.h and generated headers. */
struct bpf_struct_ops_shadow *libbpf_safe_open__shadow(struct libbpf_safe_open *open);

/*
 * Which libbpf the caller uses; to be used after <bpf/libbpf.h>. Two copies of libbpf in
 * one program must not use one object: with the shared library, one of them is inside.
 */
#define LIBBPF_SAFE_LIBBPF ((void (*)(void))bpf_object__open_file)

/*
 * The object, for libbpf's functions: neither to be closed nor loaded, nor are its
 * sections to be resized or its maps reused. EXDEV where the caller uses another libbpf.
 */
struct bpf_object *libbpf_safe_open__bpf_object(struct libbpf_safe_open *open, void (*libbpf)(void));
struct bpf_object *libbpf_safe_object__bpf_object(struct libbpf_safe_object *object,
						  void (*libbpf)(void));

/* Closes a loaded object: what is attached stays, and so do descriptors. NULL is ignored. */
void libbpf_safe_object__close(struct libbpf_safe_object *object);

/* A descriptor of a map, or of a program, that load has created; or a negative errno. */
int libbpf_safe_object__map_fd(const struct libbpf_safe_object *object, const char *name);
int libbpf_safe_object__program_fd(const struct libbpf_safe_object *object, const char *name);

/*
 * Attaches all that can be attached, or, where that fails, nothing. What this object
 * has attached already, and somebody still holds, is in these links, too.
 */
struct libbpf_safe_links *libbpf_safe_object__attach(struct libbpf_safe_object *object);

/* Detaches what is attached, and ends the handle. NULL is ignored. */
void libbpf_safe_links__detach(struct libbpf_safe_links *links);

#ifdef __cplusplus
}
#endif

#endif /* LIBBPF_SAFE_H */
