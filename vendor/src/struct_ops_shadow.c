// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* The life of the shadow copies of one object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "struct_ops_internal.h"

static const struct bpf_struct_ops_map_info *
find_info(const struct bpf_struct_ops_shadow_info *info, const char *name)
{
	__u32 i;

	for (i = 0; info && info->maps && i < info->cnt; i++)
		if (info->maps[i].name && strcmp(info->maps[i].name, name) == 0)
			return &info->maps[i];
	return NULL;
}

static struct map_shadow *find_map(const struct bpf_struct_ops_shadow *shadow,
				   const struct bpf_map *map)
{
	__u32 i;

	for (i = 0; i < shadow->n_maps; i++)
		if (shadow->maps[i].map == map)
			return &shadow->maps[i];
	return NULL;
}

typedef bool (*var_fn)(const struct btf *btf, const struct btf_type *var, bool optional, void *ctx);

/* Calls visit for each variable in a struct_ops section, until one returns true: then true. */
static bool any_struct_ops_var(const struct btf *btf, var_fn visit, void *ctx)
{
	__u32 id, i, cnt = btf__type_cnt(btf);

	for (id = 1; id < cnt; id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		const struct btf_var_secinfo *entry;
		const char *name;
		bool optional;

		if (!btf_is_datasec(section))
			continue;
		name = btf__name_by_offset(btf, section->name_off);
		optional = name && name[0] == '?';
		if (optional)
			name++;
		if (!name || (strcmp(name, ".struct_ops") && strcmp(name, ".struct_ops.link")))
			continue;
		entry = btf_var_secinfos(section);
		for (i = 0; i < btf_vlen(section); i++, entry++) {
			const struct btf_type *var = btf__type_by_id(btf, entry->type);

			if (var && visit(btf, var, optional, ctx))
				return true;
		}
	}
	return false;
}

static bool is_var_of_map(const struct btf *btf, const struct btf_type *var, bool optional,
			  void *ctx)
{
	const char *name = btf__name_by_offset(btf, var->name_off);
	const struct map_shadow *ms = ctx;

	(void)optional;
	return name && strcmp(name, ms->name) == 0 && struct_ops__strip_modifiers(btf, var->type) == ms->type;
}

/*
 * The type of a map may say struct_ops also where nothing stands behind it: any
 * map in ".maps" can be declared so. libbpf takes the type's word, and so
 * crashes in bpf_map__initial_value() already.
 */
static bool has_value(const struct map_shadow *ms)
{
	return ms->btf && ms->type && btf_is_struct(ms->type) &&
	       any_struct_ops_var(ms->btf, is_var_of_map, (void *)ms);
}

static int add_map(struct bpf_struct_ops_shadow *shadow, const struct btf *btf,
		   struct bpf_map *map, const struct bpf_struct_ops_shadow_info *info,
		   struct reporter *reporter)
{
	struct map_shadow *ms = &shadow->maps[shadow->n_maps++];

	ms->map = map;
	ms->name = strdup(bpf_map__name(map));
	if (!ms->name)
		return -ENOMEM;
	ms->btf = btf;
	ms->type = btf ? btf__type_by_id(btf, bpf_map__btf_value_type_id(map)) : NULL;
	ms->object_value = has_value(ms) ? bpf_map__initial_value(map, NULL) : NULL;
	if (!ms->object_value) {
		struct bpf_struct_ops_problem problem = {
			.kind = BPF_STRUCT_OPS_NO_VALUE,
			.map = ms->name,
		};

		struct_ops__report_problem(reporter, &problem);
		return -EINVAL;
	}
	ms->type_name = btf__name_by_offset(btf, ms->type->name_off);
	ms->presence = UNSAID;
	ms->left_out = calloc(btf_vlen(ms->type) + 1u, sizeof(*ms->left_out));
	if (!ms->left_out)
		return -ENOMEM;
	return struct_ops__layout_map(ms, find_info(info, ms->name), reporter);
}

/* libbpf forgets the '?' of the section's name after the section's first map. */
static bool leave_out_if_optional(const struct btf *btf, const struct btf_type *var,
				  bool optional, void *ctx)
{
	const struct bpf_struct_ops_shadow *shadow = ctx;
	__u32 i;

	for (i = 0; optional && i < shadow->n_maps; i++)
		if (is_var_of_map(btf, var, optional, &shadow->maps[i]))
			bpf_map__set_autocreate(shadow->maps[i].map, false);
	return false;
}

/* What is wrong with the list of maps; struct_ops__layout_map() looks at the members. */
static int check_info(const struct bpf_struct_ops_shadow *shadow,
		      const struct bpf_struct_ops_shadow_info *info, struct reporter *reporter)
{
	int problems_before = reporter->count;
	__u32 i, k;

	if (info && info->cnt && !info->maps) {
		struct bpf_struct_ops_problem problem = { .kind = BPF_STRUCT_OPS_BAD_INFO };

		struct_ops__report_problem(reporter, &problem);
		return -EINVAL;
	}
	for (i = 0; info && i < info->cnt; i++) {
		struct bpf_struct_ops_problem problem = { .map = info->maps[i].name };

		for (k = 0; problem.map && k < shadow->n_maps; k++)
			if (strcmp(shadow->maps[k].name, problem.map) == 0)
				break;
		if (!problem.map || find_info(info, problem.map) != &info->maps[i]) {
			problem.kind = BPF_STRUCT_OPS_BAD_INFO;
			struct_ops__report_problem(reporter, &problem);
		} else if (k == shadow->n_maps) {
			problem.kind = BPF_STRUCT_OPS_NO_MAP;
			struct_ops__report_problem(reporter, &problem);
		}
	}
	return reporter->count == problems_before ? 0 : -EINVAL;
}

static int fill(struct bpf_struct_ops_shadow *shadow, struct bpf_object *obj,
		const struct bpf_struct_ops_shadow_info *info, struct reporter *reporter)
{
	const struct btf *btf = bpf_object__btf(obj);
	__u32 n_maps = 0, n_progs = 0;
	struct bpf_program *prog;
	struct bpf_map *map;
	int err = 0, one;

	bpf_object__for_each_map(map, obj)
		n_maps += bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS;
	bpf_object__for_each_program(prog, obj)
		n_progs++;

	shadow->maps = calloc(n_maps ? n_maps : 1, sizeof(*shadow->maps));
	shadow->progs = calloc(n_progs ? n_progs : 1, sizeof(*shadow->progs));
	if (!shadow->maps || !shadow->progs)
		return -ENOMEM;

	bpf_object__for_each_program(prog, obj)
		shadow->progs[shadow->n_progs++].prog = prog;
	bpf_object__for_each_map(map, obj) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		one = add_map(shadow, btf, map, info, reporter);
		/* One misfit does not hide the next; no memory does. */
		if (one == -ENOMEM)
			return one;
		err = err ? err : one;
	}
	if (struct_ops__is_loaded(shadow))
		return -EBUSY;
	one = check_info(shadow, info, reporter);
	err = err ? err : one;
	/* A failure leaves the object as it was. */
	if (!err && n_maps)
		any_struct_ops_var(btf, leave_out_if_optional, shadow);
	return err;
}

struct bpf_struct_ops_shadow *
bpf_struct_ops_shadow__new(struct bpf_object *obj, const struct bpf_struct_ops_shadow_info *info,
			   bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	struct bpf_struct_ops_shadow *shadow;
	int err;

	shadow = calloc(1, sizeof(*shadow));
	if (!shadow) {
		errno = ENOMEM;
		return NULL;
	}
	err = fill(shadow, obj, info, &reporter);
	if (err) {
		bpf_struct_ops_shadow__free(shadow);
		errno = -err;
		return NULL;
	}
	return shadow;
}

void bpf_struct_ops_shadow__free(struct bpf_struct_ops_shadow *shadow)
{
	__u32 i;

	if (!shadow)
		return;
	for (i = 0; i < shadow->n_maps; i++) {
		struct map_shadow *ms = &shadow->maps[i];

		/* The object may be gone, and its buffer with it. */
		free(ms->own_value);
		free(ms->scratch);
		free(ms->defaults);
		free(ms->committed);
		free(ms->pieces);
		free(ms->member_presence);
		free(ms->left_out);
		free((void *)ms->name);
	}
	free(shadow->maps);
	free(shadow->progs);
	free(shadow);
}

void *bpf_struct_ops_shadow__initial_value(struct bpf_struct_ops_shadow *shadow,
					   const struct bpf_map *map, size_t *size)
{
	struct map_shadow *ms = find_map(shadow, map);

	if (!ms)
		return NULL;
	if (size)
		*size = ms->size;
	return ms->value;
}

int bpf_struct_ops_shadow__check_layout(const struct bpf_struct_ops_shadow *shadow,
					const struct bpf_map *map,
					const struct bpf_struct_ops_map_info *info,
					bpf_struct_ops_report_fn report, void *ctx)
{
	struct reporter reporter = { .fn = report, .ctx = ctx };
	const struct map_shadow *ms = find_map(shadow, map);

	return ms ? struct_ops__check_layout(ms, info, &reporter) : -ENOENT;
}

const void *bpf_struct_ops_shadow__default_value(const struct bpf_struct_ops_shadow *shadow,
						 const struct bpf_map *map, size_t *size)
{
	const struct map_shadow *ms = find_map(shadow, map);

	if (!ms)
		return NULL;
	if (size)
		*size = ms->size;
	return ms->defaults;
}

const void *bpf_struct_ops_shadow__object_value(const struct bpf_struct_ops_shadow *shadow,
						const struct bpf_map *map, size_t *size)
{
	const struct map_shadow *ms = find_map(shadow, map);

	if (!ms)
		return NULL;
	if (size)
		*size = ms->type->size;
	return struct_ops__object_layout_value(ms);
}

int bpf_struct_ops_shadow__reset(struct bpf_struct_ops_shadow *shadow, const struct bpf_map *map)
{
	struct map_shadow *ms = find_map(shadow, map);

	if (!ms)
		return -ENOENT;
	memcpy(ms->value, ms->defaults, ms->size);
	return 0;
}

struct program_state *struct_ops__find_program(const struct bpf_struct_ops_shadow *shadow,
					       const void *address)
{
	__u32 i;

	for (i = 0; i < shadow->n_progs; i++)
		if (shadow->progs[i].prog == address)
			return &shadow->progs[i];
	return NULL;
}

int bpf_struct_ops_shadow__set_autoload(struct bpf_struct_ops_shadow *shadow,
					struct bpf_program *prog, bool autoload)
{
	struct program_state *state = struct_ops__find_program(shadow, prog);
	int err;

	if (!state)
		return -ENOENT;
	err = bpf_program__set_autoload(prog, autoload);
	if (!err)
		state->choice = autoload ? CHOICE_ON : CHOICE_OFF;
	return err;
}

bool struct_ops__is_loaded(const struct bpf_struct_ops_shadow *shadow)
{
	struct bpf_program *prog;

	/* No function of libbpf's says so, but this one refuses after load, and changes nothing. */
	if (shadow->n_progs) {
		prog = shadow->progs[0].prog;
		return bpf_program__set_autoload(prog, bpf_program__autoload(prog)) < 0;
	}
	return shadow->n_maps && bpf_map__fd(shadow->maps[0].map) >= 0;
}
