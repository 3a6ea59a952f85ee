// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Programs with headers that skelgen has generated, as they would be with those of bpftool. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "kernel_value.h"

/* What the shadow copies' problems are told to. */
static struct problems reported;

static void report(void *ctx, const struct bpf_struct_ops_problem *problem)
{
	(void)ctx;
	collect(&reported, problem);
}

#define c_shapes_bpf__REPORT report
#define c_shapes_bpf__TYPES
#define c_tcp_bpf__TYPES
#define c_older_bpf__TYPES
#include "c_older.skel.h"
#include "c_tcp.skel.h"
#include "c_shapes.skel.h"

/* Shadow copies as in the RFC; the value that would go to the kernel is libbpf's. */
static void rfc(char **paths)
{
	struct c_shapes_bpf *skel = c_shapes_bpf__open();
	struct c_shapes_bpf__shapes__c_shapes_ops *ops;
	size_t size = 0;

	(void)paths;
	CHECK(skel);
	CHECK(skel->struct_ops.shapes->data == 1);
	CHECK(strcmp(skel->struct_ops.shapes->name, "shapes") == 0);
	CHECK(skel->struct_ops.shapes->test_2 == skel->progs.test_2);

	skel->struct_ops.shapes->data = 13;
	skel->struct_ops.shapes->test_2 = skel->progs.test_3;
	strcpy(skel->struct_ops.shapes->name, "from the RFC");
	skel->struct_ops.shapes->mode = c_shapes_bpf__MODE_FAST;
	CHECK(bpf_struct_ops_shadow__commit(skel->shadow, NULL, NULL) == 0);

	CHECK(bpf_program__autoload(skel->progs.test_1) && bpf_program__autoload(skel->progs.test_3));
	CHECK(!bpf_program__autoload(skel->progs.test_2));
	ops = bpf_map__initial_value(skel->maps.shapes, &size);
	CHECK(size == sizeof(*ops));
	CHECK(ops->data == 13 && ops->test_2 == skel->progs.test_3 && ops->mode == 5);
	CHECK(ops->test_1 == skel->progs.test_1 && strcmp(ops->name, "from the RFC") == 0);

	/* Layouts agree, so it is the value itself. A nested struct is set where the kernel has it. */
	skel->struct_ops.shapes->range.high = 14;
	skel->struct_ops.shapes->inner.nested[2] = 15;
	skel->struct_ops.shapes->letters[1] = 16;
	CHECK(ops->range.low == 0 && ops->range.high == 14);
	CHECK(ops->inner.nested[2] == 15 && ops->number == 16 << 8);
	CHECK(bpf_struct_ops_shadow__commit(skel->shadow, collect, &reported) == -EINVAL);
	CHECK(has_problem(&reported, BPF_STRUCT_OPS_KERNEL_NO_TYPE, "shapes", "", NULL));
	c_shapes_bpf__destroy(skel);
	c_shapes_bpf__destroy(NULL);
}

static void *contents(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat stat;
	void *bytes;

	CHECK(fd >= 0 && fstat(fd, &stat) == 0);
	*size = (size_t)stat.st_size;
	bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(bytes != MAP_FAILED);
	close(fd);
	return bytes;
}

/* What cannot be opened or loaded is refused, and said. */
static void failures(char **paths)
{
	struct c_shapes_bpf *skel;
	const void *own;
	size_t size, own_size, moved_size;
	void *bytes = contents(paths[0], &size), *moved;

	libbpf_set_print(NULL);
	own = c_shapes_bpf__elf_bytes(&own_size);
	CHECK(own_size == size && memcmp(own, bytes, size) == 0);

	errno = 0;
	CHECK(!c_shapes_bpf__open_mem("no object", 9, NULL) && errno == LIBBPF_ERRNO__FORMAT);
	/* An object without this one's maps. */
	own = c_tcp_bpf__elf_bytes(&own_size);
	errno = 0;
	CHECK(!c_shapes_bpf__open_mem(own, own_size, NULL) && errno == ESRCH);
	CHECK(reported.count == 0);

	/* Variables that are elsewhere: this program would read and write others. */
	skel = c_shapes_bpf__open_mem(bytes, size, NULL);
	CHECK(skel && skel->data->range.low == 1);
	c_shapes_bpf__destroy(skel);
	moved = contents(paths[1], &moved_size);
	errno = 0;
	CHECK(!c_shapes_bpf__open_mem(moved, moved_size, NULL) && errno == EINVAL);
	munmap(moved, moved_size);

	skel = c_shapes_bpf__open();
	CHECK(skel);
	/* No program of this object. */
	skel->struct_ops.shapes->test_1 = (void *)&reported;
	errno = 0;
	CHECK(c_shapes_bpf__load(skel) == -EINVAL && errno == EINVAL);
	CHECK(has_problem(&reported, BPF_STRUCT_OPS_FOREIGN_PROGRAM, "shapes", "test_1", NULL));
	c_shapes_bpf__destroy(skel);
	munmap(bytes, size);
}

/* Sections are variables before load, and are shared with the kernel after it. */
static void variables(char **paths)
{
	struct c_shapes_bpf *skel = c_shapes_bpf__open();
	__u32 key = 0;
	struct c_shapes_bpf__data data;
	struct c_shapes_bpf__rodata rodata;

	(void)paths;
	CHECK(skel);
	CHECK(skel->rodata->limit == 7 && skel->data->range.high == 2);
	CHECK(skel->data->mode == c_shapes_bpf__MODE_FAST && skel->bss->count == 0);
	skel->rodata->limit = 8;
	skel->data->range.low = 9;
	/* Its type is in no kernel. */
	CHECK(bpf_map__set_autocreate(skel->maps.shapes, false) == 0);
	CHECK(c_shapes_bpf__load(skel) == 0);

	CHECK(bpf_map_lookup_elem(bpf_map__fd(skel->maps.data), &key, &data) == 0);
	CHECK(data.range.low == 9 && data.range.high == 2);
	skel->data->range.high = 10;
	CHECK(bpf_map_lookup_elem(bpf_map__fd(skel->maps.data), &key, &data) == 0);
	CHECK(data.range.high == 10);
	CHECK(bpf_map_lookup_elem(bpf_map__fd(skel->maps.rodata), &key, &rodata) == 0);
	CHECK(rodata.limit == 8 && skel->rodata->limit == 8);
	/* Nothing is there to be attached. */
	CHECK(c_shapes_bpf__attach(skel) == 0);
	c_shapes_bpf__destroy(skel);
}

/* A congestion control: settings and callbacks are as this program sets them in the kernel. */
static void tcp(char **paths)
{
	static const char *const set[] = { "ssthresh", "cong_avoid", "undo_cwnd", "flags", "name", NULL };
	struct c_tcp_bpf *skel = c_tcp_bpf__open();
	struct kernel_value kernel;

	(void)paths;
	CHECK(skel);
	CHECK((void *)skel->struct_ops.shadowed == bpf_map__initial_value(skel->maps.shadowed, NULL));
	skel->struct_ops.shadowed->flags = 3;
	strcpy(skel->struct_ops.shadowed->name, unique_name());
	skel->struct_ops.shadowed->cong_avoid = skel->progs.replacement;
	skel->struct_ops.shadowed->set_state = NULL;
	CHECK(bpf_map__set_autocreate(skel->maps.second, false) == 0);
	CHECK(bpf_program__set_autoload(skel->progs.on_sys_enter, false) == 0);
	CHECK(bpf_program__set_autoload(skel->progs.on_sys_exit, false) == 0);
	CHECK(c_tcp_bpf__load(skel) == 0);
	CHECK(c_tcp_bpf__load(skel) == -EBUSY);
	/* Too late: it is told, and nothing is attached that would not be what was set. */
	skel->struct_ops.shadowed->flags = 1;
	errno = 0;
	CHECK(c_tcp_bpf__attach(skel) == -EBUSY && errno == EBUSY && !skel->links.shadowed);
	skel->struct_ops.shadowed->flags = 3;

	CHECK(c_tcp_bpf__attach(skel) == 0 && skel->links.shadowed && !skel->links.second);
	CHECK(!skel->links.on_sys_enter && !skel->links.replacement);
	CHECK(is_registered(unique_name()) && !is_registered("c_default"));
	read_kernel_value(&kernel, skel->maps.shadowed);
	CHECK(kernel_u32(&kernel, "flags") == 3);
	CHECK(strcmp(kernel_bytes(&kernel, "name"), unique_name()) == 0);
	CHECK(kernel_callback(&kernel, "cong_avoid") == program_id(skel->obj, "replacement"));
	CHECK(kernel_callback(&kernel, "ssthresh") == program_id(skel->obj, "ssthresh"));
	CHECK(kernel_callback(&kernel, "undo_cwnd") == program_id(skel->obj, "undo_cwnd"));
	CHECK(rest_is_zero(&kernel, set));
	free_kernel_value(&kernel);
	CHECK(!is_program_loaded(skel->obj, "original") && !is_program_loaded(skel->obj, "spare"));

	c_tcp_bpf__detach(skel);
	CHECK(!skel->links.shadowed && !is_registered(unique_name()));
	c_tcp_bpf__destroy(skel);
}

/* The header of an older object: what it sets goes to the members of that name, wherever they are now. */
static void older_header(char **paths)
{
	struct c_older_bpf *skel;
	struct kernel_value kernel;
	struct bpf_program *prog;
	size_t size;
	void *bytes = contents(paths[0], &size);

	skel = c_older_bpf__open_mem(bytes, size, NULL);
	CHECK(skel);
	munmap(bytes, size);
	CHECK((void *)skel->struct_ops.shadowed != bpf_map__initial_value(skel->maps.shadowed, NULL));
	CHECK(strcmp(skel->struct_ops.shadowed->name, "c_default") == 0);
	CHECK(skel->struct_ops.shadowed->cong_avoid == skel->progs.original);
	strcpy(skel->struct_ops.shadowed->name, unique_name());
	skel->struct_ops.shadowed->cong_avoid = skel->progs.replacement;
	/* What it does not know of: the second map, and other programs. */
	CHECK(bpf_map__set_autocreate(find_map(skel->obj, "second"), false) == 0);
	bpf_object__for_each_program(prog, skel->obj)
		if (strncmp(bpf_program__name(prog), "on_sys_", 7) == 0)
			CHECK(bpf_program__set_autoload(prog, false) == 0);
	CHECK(c_older_bpf__load(skel) == 0);
	CHECK(c_older_bpf__attach(skel) == 0 && is_registered(unique_name()));

	read_kernel_value(&kernel, skel->maps.shadowed);
	CHECK(strcmp(kernel_bytes(&kernel, "name"), unique_name()) == 0);
	CHECK(kernel_callback(&kernel, "cong_avoid") == program_id(skel->obj, "replacement"));
	CHECK(kernel_callback(&kernel, "ssthresh") == program_id(skel->obj, "ssthresh"));
	CHECK(kernel_callback(&kernel, "set_state") == program_id(skel->obj, "set_state"));
	CHECK(kernel_u32(&kernel, "flags") == 1);
	free_kernel_value(&kernel);
	/* Detached where it is destroyed. */
	c_older_bpf__destroy(skel);
	CHECK(!is_registered(unique_name()));
}

static const struct test_case cases[] = {
	{ "rfc", rfc },
	{ "failures", failures },
	{ "variables", variables },
	{ "tcp", tcp },
	{ "older_header", older_header },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
