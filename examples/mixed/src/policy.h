/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* The policy, in C: how the congestion control is set up, and what became of it. */
#ifndef POLICY_H
#define POLICY_H

#include <libbpf_safe.h>

struct policy_report {
	__u32 map_id;		/* of the map `paces` */
	__u32 window_limit;	/* in segments */
	__u64 calls;		/* of the callback that was chosen */
};

/* Sets the congestion control up, before it is loaded. 0, or a negative errno. */
int policy_configure(struct libbpf_safe_open *open, __u32 window_limit);

/* What it did so far. 0, or a negative errno. */
int policy_report(struct libbpf_safe_object *object, struct policy_report *report);

#endif /* POLICY_H */
