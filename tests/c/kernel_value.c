// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include <unistd.h>

#include "kernel_value.h"

const char *unique_name(void)
{
	static char name[16];

	snprintf(name, sizeof(name), "c_%d", (int)getpid());
	return name;
}

bool is_registered(const char *name)
{
	FILE *file = fopen("/proc/sys/net/ipv4/tcp_available_congestion_control", "r");
	char text[4096], *word;
	size_t length;
	bool found = false;

	CHECK(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	for (word = strtok(text, " \n"); word && !found; word = strtok(NULL, " \n"))
		found = strcmp(word, name) == 0;
	return found;
}

static const struct btf_member *kernel_member(const struct btf *btf, const struct btf_type *type,
					      const char *name)
{
	const struct btf_member *member = btf_members(type);
	int i;

	for (i = 0; i < btf_vlen(type); i++, member++)
		if (strcmp(btf__name_by_offset(btf, member->name_off), name) == 0)
			return member;
	return NULL;
}

void read_kernel_value(struct kernel_value *value, const struct bpf_map *map)
{
	const char *name = "bpf_struct_ops_tcp_congestion_ops";
	const struct btf_type *outer;
	const struct btf_member *data;
	int key = 0, id;

	value->btf = btf__load_vmlinux_btf();
	CHECK(value->btf);
	id = btf__find_by_name_kind(value->btf, name, BTF_KIND_STRUCT);
	CHECK(id > 0);
	outer = btf__type_by_id(value->btf, (__u32)id);
	data = kernel_member(value->btf, outer, "data");
	CHECK(data);
	value->type = btf__type_by_id(value->btf, data->type);
	value->bytes = calloc(1, outer->size);
	CHECK(value->bytes);
	CHECK(bpf_map_lookup_elem(bpf_map__fd(map), &key, value->bytes) == 0);
	value->data = value->bytes + data->offset / 8;
}

const char *kernel_bytes(const struct kernel_value *value, const char *name)
{
	const struct btf_member *member = kernel_member(value->btf, value->type, name);

	CHECK(member);
	return value->data + member->offset / 8;
}

__u32 kernel_u32(const struct kernel_value *value, const char *name)
{
	__u32 number;

	memcpy(&number, kernel_bytes(value, name), sizeof(number));
	return number;
}

__u64 kernel_callback(const struct kernel_value *value, const char *name)
{
	__u64 id;

	memcpy(&id, kernel_bytes(value, name), sizeof(id));
	return id;
}

bool rest_is_zero(const struct kernel_value *value, const char *const *names)
{
	__u32 i;

	for (; *names; names++) {
		const struct btf_member *member = kernel_member(value->btf, value->type, *names);
		__s64 size = btf__resolve_size(value->btf, member->type);

		memset(value->data + member->offset / 8, 0, (size_t)size);
	}
	for (i = 0; i < value->type->size; i++)
		if (value->data[i])
			return false;
	return true;
}

void free_kernel_value(struct kernel_value *value)
{
	btf__free(value->btf);
	free(value->bytes);
}

__u32 program_id(const struct bpf_object *obj, const char *name)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	CHECK(bpf_prog_get_info_by_fd(bpf_program__fd(find_program(obj, name)), &info, &size) == 0);
	CHECK(info.id);
	return info.id;
}

bool is_program_loaded(const struct bpf_object *obj, const char *name)
{
	return bpf_program__fd(find_program(obj, name)) >= 0;
}

bool is_map_created(const struct bpf_object *obj, const char *name)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return bpf_map_get_info_by_fd(bpf_map__fd(find_map(obj, name)), &info, &size) == 0;
}
