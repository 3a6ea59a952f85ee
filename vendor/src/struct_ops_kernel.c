// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The BTF of a kernel, and what of struct_ops is in it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

#define KERNEL_BTF "/sys/kernel/btf"

const struct btf *struct_ops__kernel_type(const struct kernel_types *types, const char *name,
					  const struct btf_type **type)
{
	static const char prefix[] = "bpf_struct_ops_";
	char value_name[256];
	const char *type_name = value_name + sizeof(prefix) - 1;
	size_t i;
	__s32 id;
	int length;

	length = snprintf(value_name, sizeof(value_name), "%s%.*s", prefix,
			  struct_ops__essential_length(name), name);
	if (length < 0 || (size_t)length >= sizeof(value_name))
		return NULL;
	for (i = 0; i <= (types->modules ? types->n_modules : 0); i++) {
		const struct btf *btf = i == 0 ? types->kernel : types->modules[i - 1];

		/* Only a type that a subsystem registered has a value type. */
		if (!btf || btf__find_by_name_kind(btf, value_name, BTF_KIND_STRUCT) < 0)
			continue;
		id = btf__find_by_name_kind(btf, type_name, BTF_KIND_STRUCT);
		if (id < 0)
			continue;
		*type = btf__type_by_id(btf, (__u32)id);
		return btf;
	}
	return NULL;
}

/* The flag that asks for a link is younger than struct_ops itself. */
bool struct_ops__kernel_has_links(const struct kernel_types *types)
{
	__u32 id, i, cnt = types->kernel ? btf__type_cnt(types->kernel) : 0;

	for (id = 1; id < cnt; id++) {
		const struct btf_type *type = btf__type_by_id(types->kernel, id);
		const struct btf_enum *value;

		if (!btf_is_enum(type))
			continue;
		value = btf_enum(type);
		for (i = 0; i < btf_vlen(type); i++, value++) {
			const char *name = btf__name_by_offset(types->kernel, value->name_off);

			if (name && strcmp(name, "BPF_F_LINK") == 0)
				return true;
		}
	}
	return false;
}

static bool lacks_a_type(const struct bpf_struct_ops_shadow *shadow,
			 const struct kernel_types *types)
{
	const struct btf_type *type;
	__u32 i;

	for (i = 0; i < shadow->n_maps; i++)
		if (bpf_map__autocreate(shadow->maps[i].map) &&
		    !struct_ops__kernel_type(types, shadow->maps[i].type_name, &type))
			return true;
	return false;
}

static void add_module(struct running_kernel *running, const char *name)
{
	struct btf **modules;
	struct btf *btf;

	if (running->types.n_modules == running->room) {
		running->room = running->room * 2 + 16;
		modules = realloc(running->modules, running->room * sizeof(*modules));
		if (!modules) {
			running->room = running->types.n_modules;
			return;
		}
		running->modules = modules;
	}
	/* A module may go while the folder is being read. */
	btf = btf__load_module_btf(name, running->vmlinux);
	if (btf)
		running->modules[running->types.n_modules++] = btf;
}

bool struct_ops__read_kernel(const struct bpf_struct_ops_shadow *shadow,
			     struct running_kernel *running)
{
	struct dirent *entry;
	DIR *folder;

	memset(running, 0, sizeof(*running));
	running->vmlinux = btf__load_vmlinux_btf();
	if (!running->vmlinux)
		return false;
	running->types.kernel = running->vmlinux;
	if (!lacks_a_type(shadow, &running->types))
		return true;
	folder = opendir(KERNEL_BTF);
	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux") != 0)
			add_module(running, entry->d_name);
	if (folder)
		closedir(folder);
	running->types.modules = (const struct btf *const *)running->modules;
	return true;
}

void struct_ops__free_kernel(struct running_kernel *running)
{
	size_t i;

	for (i = 0; i < running->types.n_modules; i++)
		btf__free(running->modules[i]);
	free(running->modules);
	btf__free(running->vmlinux);
}
