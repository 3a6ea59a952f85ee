// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Texts: of problems, of libbpf's messages. */
#include <pthread.h>
#include <stdarg.h>

#include "allocations.h"
#include "common.h"

/* Texts that do not fit, and kinds that this version does not know. */
static void texts(char **paths)
{
	struct bpf_struct_ops_problem problem = { .kind = BPF_STRUCT_OPS_NO_MAP, .map = "m" };
	char text[128], small[8];
	int kind, length;

	(void)paths;
	length = bpf_struct_ops_problem__format(&problem, NULL, 0);
	CHECK(length == (int)strlen("the object has no struct_ops map 'm'"));
	CHECK(bpf_struct_ops_problem__format(&problem, small, sizeof(small)) == length);
	CHECK(strcmp(small, "the obj") == 0);
	problem.map = NULL;
	for (kind = 0; kind <= BPF_STRUCT_OPS_OTHER_LAYOUT + 1; kind++) {
		problem.kind = (enum bpf_struct_ops_problem_kind)kind;
		CHECK(bpf_struct_ops_problem__format(&problem, text, sizeof(text)) > 0);
		CHECK((strstr(text, "unknown problem") != NULL) ==
		      (kind > BPF_STRUCT_OPS_OTHER_LAYOUT));
	}
}

static __thread int wanted_messages;
static int unwanted_messages;
static __thread size_t longest;
static __thread bool wants_messages;

static bool wants(int level)
{
	return wants_messages && level == LIBBPF_WARN;
}

static void message(int level, const char *text, size_t length)
{
	CHECK(level == LIBBPF_WARN && text[length] == '\0' && strlen(text) == length);
	wanted_messages++;
	if (length > longest)
		longest = length;
}

static int print_before(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	__atomic_add_fetch(&unwanted_messages, 1, __ATOMIC_RELAXED);
	return 0;
}

static const struct libbpf_text_sink sink = { wants, message };

/* Longer than what is formatted without an allocation. */
#define LONG_NAME 2000

static void provoke_message(void)
{
	char path[LONG_NAME + 1];

	memset(path, 'x', LONG_NAME);
	path[LONG_NAME] = '\0';
	CHECK(!bpf_object__open_file(path, NULL));
}

static void *print_and_set(void *unused)
{
	int i;

	wants_messages = true;
	for (i = 0; i < 200; i++) {
		libbpf_text__set_log(&sink);
		provoke_message();
	}
	CHECK(wanted_messages >= 200);
	return unused;
}

static void log_text(char **paths)
{
	pthread_t threads[4];
	bool cut = false;
	int before, n;
	size_t i;

	(void)paths;
	libbpf_set_print(print_before);
	libbpf_text__set_log(&sink);
	provoke_message();
	CHECK(wanted_messages == 0 && unwanted_messages > 0);
	wants_messages = true;
	provoke_message();
	CHECK(wanted_messages > 0 && longest > LONG_NAME);

	/* A message that there is no memory for is cut, not lost. */
	for (n = 0; n < 16 && !cut; n++) {
		longest = 0;
		allocations_left = n;
		provoke_message();
		cut = longest > LONG_NAME / 8 && longest < LONG_NAME;
	}
	allocations_left = -1;
	CHECK(cut);

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, print_and_set, NULL) == 0);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	/* What was there first is still where unwanted messages go. */
	wants_messages = false;
	before = unwanted_messages;
	provoke_message();
	CHECK(unwanted_messages > before);
}

static const struct test_case cases[] = {
	{ "texts", texts },
	{ "log_text", log_text },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
