// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The half in C of tests/mixed.rs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <bpf/bpf.h>

#include "mixed.h"
#define mixed_bpf__TYPES
#include "mixed.skel.h"

/* To see what failed. */
#define CHECK(condition)		\
	do {				\
		if (!(condition))	\
			return __LINE__; \
	} while (0)

int mixed_configure(struct bpf_object *obj, struct bpf_struct_ops_shadow *shadow)
{
	struct mixed_bpf *skel = mixed_bpf__borrow(obj, shadow);

	CHECK(skel && skel->obj == obj && skel->shadow == shadow);
	CHECK(skel->rodata->step == 7 && skel->struct_ops.control->flags == 2);
	CHECK(skel->struct_ops.control->cong_avoid == skel->progs.first);
	CHECK(strcmp(bpf_map__name(skel->maps.totals), "totals") == 0);
	skel->rodata->step = 5;
	skel->bss->asked = 1000;
	skel->struct_ops.control->flags = 3;
	skel->struct_ops.control->cong_avoid = skel->progs.second;
	strcpy(skel->struct_ops.control->name, "t_from_c");
	CHECK(bpf_map__set_max_entries(skel->maps.totals, 3) == 0);

	/* It is Rust's to load. */
	CHECK(mixed_bpf__load(skel) == -EPERM && errno == EPERM);
	mixed_bpf__destroy(skel);
	return 0;
}

static int see(struct mixed_bpf *skel, struct mixed_seen *seen)
{
	struct mixed_bpf__total total = { 100, 200 };
	struct bpf_prog_info program = {};
	struct bpf_map_info map = {};
	__u32 size = sizeof(map), key = 0;

	CHECK(!skel->struct_ops.control);
	CHECK(bpf_map_get_info_by_fd(bpf_map__fd(skel->maps.totals), &map, &size) == 0);
	size = sizeof(program);
	CHECK(bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.second), &program, &size) == 0);
	seen->map_id = map.id;
	seen->program_id = program.id;
	seen->step = skel->rodata->step;
	seen->asked = skel->bss->asked;
	CHECK(bpf_map__lookup_elem(skel->maps.totals, &key, sizeof(key), &total, sizeof(total), 0) == 0);
	seen->runs = total.runs;
	seen->sum = total.sum;
	key = 1;
	total.sum = 300;
	CHECK(bpf_map__update_elem(skel->maps.totals, &key, sizeof(key), &total, sizeof(total), 0) == 0);
	skel->bss->asked = 2000;
	return 0;
}

int mixed_use(struct bpf_object *obj, struct mixed_seen *seen)
{
	struct mixed_bpf *skel = mixed_bpf__borrow(obj, NULL);
	int failed;

	CHECK(skel);
	failed = see(skel, seen);
	mixed_bpf__destroy(skel);
	return failed;
}

struct mixed_bpf *mixed_open(void)
{
	struct mixed_bpf *skel = mixed_bpf__open();

	if (!skel)
		return NULL;
	skel->rodata->step = 11;
	skel->struct_ops.control->flags = 1;
	strcpy(skel->struct_ops.control->name, "t_c_opened");
	return skel;
}

struct mixed_bpf *mixed_load(void)
{
	struct mixed_bpf *skel = mixed_open();

	if (skel && mixed_bpf__load(skel)) {
		mixed_bpf__destroy(skel);
		return NULL;
	}
	return skel;
}

struct bpf_object *mixed_object(struct mixed_bpf *skel)
{
	return skel->obj;
}

struct bpf_struct_ops_shadow *mixed_shadow(struct mixed_bpf *skel)
{
	return skel->shadow;
}

__u32 mixed_step(struct mixed_bpf *skel)
{
	return skel->rodata->step;
}

__u32 mixed_flags(struct mixed_bpf *skel)
{
	return skel->struct_ops.control->flags;
}

int mixed_map(struct mixed_bpf *skel)
{
	return fcntl(bpf_map__fd(skel->maps.totals), F_DUPFD_CLOEXEC, 0);
}

void mixed_close(struct mixed_bpf *skel)
{
	mixed_bpf__destroy(skel);
}
