// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "common.h"

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

void collect(void *ctx, const struct bpf_struct_ops_problem *problem)
{
	struct problems *problems = ctx;
	int i = problems->count++;

	CHECK(problems->count <= (int)ARRAY_SIZE(problems->list));
	problems->list[i].kind = problem->kind;
	problems->list[i].found = problem->found;
	problems->list[i].expected = problem->expected;
	copy(problems->list[i].map, sizeof(problems->list[i].map), problem->map);
	copy(problems->list[i].type, sizeof(problems->list[i].type), problem->type);
	copy(problems->list[i].member, sizeof(problems->list[i].member), problem->member);
	copy(problems->list[i].program, sizeof(problems->list[i].program), problem->program);
	CHECK(bpf_struct_ops_problem__format(problem, problems->list[i].text,
					     sizeof(problems->list[i].text)) > 0);
	CHECK(!strchr(problems->list[i].text, '\n') && !strchr(problems->list[i].text, '?'));
}

bool has_problem(const struct problems *problems, enum bpf_struct_ops_problem_kind kind,
		 const char *map, const char *member, const char *text)
{
	int i;

	for (i = 0; i < problems->count; i++)
		if (problems->list[i].kind == kind && strcmp(problems->list[i].map, map) == 0 &&
		    (!member || strcmp(problems->list[i].member, member) == 0) &&
		    (!text || strcmp(problems->list[i].text, text) == 0))
			return true;
	fprintf(stderr, "no problem %d of '%s', '%s', but:\n", (int)kind, map,
		member ? member : "");
	for (i = 0; i < problems->count; i++)
		fprintf(stderr, "  %d: %s\n", (int)problems->list[i].kind, problems->list[i].text);
	return false;
}

struct bpf_object *open_object(const char *path)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);

	CHECK(obj);
	return obj;
}

struct bpf_map *find_map(const struct bpf_object *obj, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, name);

	CHECK(map);
	return map;
}

struct bpf_program *find_program(const struct bpf_object *obj, const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(obj, name);

	CHECK(prog);
	return prog;
}

int run_case(const struct test_case *cases, size_t n_cases, int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < n_cases; i++) {
		if (strcmp(cases[i].name, argv[1]) != 0)
			continue;
		cases[i].run(argv + 2);
		return 0;
	}
	fprintf(stderr, "usage: %s CASE OBJECT...; cases:", argv[0]);
	for (i = 0; i < n_cases; i++)
		fprintf(stderr, " %s", cases[i].name);
	fprintf(stderr, "\n");
	return 2;
}
