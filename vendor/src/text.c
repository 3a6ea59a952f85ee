// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Formats what libbpf prints, so that the receiver needs no va_list. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "libbpf_text.h"

typedef void (*piece_fn)(void *ctx, const char *text, size_t len);

/* Most messages fit on the stack; a verifier log has no bound. */
static void format(piece_fn piece, void *ctx, const char *fmt, va_list args)
{
	char small[512], *text = small;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(small, sizeof(small), fmt, args);
	if (len >= (int)sizeof(small)) {
		text = malloc((size_t)len + 1);
		if (text) {
			vsnprintf(text, (size_t)len + 1, fmt, again);
		} else {
			/* Out of memory: the beginning is better than nothing. */
			text = small;
			len = sizeof(small) - 1;
		}
	}
	va_end(again);
	if (len > 0)
		piece(ctx, text, (size_t)len);
	if (text != small)
		free(text);
}

static const struct libbpf_text_sink *log_sink;
static libbpf_print_fn_t print_before;

static void log_piece(void *ctx, const char *text, size_t len)
{
	log_sink->message(*(const int *)ctx, text, len);
}

static int print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	int number = (int)level;

	if (!log_sink->wants(number))
		return print_before ? print_before(level, fmt, args) : 0;
	format(log_piece, &number, fmt, args);
	return 0;
}

void libbpf_text__set_log(const struct libbpf_text_sink *sink)
{
	libbpf_print_fn_t before;

	/* Off while both are set: no thread may see one without the other. */
	before = libbpf_set_print(NULL);
	if (before != print)
		print_before = before;
	log_sink = sink;
	libbpf_set_print(print);
}

struct dump {
	piece_fn piece;
	void *ctx;
};

static void dump_print(void *ctx, const char *fmt, va_list args)
{
	struct dump *dump = ctx;

	format(dump->piece, dump->ctx, fmt, args);
}

int libbpf_text__dump_btf(const struct btf *btf, piece_fn piece, void *ctx)
{
	struct dump dump = { .piece = piece, .ctx = ctx };
	struct btf_dump *d;
	__u32 id, cnt = btf__type_cnt(btf);
	int err = 0;

	d = btf_dump__new(btf, dump_print, &dump, NULL);
	if (!d)
		return -errno;
	for (id = 1; id < cnt && !err; id++)
		err = btf_dump__dump_type(d, id);
	btf_dump__free(d);
	return err;
}
