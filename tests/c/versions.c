// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program that was built with an older version of an ops type than its object. */
#include <errno.h>

#include "common.h"

enum mode { SLOW, FAST = 7 };

struct pair {
	__u32 x;
	__u16 y;
};

struct list {
	void *next, *prev;
};

/* The older version of tests/bpf/c_versions.bpf.c. */
struct older_ops {
	char name[12];
	struct {
		__u32 first;
		__u32 flag : 1;
		struct pair pair;
	} nested;
	__u32 shallow;
	struct bpf_program *run;
	__u32 deep;
	union {
		__u64 number;
		char text[8];
	};
	int wide : 9;
	__u32 narrow : 3;
	struct pair pairs[4];
	enum mode mode;
	bool enabled;
	union {
		__u32 whole;
		__u16 halves[2];
	} either;
	struct {
		__u32 count;
		void *inner;
	} table;
	void *data[2];
	struct list list;
};

#define AT(type, member) #member, offsetof(type, member), sizeof(((type *)0)->member)
#define TYPE(members, size) { members, ARRAY_SIZE(members), size }

static const struct bpf_struct_ops_member_info pair_members[] = {
	{ AT(struct pair, x), .kind = BPF_STRUCT_OPS_INT, .c_type = "__u32" },
	{ AT(struct pair, y), .kind = BPF_STRUCT_OPS_INT, .c_type = "__u16" },
};
static const struct bpf_struct_ops_type_info pair_type = TYPE(pair_members, sizeof(struct pair));

#define NESTED_AT(member) \
	#member, offsetof(struct older_ops, nested.member) - offsetof(struct older_ops, nested), \
	sizeof(((struct older_ops *)0)->nested.member)

static const struct bpf_struct_ops_member_info nested_members[] = {
	{ NESTED_AT(first), .kind = BPF_STRUCT_OPS_INT },
	{ "flag", .bit_offset = 32, .bit_size = 1, .c_type = "__u32" },
	{ NESTED_AT(pair), .kind = BPF_STRUCT_OPS_STRUCT, .type = &pair_type },
};
static const struct bpf_struct_ops_type_info nested_type =
	TYPE(nested_members, sizeof(((struct older_ops *)0)->nested));

static const struct bpf_struct_ops_member_info union_members[] = {
	{ "number", 0, 8 }, { "text", 0, 8 },
};
static const struct bpf_struct_ops_type_info union_type = TYPE(union_members, 8);

static const struct bpf_struct_ops_member_info table_members[] = {
	{ "count", 0, 4, .kind = BPF_STRUCT_OPS_INT }, { "inner", 8, 8, .kind = BPF_STRUCT_OPS_CALLBACK },
};
static const struct bpf_struct_ops_type_info table_type = TYPE(table_members, 16);

/* clang and gcc put bitfields where BTF would say they are. */
#define BITS_START (8 * (offsetof(struct older_ops, pairs) - 4))

static const struct bpf_struct_ops_member_info older_members[] = {
	{ AT(struct older_ops, name), .kind = BPF_STRUCT_OPS_INT, .count = 12, .c_type = "char[12]" },
	{ AT(struct older_ops, nested), .kind = BPF_STRUCT_OPS_STRUCT, .type = &nested_type },
	{ AT(struct older_ops, shallow), .kind = BPF_STRUCT_OPS_INT },
	{ AT(struct older_ops, run), .kind = BPF_STRUCT_OPS_CALLBACK },
	{ AT(struct older_ops, deep), .kind = BPF_STRUCT_OPS_INT },
	{ "", offsetof(struct older_ops, number), 8, .kind = BPF_STRUCT_OPS_UNION, .type = &union_type },
	{ "wide", .bit_offset = BITS_START, .bit_size = 9 },
	{ "narrow", .bit_offset = BITS_START + 9, .bit_size = 3 },
	{ AT(struct older_ops, pairs), .kind = BPF_STRUCT_OPS_STRUCT, .count = 4, .type = &pair_type },
	{ AT(struct older_ops, mode), .kind = BPF_STRUCT_OPS_ENUM },
	{ AT(struct older_ops, enabled), .kind = BPF_STRUCT_OPS_INT },
	{ AT(struct older_ops, either), .kind = BPF_STRUCT_OPS_UNION },
	{ AT(struct older_ops, table), .kind = BPF_STRUCT_OPS_STRUCT, .type = &table_type },
	{ AT(struct older_ops, data), .kind = BPF_STRUCT_OPS_POINTER, .count = 2 },
	{ AT(struct older_ops, list) },
};
static const struct bpf_struct_ops_map_info older_maps[] = {
	MAP("versioned", older_ops, older_members), MAP("second", older_ops, older_members),
};
static const struct bpf_struct_ops_shadow_info older_info = INFO(older_maps);

/* A kernel that has registered the object's own type. */
static struct btf *same_kernel(const struct bpf_object *obj)
{
	struct btf *kernel = btf__new_empty();

	CHECK(kernel && btf__add_btf(kernel, bpf_object__btf(obj)) > 0);
	CHECK(btf__add_struct(kernel, "bpf_struct_ops_c_version_ops", 4) > 0);
	return kernel;
}

static struct bpf_struct_ops_shadow *open_older(struct bpf_object *obj, struct older_ops **ops)
{
	struct problems problems = {};
	struct bpf_struct_ops_shadow *shadow;
	size_t size = 0;

	shadow = bpf_struct_ops_shadow__new(obj, &older_info, collect, &problems);
	if (!shadow)
		fprintf(stderr, "%s\n", problems.list[0].text);
	CHECK(shadow && problems.count == 0);
	*ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "versioned"), &size);
	CHECK(*ops && size == sizeof(**ops));
	return shadow;
}

static void check_defaults(const struct older_ops *ops, const struct bpf_object *obj)
{
	static const __u32 xs[] = { 3, 6, 9, 12 };
	static const __u16 ys[] = { 1, 4, 7, 10 };
	int i;

	for (i = 0; i < 4; i++)
		CHECK(ops->pairs[i].x == xs[i] && ops->pairs[i].y == ys[i]);
	CHECK(ops->narrow == 5 && ops->wide == -200);
	CHECK(ops->run == find_program(obj, "run"));
	CHECK(ops->deep == 14 && ops->shallow == 15 && strcmp(ops->text, "text") == 0);
	CHECK(ops->nested.pair.x == 19 && ops->nested.pair.y == 17);
	CHECK(ops->nested.first == 20 && ops->nested.flag == 1);
	CHECK(ops->either.whole == 21 && ops->mode == FAST && ops->enabled);
	CHECK(strcmp(ops->name, "versioned") == 0 && ops->table.count == 22);
	CHECK(!ops->data[0] && !ops->data[1] && !ops->list.next && !ops->table.inner);
}

static void defaults(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_struct_ops_shadow *shadow;
	struct older_ops *ops, *second;

	shadow = open_older(obj, &ops);
	check_defaults(ops, obj);
	second = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "second"), NULL);
	CHECK(second->shallow == 23 && second->run == find_program(obj, "other") && !second->deep);
	memset(ops, 0xff, sizeof(*ops));
	CHECK(bpf_struct_ops_shadow__reset(shadow, find_map(obj, "versioned")) == 0);
	check_defaults(ops, obj);
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

/* What was written in the older layout, read in the object's, and the other way round. */
static void carried_over(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct btf *kernel = same_kernel(obj);
	struct bpf_struct_ops_shadow *shadow, *again;
	struct older_ops *ops, *read;
	struct problems problems = {};

	shadow = open_older(obj, &ops);
	ops->pairs[2].x = 103;
	ops->pairs[3].y = 104;
	ops->wide = 101;
	ops->narrow = 2;
	ops->number = 0x0807060504030201ull;
	ops->deep = 105;
	ops->nested.pair.y = 106;
	ops->nested.flag = 0;
	ops->either.halves[1] = 107;
	ops->mode = SLOW;
	ops->enabled = false;
	strcpy(ops->name, "carried");
	ops->run = find_program(obj, "other");
	/* Bitfields cannot go to the kernel; that is another matter. */
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_BITFIELD, "versioned", "wide", NULL));
	bpf_struct_ops_shadow__free(shadow);

	/* Without them the object is taken. */
	bpf_object__close(obj);
	obj = open_object(paths[1]);
	btf__free(kernel);
	kernel = same_kernel(obj);
	{
		struct bpf_struct_ops_member_info members[ARRAY_SIZE(older_members)];
		struct bpf_struct_ops_map_info map = older_maps[0];
		struct bpf_struct_ops_shadow_info info = { &map, 1 };
		__u32 i, n = 0;

		for (i = 0; i < ARRAY_SIZE(older_members); i++)
			if (!older_members[i].bit_size)
				members[n++] = older_members[i];
		map.members = members;
		map.cnt = n;
		memset(&problems, 0, sizeof(problems));
		shadow = bpf_struct_ops_shadow__new(obj, &info, collect, &problems);
		CHECK(shadow && problems.count == 0);
		ops = bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "versioned"), NULL);
		ops->pairs[2].x = 103;
		ops->pairs[3].y = 104;
		ops->number = 0x0807060504030201ull;
		ops->deep = 105;
		ops->nested.pair.y = 106;
		ops->nested.flag = 0;
		ops->either.halves[1] = 107;
		ops->mode = SLOW;
		ops->enabled = false;
		strcpy(ops->name, "carried");
		ops->run = find_program(obj, "other");
		CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == 0);
		CHECK(problems.count == 0);

		/* libbpf's buffer, seen anew through the older layout. */
		again = bpf_struct_ops_shadow__new(obj, &info, collect, &problems);
		CHECK(again);
		read = bpf_struct_ops_shadow__initial_value(again, find_map(obj, "versioned"), NULL);
		CHECK(memcmp(ops, read, sizeof(*ops)) == 0);
		CHECK(read->pairs[2].x == 103 && read->pairs[2].y == 7 && read->pairs[3].y == 104);
		CHECK(read->nested.pair.y == 106 && read->nested.pair.x == 19 && !read->nested.flag);
		CHECK(bpf_program__autoload(find_program(obj, "other")));
		CHECK(!bpf_program__autoload(find_program(obj, "run")));
		bpf_struct_ops_shadow__free(again);
		bpf_struct_ops_shadow__free(shadow);
	}

	/* What the older program does not know stays: through the object's own layout. */
	shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	CHECK(shadow);
	{
		const unsigned char *value =
			bpf_struct_ops_shadow__initial_value(shadow, find_map(obj, "versioned"), NULL);
		const struct {
			__u16 y;
			__u32 fresh, x;
		} *pairs = (const void *)value;
		const __u32 *fresh_setting = (const void *)(value + 48);

		CHECK(pairs[2].y == 7 && pairs[2].fresh == 8 && pairs[2].x == 103);
		CHECK(pairs[3].y == 104 && pairs[3].fresh == 11 && pairs[3].x == 12);
		CHECK(*fresh_setting == 13);
	}
	bpf_struct_ops_shadow__free(shadow);
	btf__free(kernel);
	bpf_object__close(obj);
}

/* Described in all detail, and of the object's own layout: libbpf's buffer. */
static void agreement_is_free(char **paths)
{
	struct same {
		struct {
			__u16 y;
			__u32 fresh, x;
		} pairs[4];
		__u32 fresh_setting;
	};
	static const struct bpf_struct_ops_member_info pair[] = {
		{ "y", 0, 2, .kind = BPF_STRUCT_OPS_INT }, { "fresh", 4, 4 }, { "x", 8, 4 },
	};
	static const struct bpf_struct_ops_type_info type = TYPE(pair, 12);
	struct bpf_struct_ops_member_info members[] = {
		{ AT(struct same, pairs), .count = 4, .type = &type },
		{ AT(struct same, fresh_setting) },
	};
	struct bpf_struct_ops_map_info map = { "versioned", members, ARRAY_SIZE(members), 0 };
	struct bpf_struct_ops_shadow_info info = { &map, 1 };
	struct bpf_object *obj = open_object(paths[0]);
	struct bpf_map *versioned = find_map(obj, "versioned");
	struct bpf_struct_ops_shadow *shadow;
	size_t size;

	shadow = bpf_struct_ops_shadow__new(obj, NULL, NULL, NULL);
	CHECK(shadow && bpf_struct_ops_shadow__initial_value(shadow, versioned, &size));
	bpf_struct_ops_shadow__free(shadow);
	map.data_size = (__u32)size;
	shadow = bpf_struct_ops_shadow__new(obj, &info, NULL, NULL);
	CHECK(shadow);
	CHECK(bpf_struct_ops_shadow__initial_value(shadow, versioned, &size) ==
	      bpf_map__initial_value(versioned, NULL));
	bpf_struct_ops_shadow__free(shadow);
	bpf_object__close(obj);
}

static void misfit(const char *path, const struct bpf_struct_ops_member_info *member,
		   enum bpf_struct_ops_problem_kind kind, const char *text)
{
	struct bpf_struct_ops_map_info map = { "versioned", member, 1, 256 };
	struct bpf_struct_ops_shadow_info info = { &map, 1 };
	struct bpf_object *obj = open_object(path);
	struct problems problems = {};

	CHECK(!bpf_struct_ops_shadow__new(obj, &info, collect, &problems) && errno == EINVAL);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, kind, "versioned", NULL, text));
	bpf_object__close(obj);
}

#define MISFIT(kind, text, ...) \
	do { \
		static const struct bpf_struct_ops_member_info member = { __VA_ARGS__ }; \
		misfit(paths[0], &member, kind, text); \
	} while (0)

/* Each names what the object has and what the program has. */
static void misfits(char **paths)
{
	static const struct bpf_struct_ops_member_info gone[] = {
		{ "x", 0, 4 }, { "gone", 4, 4, .c_type = "__u32" },
	};
	static const struct bpf_struct_ops_member_info wide[] = { { "y", 0, 4, .c_type = "__u32" } };
	static const struct bpf_struct_ops_type_info gone_type = TYPE(gone, 8), wide_type = TYPE(wide, 4);
	static const struct bpf_struct_ops_member_info pair[] = {
		{ "pair", 0, 8, .kind = BPF_STRUCT_OPS_STRUCT, .type = &gone_type },
	};
	static const struct bpf_struct_ops_type_info pair_in = TYPE(pair, 8);

	MISFIT(BPF_STRUCT_OPS_NO_MEMBER,
	       "map 'versioned': the object's 'struct c_version_ops' has no member 'nested.pair.gone', which this program was built with",
	       "nested", 0, 8, .type = &pair_in);
	MISFIT(BPF_STRUCT_OPS_MEMBER_SIZE,
	       "map 'versioned': 'c_version_ops.pairs.y' is 'u16' (2 bytes) in the object, '__u32' (4 bytes) in this program",
	       "pairs", 0, 16, .count = 4, .type = &wide_type);
	MISFIT(BPF_STRUCT_OPS_MEMBER_SIZE,
	       "map 'versioned': 'c_version_ops.pairs' is 'struct c_pair[2][2]' (48 bytes) in the object, 'struct pair[3]' (24 bytes) in this program",
	       "pairs", 0, 24, .count = 3, .type = &gone_type, .c_type = "struct pair[3]");
	MISFIT(BPF_STRUCT_OPS_MEMBER_KIND,
	       "map 'versioned': 'c_version_ops.mode' is 'enum c_mode' in the object, 'float' in this program",
	       "mode", 0, 4, .kind = BPF_STRUCT_OPS_FLOAT, .c_type = "float");
	MISFIT(BPF_STRUCT_OPS_MEMBER_KIND,
	       "map 'versioned': 'c_version_ops.run' is 'callback' in the object, 'void *' in this program",
	       "run", 0, 8, .kind = BPF_STRUCT_OPS_POINTER, .c_type = "void *");
	MISFIT(BPF_STRUCT_OPS_MEMBER_KIND,
	       "map 'versioned': 'c_version_ops.list' is 'struct c_list' in the object, and of another kind in this program",
	       "list", 0, 16, .kind = BPF_STRUCT_OPS_INT, .count = 4);
	MISFIT(BPF_STRUCT_OPS_MEMBER_KIND,
	       "map 'versioned': 'c_version_ops.data' is 'void *[2]' in the object, 'void *' in this program",
	       "data", 0, 8, .kind = BPF_STRUCT_OPS_POINTER, .c_type = "void *");
	MISFIT(BPF_STRUCT_OPS_MEMBER_SIZE,
	       "map 'versioned': 'c_version_ops.wide' is 'int : 9' in the object, 'int : 8' in this program",
	       "wide", .bit_size = 8, .c_type = "int");
	MISFIT(BPF_STRUCT_OPS_BITFIELD, NULL, "wide", 0, 4);
	MISFIT(BPF_STRUCT_OPS_MEMBER_KIND,
	       "map 'versioned': 'c_version_ops.deep' is 'u32' in the object, '__u32 : 4' in this program",
	       "deep", .bit_size = 4, .c_type = "__u32");
	MISFIT(BPF_STRUCT_OPS_MEMBER_SIZE,
	       "map 'versioned': 'c_version_ops.either' has 4 bytes in the object, 8 in this program",
	       "either", 0, 8, .kind = BPF_STRUCT_OPS_UNION);
	/* Info that contradicts itself. */
	MISFIT(BPF_STRUCT_OPS_BAD_INFO, NULL, "pairs", 0, 17, .count = 2, .type = &gone_type);
	MISFIT(BPF_STRUCT_OPS_BAD_INFO, NULL, "wide", .bit_offset = 8 * 256 - 1, .bit_size = 9);
	MISFIT(BPF_STRUCT_OPS_NO_MEMBER, NULL, "", 0, 8, .kind = BPF_STRUCT_OPS_UNION, .type = &gone_type);
}

/* Pointers in nested structs and arrays are refused by their paths. */
static void inner_pointers(char **paths)
{
	struct bpf_object *obj = open_object(paths[0]);
	struct btf *kernel = same_kernel(obj);
	struct bpf_struct_ops_shadow *shadow;
	struct problems problems = {};
	struct older_ops *ops;

	shadow = open_older(obj, &ops);
	ops->table.inner = find_program(obj, "run");
	ops->list.prev = &problems;
	ops->data[1] = &problems;
	CHECK(bpf_struct_ops_shadow__commit_for(shadow, kernel, NULL, 0, collect, &problems) == -EINVAL);
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_NESTED_CALLBACK, "versioned", "table.inner",
			  "map 'versioned': callback 'c_version_ops.table.inner' is in a nested struct or array and must stay NULL; libbpf and the kernel take none there"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_DATA_POINTER, "versioned", "list.prev",
			  "map 'versioned': 'c_version_ops.list.prev' is a pointer to data and must stay NULL; the kernel takes none from user space"));
	CHECK(has_problem(&problems, BPF_STRUCT_OPS_DATA_POINTER, "versioned", "data[1]", NULL));
	/* With the bitfields, which are always refused. */
	CHECK(problems.count == 3 + 3);
	bpf_struct_ops_shadow__free(shadow);
	btf__free(kernel);
	bpf_object__close(obj);
}

static const struct test_case cases[] = {
	{ "defaults", defaults },
	{ "carried_over", carried_over },
	{ "agreement_is_free", agreement_is_free },
	{ "misfits", misfits },
	{ "inner_pointers", inner_pointers },
};

int main(int argc, char **argv)
{
	return run_case(cases, ARRAY_SIZE(cases), argc, argv);
}
