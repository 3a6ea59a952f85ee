// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Objects whose BTF is made to harm: types that nest without end, that are not inside each other, that lie. */
#include <errno.h>
#include <gelf.h>

#include "common.h"

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes;

	CHECK(file && fseek(file, 0, SEEK_END) == 0);
	*size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*size);
	CHECK(bytes && fread(bytes, 1, *size, file) == *size);
	fclose(file);
	return bytes;
}

/* The section .BTF of an object in memory. */
static char *find_btf(char *bytes, size_t size, size_t *btf_size)
{
	Elf_Scn *section = NULL;
	char *found = NULL;
	GElf_Shdr header;
	size_t names;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory(bytes, size);
	CHECK(elf && elf_getshdrstrndx(elf, &names) == 0);
	while ((section = elf_nextscn(elf, section))) {
		CHECK(gelf_getshdr(section, &header));
		if (strcmp(elf_strptr(elf, names, header.sh_name), ".BTF") == 0) {
			found = bytes + header.sh_offset;
			*btf_size = header.sh_size;
		}
	}
	elf_end(elf);
	CHECK(found);
	return found;
}

static const struct bpf_struct_ops_member_info pair[] = { { "x", 0, 4 }, { "y", 4, 2 } };
static const struct bpf_struct_ops_type_info pair_type = { pair, 2, 8 };
static const struct bpf_struct_ops_member_info described[] = {
	{ "deep", 0, 4 },
	{ "pairs", 8, 32, .count = 4, .type = &pair_type },
	{ "wide", .bit_offset = 320, .bit_size = 9 },
	{ "either", 44, 4 },
};
static const struct bpf_struct_ops_map_info described_maps[] = { { "versioned", described, 4, 64 } };
static const struct bpf_struct_ops_shadow_info info = INFO(described_maps);

static void use(struct bpf_object *obj)
{
	struct btf *own = btf__new_empty();
	const struct bpf_struct_ops_shadow_info *infos[] = { NULL, &info };
	struct bpf_struct_ops_shadow *shadow;
	struct bpf_map *map;
	size_t i, size;

	if (btf__add_btf(own, bpf_object__btf(obj)) > 0)
		btf__add_struct(own, "bpf_struct_ops_c_version_ops", 4);
	for (i = 0; i < ARRAY_SIZE(infos); i++) {
		shadow = bpf_struct_ops_shadow__new(obj, infos[i], NULL, NULL);
		if (!shadow) {
			CHECK(errno == EINVAL || errno == ENOMEM);
			continue;
		}
		bpf_object__for_each_map(map, obj) {
			char *value = bpf_struct_ops_shadow__initial_value(shadow, map, &size);

			if (value)
				memset(value, 0x11, size);
			bpf_struct_ops_shadow__set_presence(shadow, map, "deep", BPF_STRUCT_OPS_WARN);
		}
		bpf_struct_ops_shadow__check(shadow, own, NULL, 0, NULL, NULL);
		bpf_struct_ops_shadow__commit_for(shadow, own, NULL, 0, NULL, NULL);
		bpf_struct_ops_shadow__free(shadow);
	}
	btf__free(own);
}

/*
 * libbpf reads a map's value by what BTF says of its place and size, and crashes
 * where that is outside the section: what it reads is not for us to mend.
 */
static bool does_libbpf_survive(const char *section, size_t size, __u32 value_size)
{
	struct btf *btf = btf__new(section, (__u32)size);
	bool survives = true;
	__u32 id, i;

	for (id = 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		for (i = 0; btf_is_datasec(type) && i < btf_vlen(type); i++) {
			const struct btf_var_secinfo *entry = btf_var_secinfos(type) + i;
			__s32 var_type = btf__resolve_type(btf, entry->type);
			const struct btf_type *var = btf__type_by_id(btf, (__u32)var_type);

			if (var_type > 0 && btf_is_struct(var) &&
			    (__u64)entry->offset + var->size > value_size)
				survives = false;
		}
	}
	btf__free(btf);
	return survives;
}

static __u32 size_of_value(const char *section, size_t size)
{
	struct btf *btf = btf__new(section, (__u32)size);
	int id = btf__find_by_name_kind(btf, "c_version_ops", BTF_KIND_STRUCT);
	__u32 value_size;

	CHECK(id > 0);
	value_size = btf__type_by_id(btf, (__u32)id)->size;
	btf__free(btf);
	return value_size;
}

/* Every word of the types, changed in several ways. What libbpf opens is used. */
static void changed_words(char **paths)
{
	static const __u32 changes[] = { 0, 1, 7, 0x100, 0x7fffffff, 0xffffffff };
	size_t size, btf_size = 0, word, i;
	char *bytes = read_file(paths[0], &size), *section = find_btf(bytes, size, &btf_size);
	struct btf_header header;
	__u32 value_size = size_of_value(section, btf_size);
	int opened = 0;

	memcpy(&header, section, sizeof(header));
	libbpf_set_print(NULL);
	for (word = header.hdr_len; word < header.hdr_len + header.type_len; word += 4) {
		__u32 before;

		memcpy(&before, section + word, 4);
		for (i = 0; i < ARRAY_SIZE(changes); i++) {
			__u32 after = i < 3 ? before + changes[i] : changes[i];
			LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "hostile");
			struct bpf_object *obj = NULL;

			memcpy(section + word, &after, 4);
			if (does_libbpf_survive(section, btf_size, value_size))
				obj = bpf_object__open_mem(bytes, size, &opts);
			memcpy(section + word, &before, 4);
			if (!obj)
				continue;
			opened++;
			use(obj);
			bpf_object__close(obj);
		}
	}
	CHECK(opened > 100);
	free(bytes);
}

/* A legal type of a few lines, with 2^20 members: more than anybody wants to look at. */
static void doubled_types(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct problems problems = {};

	CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_TYPE, "doubled", NULL, NULL));
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "changed_words", changed_words },
	{ "doubled_types", doubled_types },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
