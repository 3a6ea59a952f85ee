// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Formats what libbpf prints, so that the receiver needs no va_list. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "libbpf_text.h"

typedef void (*piece_fn)(void *ctx, const char *text, size_t len);

/* Most messages fit on the stack; a verifier log has no bound. */
__attribute__((format(printf, 3, 0)))
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

/* Both are read by any thread that prints, also while another one sets them. */
static const struct libbpf_text_sink *log_sink;
static libbpf_print_fn_t print_before;

struct log_message {
	const struct libbpf_text_sink *sink;
	int level;
};

static void log_piece(void *ctx, const char *text, size_t len)
{
	const struct log_message *message = ctx;

	message->sink->message(message->level, text, len);
}

__attribute__((format(printf, 2, 0)))
static int print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	struct log_message message = {
		.sink = __atomic_load_n(&log_sink, __ATOMIC_ACQUIRE),
		.level = (int)level,
	};
	libbpf_print_fn_t before;

	/* libbpf publishes this function without ordering: the sink may not be visible yet. */
	if (message.sink && message.sink->wants(message.level)) {
		format(log_piece, &message, fmt, args);
		return 0;
	}
	before = __atomic_load_n(&print_before, __ATOMIC_ACQUIRE);
	return before ? before(level, fmt, args) : 0;
}

void libbpf_text__set_log(const struct libbpf_text_sink *sink)
{
	libbpf_print_fn_t before;

	__atomic_store_n(&log_sink, sink, __ATOMIC_RELEASE);
	/* One exchange: of two callers at once the second finds print, and keeps what was before. */
	before = libbpf_set_print(print);
	if (before != print)
		__atomic_store_n(&print_before, before, __ATOMIC_RELEASE);
}
