/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/*
 * libbpf's printf-like callbacks, for languages that have no va_list.
 */
#ifndef LIBBPF_TEXT_H
#define LIBBPF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * wants: whether messages of this level (enum libbpf_print_level) are to be
 * formatted and handed to message on the calling thread. Those that are not
 * wanted go where they went before.
 */
struct libbpf_text_sink {
	bool (*wants)(int level);
	void (*message)(int level, const char *text, size_t len);
};

/* Routes libbpf's log through sink, for the whole process. The sink must live forever. */
void libbpf_text__set_log(const struct libbpf_text_sink *sink);

#ifdef __cplusplus
}
#endif

#endif /* LIBBPF_TEXT_H */
