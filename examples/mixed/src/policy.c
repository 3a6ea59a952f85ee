// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "policy.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include "paced.skel.h"

/* As the program in BPF has it: the header has types of variables only. */
struct pace {
	__u64 calls, acked;
};

int policy_configure(struct libbpf_safe_open *open, __u32 window_limit)
{
	struct bpf_object *obj = libbpf_safe_open__bpf_object(open, LIBBPF_SAFE_LIBBPF);
	struct paced_bpf *skel;

	if (!obj)
		return -errno;
	skel = paced_bpf__borrow(obj, libbpf_safe_open__shadow(open));
	if (!skel)
		return -errno;
	if (window_limit) {
		skel->rodata->window_limit = window_limit;
		skel->struct_ops.paced->cong_avoid = skel->progs.limited;
	}
	strcpy(skel->struct_ops.paced->name, "paced_by_c");
	/* The view: the object stays. */
	paced_bpf__destroy(skel);
	return 0;
}

int policy_report(struct libbpf_safe_object *object, struct policy_report *report)
{
	struct bpf_object *obj = libbpf_safe_object__bpf_object(object, LIBBPF_SAFE_LIBBPF);
	struct paced_bpf *skel = obj ? paced_bpf__borrow(obj, NULL) : NULL;
	struct pace pace = {};
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), key = 0;
	int fd, err;

	if (!skel)
		return -errno;
	report->window_limit = skel->rodata->window_limit;
	paced_bpf__destroy(skel);

	/* Without the header a map is a descriptor, which outlives the object. */
	fd = libbpf_safe_object__map_fd(object, "paces");
	if (fd < 0)
		return fd;
	err = bpf_map_get_info_by_fd(fd, &info, &size);
	if (!err)
		err = bpf_map_lookup_elem(fd, &key, &pace);
	close(fd);
	report->map_id = info.id;
	report->calls = pace.calls;
	return err;
}
