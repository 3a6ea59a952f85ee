// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program in C alone, with the library that is installed: LINKED_STATIC says which. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <libbpf_safe.h>
#include <libbpf_struct_ops.h>
#ifdef LINKED_STATIC
#define mixed_bpf__TYPES
#include "mixed.skel.h"
#endif

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%d: not so: %s: %s\n", __LINE__, #condition, libbpf_safe__error()); \
			return 1;                                                                 \
		}                                                                                 \
	} while (0)

#ifdef LINKED_STATIC
/* All of it, through the generated header; the same memory as by name. */
static int configure(struct libbpf_safe_open *open)
{
	struct bpf_object *obj = libbpf_safe_open__bpf_object(open, LIBBPF_SAFE_LIBBPF);
	const struct bpf_struct_ops_map_info *layout = mixed_bpf__struct_ops_info()->maps;
	struct bpf_struct_ops_map_info other = *layout;
	struct mixed_bpf *skel;
	size_t size = 0;

	CHECK(obj);
	skel = mixed_bpf__borrow(obj, libbpf_safe_open__shadow(open));
	CHECK(skel);
	CHECK(libbpf_safe_open__struct_ops(open, "control", layout, &size) == skel->struct_ops.control);
	CHECK(size == sizeof(*skel->struct_ops.control));
	other.data_size += 8;
	CHECK(!libbpf_safe_open__struct_ops(open, "control", &other, NULL) && errno == EINVAL);
	CHECK(strstr(libbpf_safe__error(), "its shadow copy has another layout of 'struct tcp_congestion_ops'"));
	skel->rodata->step = 9;
	skel->struct_ops.control->flags = 3;
	strcpy(skel->struct_ops.control->name, "t_linked");
	mixed_bpf__destroy(skel);
	return 0;
}

static int use(struct libbpf_safe_object *object)
{
	struct bpf_object *obj = libbpf_safe_object__bpf_object(object, LIBBPF_SAFE_LIBBPF);
	struct mixed_bpf *skel = mixed_bpf__borrow(obj, NULL);

	CHECK(skel && skel->rodata->step == 9);
	mixed_bpf__destroy(skel);
	return 0;
}
#else
/* libbpf is inside the library: no second one gets the object. */
static void another_libbpf(void)
{
}

static int configure(struct libbpf_safe_open *open)
{
	char *value;
	size_t size = 0;

	CHECK(!libbpf_safe_open__bpf_object(open, another_libbpf) && errno == EXDEV);
	CHECK(strstr(libbpf_safe__error(), "link the static library"));
	value = libbpf_safe_open__struct_ops(open, "control", NULL, &size);
	CHECK(value && size > sizeof("t_mixed"));
	/* The only string in it. */
	for (size_t i = 0; i < size - sizeof("t_mixed"); i++)
		if (memcmp(value + i, "t_mixed", sizeof("t_mixed")) == 0)
			memcpy(value + i, "t_linke", sizeof("t_linke"));
	return 0;
}

static int use(struct libbpf_safe_object *object)
{
	CHECK(!libbpf_safe_object__bpf_object(object, another_libbpf) && errno == EXDEV);
	return 0;
}
#endif

static int failures(const char *path)
{
	struct libbpf_safe_open_opts opts = { sizeof(opts), NULL, NULL, NULL, NULL };
	struct {
		struct libbpf_safe_open_opts known;
		unsigned long unknown;
	} newer = {};
	struct libbpf_safe_open *open;

	errno = 0;
	CHECK(!libbpf_safe_open__file("/nowhere.bpf.o", NULL) && errno == ENOENT);
	CHECK(strstr(libbpf_safe__error(), "cannot open object `/nowhere.bpf.o`"));
	CHECK(!libbpf_safe_open__file(NULL, NULL) && errno == EINVAL);
	CHECK(!libbpf_safe_open__mem("no object", 9, NULL));
	CHECK(strstr(libbpf_safe__error(), "needs a name"));
	opts.sz = 8;
	CHECK(!libbpf_safe_open__file(path, &opts) && errno == EINVAL);
	CHECK(strstr(libbpf_safe__error(), "opts->sz"));
	/* Of a header that is newer than the library. */
	newer.known.sz = sizeof(newer);
	newer.unknown = 1;
	CHECK(!libbpf_safe_open__file(path, &newer.known) && errno == E2BIG);
	CHECK(strstr(libbpf_safe__error(), "does not know"));
	newer.unknown = 0;
	open = libbpf_safe_open__file(path, &newer.known);
	CHECK(open);
	libbpf_safe_open__close(open);
	open = libbpf_safe_open__file(path, NULL);
	CHECK(open);
	CHECK(!libbpf_safe_open__struct_ops(open, "uncontrolled", NULL, NULL) && errno == ENOENT);
	CHECK(!libbpf_safe_open__struct_ops(open, "totals", NULL, NULL) && errno == ENOENT);
	libbpf_safe_open__close(open);
	libbpf_safe_open__close(NULL);
	libbpf_safe_object__close(NULL);
	libbpf_safe_links__detach(NULL);
	CHECK(!libbpf_safe_open__load(NULL) && errno == EINVAL);
	return 0;
}

/* Waits for a line, so that the test can look at the kernel meanwhile. */
static void tell(const char *what)
{
	char line[8];

	printf("%s\n", what);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		fprintf(stderr, "nobody answers\n");
}

int main(int argc, char **argv)
{
	struct libbpf_safe_open_opts opts = { sizeof(opts), "linked", NULL, NULL, NULL };
	struct libbpf_safe_open *open;
	struct libbpf_safe_object *object;
	struct libbpf_safe_links *links;
	int map, program;

	CHECK(argc == 2);
	CHECK(libbpf_safe__abi_version() >= LIBBPF_SAFE_ABI_VERSION);
	CHECK(strcmp(libbpf_safe__error(), "") == 0);
	if (failures(argv[1]))
		return 1;
	open = libbpf_safe_open__file(argv[1], &opts);
	CHECK(open);
	if (configure(open))
		return 1;
	object = libbpf_safe_open__load(open);
	CHECK(object);
	if (use(object))
		return 1;
	CHECK(libbpf_safe_object__map_fd(object, "nothing") == -ENOENT && errno == ENOENT);
	map = libbpf_safe_object__map_fd(object, "totals");
	program = libbpf_safe_object__program_fd(object, "ssthresh");
	CHECK(map >= 0 && program >= 0 && map != program);
	links = libbpf_safe_object__attach(object);
	CHECK(links);
	libbpf_safe_object__close(object);
	tell("attached");
	libbpf_safe_links__detach(links);
	tell("detached");
	close(map);
	close(program);
	return 0;
}
