// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Objects that libbpf opens, and that no shadow copy can be made of or carried over from. */
#include <errno.h>
#include <gelf.h>

#include "common.h"

static void bitfield(char **paths)
{
	/* Moved, and described as if they were numbers. */
	static const struct bpf_struct_ops_member_info members[] = {
		{ "narrow", 8, 4 }, { "wide", 16, 4 },
	};
	static const struct bpf_struct_ops_map_info maps[] = { { "bits", members, 2, 64 } };
	static const struct bpf_struct_ops_shadow_info info = INFO(maps);
	struct bpf_object *obj = open_object(paths[0]);
	struct problems problems = {};
	struct bpf_struct_ops_shadow *shadow;

	CHECK(!bpf_struct_ops_shadow__new(obj, &info, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "wide", NULL));

	memset(&problems, 0, sizeof(problems));
	shadow = bpf_struct_ops_shadow__new(obj, NULL, collect, &problems);
	CHECK(shadow && problems.count == 0);
	CHECK(bpf_struct_ops_shadow__commit(shadow, collect, &problems) == -EINVAL);
	CHECK(problems.count == 2);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "narrow",
			  "map 'bits': 'tcp_congestion_ops___bits.narrow' is a bitfield, which libbpf cannot carry to the kernel"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "bits", "wide", NULL));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void no_value(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]), *without_btf = open_object(paths[1]);
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};
	struct bpf_map *map;

	CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NO_VALUE, "impostor", "",
			  "map 'impostor' is of the type struct_ops, but no variable in a struct_ops section"));
	bpf_object__close(obj);

	CHECK(!bpf_object__btf(without_btf));
	shadow = bpf_struct_ops_shadow__new(without_btf, NULL, collect, &problems);
	CHECK(shadow && problems.count == 1);
	map = bpf_object__next_map(without_btf, NULL);
	CHECK(map && !bpf_struct_ops_shadow__initial_value(shadow, map, NULL));
	CHECK(bpf_struct_ops_shadow__commit(shadow, NULL, NULL) == 0);
	bpf_struct_ops_shadow__free(shadow);
	CHECK(bpf_map__set_type(map, BPF_MAP_TYPE_STRUCT_OPS) == 0);
	CHECK(!bpf_struct_ops_shadow__new(without_btf, NULL, collect, &problems));
	CHECK(problems.count == 2);
	bpf_object__close(without_btf);
}

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

/* Where the section .BTF begins in an object file. */
static char *find_btf_section(char *bytes, size_t size, size_t *btf_size)
{
	Elf_Scn *section = NULL;
	char *found = NULL;
	size_t names;
	GElf_Shdr header;
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

/* BTF in which the member `flags` stands anywhere: libbpf opens it, and would read there. */
static void broken_btf(char **paths)
{
	static const struct {
		__u32 bit_offset;
		const char *text;
	} broken[] = {
		{ 8 * (64 - 3),
		  "map 'shadowed': the object's BTF lets 'tcp_congestion_ops.flags' end at byte 65 of 64" },
		{ 0xfffffff8u,
		  "map 'shadowed': the object's BTF lets 'tcp_congestion_ops.flags' end at byte 536870915 of 64" },
		{ 8 * 16 + 1, "map 'shadowed': the object's BTF gives 'tcp_congestion_ops.flags' no size or place" },
	};
	size_t size, btf_size = 0, i;
	char *bytes = read_file(paths[0], &size), *section;

	section = find_btf_section(bytes, size, &btf_size);
	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "broken");
		struct btf *btf = btf__new(section, (__u32)btf_size);
		const struct btf_type *type;
		struct problems problems = {};
		struct btf_member member;
		struct bpf_object *obj;
		const char *raw;
		__u32 raw_size;
		int id, k;

		CHECK(btf);
		raw = btf__raw_data(btf, &raw_size);
		CHECK(raw && raw_size == btf_size);
		id = btf__find_by_name_kind(btf, "tcp_congestion_ops", BTF_KIND_STRUCT);
		CHECK(id > 0);
		type = btf__type_by_id(btf, (__u32)id);
		for (k = 0; k < btf_vlen(type); k++)
			if (strcmp(btf__name_by_offset(btf, btf_members(type)[k].name_off), "flags") == 0)
				break;
		CHECK(k < btf_vlen(type));
		member = btf_members(type)[k];
		member.offset = broken[i].bit_offset;
		memcpy(section + ((const char *)&btf_members(type)[k] - raw), &member, sizeof(member));
		btf__free(btf);

		obj = bpf_object__open_mem(bytes, size, &opts);
		CHECK(obj);
		CHECK(!bpf_struct_ops_shadow__new(obj, NULL, collect, &problems) && errno == EINVAL);
		CHECK(problems.count == 2);
		CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_TYPE, "shadowed", "flags", broken[i].text));
		CHECK(has_problem(&problems, BPF_STRUCT_OPS_BAD_TYPE, "second", "flags", NULL));
		bpf_object__close(obj);
	}
	free(bytes);
}

static const struct test_case cases[] = {
	{ "bitfield", bitfield },
	{ "no_value", no_value },
	{ "broken_btf", broken_btf },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
