/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the test in Rust calls of the code in C; both use one object. */
#ifndef MIXED_H
#define MIXED_H

#include <linux/types.h>

struct bpf_object;
struct bpf_struct_ops_shadow;
struct mixed_bpf;

/* What C sees of a loaded object. */
struct mixed_seen {
	__u32 map_id;
	__u32 program_id;
	__u32 runs, sum;
	__u32 step;
	__u64 asked;
};

/* Sets up an object that Rust has opened. 0, or what failed. */
int mixed_configure(struct bpf_object *obj, struct bpf_struct_ops_shadow *shadow);

/* Looks at an object that Rust has loaded, and writes an element and a variable. 0, or what failed. */
int mixed_use(struct bpf_object *obj, struct mixed_seen *seen);

/* An object that C opens, and Rust loads: its name is that of the skeleton's. */
struct mixed_bpf *mixed_open(void);
/* One that C loads as well. */
struct mixed_bpf *mixed_load(void);
struct bpf_object *mixed_object(struct mixed_bpf *skel);
struct bpf_struct_ops_shadow *mixed_shadow(struct mixed_bpf *skel);
/* What C finds in its own skeleton, after Rust has changed it: the step, and the flags of the struct_ops map. */
__u32 mixed_step(struct mixed_bpf *skel);
__u32 mixed_flags(struct mixed_bpf *skel);
/* A descriptor of a map, which the caller closes; -1 for none. */
int mixed_map(struct mixed_bpf *skel);
void mixed_close(struct mixed_bpf *skel);

#endif /* MIXED_H */
