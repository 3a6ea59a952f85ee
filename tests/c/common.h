/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the C tests share. Each program runs one case, named by its first argument. */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <libbpf_struct_ops.h>
#include <libbpf_text.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			exit(1); \
		} \
	} while (0)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* A member of the shadow info, from a struct of this program. */
#define MEMBER(type, member) \
	{ #member, offsetof(struct type, member), sizeof(((struct type *)0)->member) }

#define MAP(map, type, list) { map, list, ARRAY_SIZE(list), sizeof(struct type) }

#define INFO(list) { list, ARRAY_SIZE(list) }

/* Problems, as they were reported. */
struct problems {
	int count;
	struct {
		enum bpf_struct_ops_problem_kind kind;
		char map[32], type[64], member[32], program[32], text[256];
		__u64 found, expected;
	} list[24];
};

/* A bpf_struct_ops_report_fn. */
void collect(void *ctx, const struct bpf_struct_ops_problem *problem);

/* Whether there is this problem; member and text may be NULL for any. Says what there is if not. */
bool has_problem(const struct problems *problems, enum bpf_struct_ops_problem_kind kind,
		 const char *map, const char *member, const char *text);

struct bpf_object *open_object(const char *path);
struct bpf_map *find_map(const struct bpf_object *obj, const char *name);
struct bpf_program *find_program(const struct bpf_object *obj, const char *name);

struct test_case {
	const char *name;
	/* paths: the object files, one for each further argument, then NULL. */
	void (*run)(char **paths);
};

int run_case(const struct test_case *cases, size_t n_cases, int argc, char **argv);

#endif /* COMMON_H */
