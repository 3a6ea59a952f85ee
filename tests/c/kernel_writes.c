// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * Preloaded where scripts/sanitize runs memcheck: what valgrind (3.19) takes for uninitialised, and the kernel has
 * written. The log of a refused program or BTF comes from a call that fails; where BTF and its name go stands in the
 * information about it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

static void is_written(uint64_t place, uint32_t size)
{
	if (place)
		(void)VALGRIND_MAKE_MEM_DEFINED((void *)(uintptr_t)place, size);
}

static int is_btf(int descriptor)
{
	char path[64], target[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	length = readlink(path, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = 0;
	return !strcmp(target, "anon_inode:btf");
}

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	const struct bpf_btf_info *info = NULL;
	const union bpf_attr *attr;
	long arguments[6], result;
	uint32_t room = 0, name_room = 0;
	va_list list;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	attr = (const union bpf_attr *)arguments[1];
	if (number == SYS_bpf && arguments[0] == BPF_OBJ_GET_INFO_BY_FD && is_btf(attr->info.bpf_fd)) {
		info = (const struct bpf_btf_info *)(uintptr_t)attr->info.info;
		room = info->btf_size;
		name_room = info->name_len;
	}
	result = next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
	if (info && !result) {
		is_written(info->btf, info->btf_size < room ? info->btf_size : room);
		/* with the byte that ends it, which is not counted */
		is_written(info->name, info->name_len < name_room ? info->name_len + 1 : name_room);
	}
	if (number == SYS_bpf && result < 0) {
		if (arguments[0] == BPF_PROG_LOAD)
			is_written(attr->log_buf, attr->log_size);
		else if (arguments[0] == BPF_BTF_LOAD)
			is_written(attr->btf_log_buf, attr->btf_log_size);
	}
	return result;
}
