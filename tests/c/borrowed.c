// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Views of objects that somebody else has opened. */
#include <errno.h>

#include "common.h"

static struct problems reported;

static void report(void *ctx, const struct bpf_struct_ops_problem *problem)
{
	(void)ctx;
	collect(&reported, problem);
}

#define c_older_bpf__REPORT report
#define c_shapes_bpf__TYPES
#define c_shapes_bpf__REPORT report
#include "c_older.skel.h"
#include "c_shapes.skel.h"
#include "c_tcp.skel.h"

/* What a view sets the owner has, and closing stays with the owner. */
static void views(char **paths)
{
	struct c_shapes_bpf *skel = c_shapes_bpf__open(), *view, *second;

	(void)paths;
	CHECK(skel);
	view = c_shapes_bpf__borrow(skel->obj, skel->shadow);
	second = c_shapes_bpf__borrow(skel->obj, NULL);
	CHECK(view && second && view->obj == skel->obj && view->skeleton != skel->skeleton);
	CHECK(view->maps.shapes == skel->maps.shapes && view->progs.test_1 == skel->progs.test_1);
	CHECK(view->data == skel->data && view->rodata == skel->rodata && view->bss == skel->bss);
	CHECK(view->struct_ops.shapes == skel->struct_ops.shapes && !second->struct_ops.shapes);
	view->data->range.low = 9;
	view->struct_ops.shapes->range.high = 8;
	errno = 0;
	CHECK(c_shapes_bpf__load(view) == -EPERM && errno == EPERM);
	c_shapes_bpf__destroy(view);
	c_shapes_bpf__destroy(second);
	CHECK(skel->data->range.low == 9 && skel->struct_ops.shapes->range.high == 8);
	c_shapes_bpf__destroy(skel);
}

/* A view is of copies in its own layout only, wherever the object has the members. */
static void other_layouts(char **paths)
{
	struct c_tcp_bpf *skel = c_tcp_bpf__open();
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_map_info info = { "shadowed", NULL, 0, 0 };
	struct bpf_struct_ops_shadow *own;
	struct c_older_bpf *older;
	struct c_tcp_bpf *view;

	CHECK(skel);
	errno = 0;
	CHECK(!c_older_bpf__borrow(skel->obj, skel->shadow) && errno == EINVAL);
	CHECK(reported.count == 1);
	CHECK(has_problem(&reported, BPF_STRUCT_OPS_OTHER_LAYOUT, "shadowed", "",
			  "map 'shadowed': its shadow copy has another layout of 'struct tcp_congestion_ops' "
			  "(64 bytes) than is used here (40 bytes)"));
	CHECK(reported.list[0].found == sizeof(struct c_tcp_bpf__shadowed__tcp_congestion_ops));
	CHECK(reported.list[0].expected == sizeof(struct c_older_bpf__shadowed__tcp_congestion_ops));
	/* Without the copies there is nothing to be mistaken about. */
	older = c_older_bpf__borrow(skel->obj, NULL);
	CHECK(older && older->maps.shadowed == skel->maps.shadowed);
	c_older_bpf__destroy(older);
	c_tcp_bpf__destroy(skel);

	/* Copies in the older layout: for the header of that, and for no other. */
	own = bpf_struct_ops_shadow__new(obj, c_older_bpf__struct_ops_info(), collect, &reported);
	CHECK(own);
	older = c_older_bpf__borrow(obj, own);
	CHECK(older && strcmp(older->struct_ops.shadowed->name, "c_default") == 0);
	c_older_bpf__destroy(older);
	reported.count = 0;
	view = c_tcp_bpf__borrow(obj, own);
	CHECK(!view && errno == EINVAL);

	CHECK(bpf_struct_ops_shadow__check_layout(own, NULL, &info, NULL, NULL) == -ENOENT);
	/* Info that is wrong by itself, or describes what the object has not. */
	info.cnt = 1;
	CHECK(bpf_struct_ops_shadow__check_layout(own, find_map(obj, "shadowed"), &info, collect,
						  &reported) == -EINVAL);
	CHECK(has_problem(&reported, BPF_STRUCT_OPS_BAD_INFO, "shadowed", NULL, NULL));
	bpf_object__close(obj);
	bpf_struct_ops_shadow__free(own);
}

/* What an object lacks, or has elsewhere. */
static void other_objects(char **paths)
{
	struct bpf_object *moved = open_object(paths[0]);
	struct c_tcp_bpf *skel = c_tcp_bpf__open();

	CHECK(skel);
	errno = 0;
	CHECK(!c_shapes_bpf__borrow(skel->obj, NULL) && errno == ESRCH);
	errno = 0;
	CHECK(!c_shapes_bpf__borrow(moved, NULL) && errno == EINVAL);
	bpf_object__close(moved);
	c_tcp_bpf__destroy(skel);
}

static const struct test_case cases[] = {
	{ "views", views },
	{ "other_layouts", other_layouts },
	{ "other_objects", other_objects },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
