// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Preloaded where scripts/sanitize runs memcheck: valgrind (3.19) takes the log of a refused program or BTF for
 * uninitialised, since the kernel writes it in a call that fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <valgrind/memcheck.h>

static void has_log(uint64_t log, uint32_t size)
{
	if (log)
		(void)VALGRIND_MAKE_MEM_DEFINED((void *)(uintptr_t)log, size);
}

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	const union bpf_attr *attr;
	long arguments[6], result;
	va_list list;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	result = next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
	if (number == SYS_bpf && result < 0) {
		attr = (const union bpf_attr *)arguments[1];
		if (arguments[0] == BPF_PROG_LOAD)
			has_log(attr->log_buf, attr->log_size);
		else if (arguments[0] == BPF_BTF_LOAD)
			has_log(attr->btf_log_buf, attr->btf_log_size);
	}
	return result;
}
