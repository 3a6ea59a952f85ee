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

	for (i = 0; info && i < info->cnt; i++)
		if (strcmp(info->maps[i].name, name) == 0)
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
	ms->type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	ms->object_value = bpf_map__initial_value(map, NULL);
	if (!ms->type || !ms->object_value)
		return -EINVAL;
	ms->type_name = btf__name_by_offset(btf, ms->type->name_off);
	return layout_map(ms, find_info(info, ms->name), reporter);
}

/* libbpf forgets the '?' of the section's name after the section's first map. */
static void leave_optional_maps_out(const struct bpf_struct_ops_shadow *shadow,
				    const struct btf *btf)
{
	static const char prefix[] = "?.struct_ops";
	__u32 id, i, k, cnt = btf__type_cnt(btf);

	for (id = 1; id < cnt; id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		const struct btf_var_secinfo *entry;
		const char *name;

		if (!btf_is_datasec(section))
			continue;
		name = btf__name_by_offset(btf, section->name_off);
		if (!name || strncmp(name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		entry = btf_var_secinfos(section);
		for (i = 0; i < btf_vlen(section); i++, entry++) {
			const struct btf_type *var = btf__type_by_id(btf, entry->type);
			const char *map = btf__name_by_offset(btf, var->name_off);

			for (k = 0; map && k < shadow->n_maps; k++)
				if (strcmp(shadow->maps[k].name, map) == 0)
					bpf_map__set_autocreate(shadow->maps[k].map, false);
		}
	}
}

static int check_info_names(const struct bpf_struct_ops_shadow *shadow,
			    const struct bpf_struct_ops_shadow_info *info,
			    struct reporter *reporter)
{
	int err = 0;
	__u32 i, k;

	for (i = 0; info && i < info->cnt; i++) {
		struct bpf_struct_ops_problem problem = {
			.kind = BPF_STRUCT_OPS_NO_MAP,
			.map = info->maps[i].name,
		};

		for (k = 0; k < shadow->n_maps; k++)
			if (strcmp(shadow->maps[k].name, info->maps[i].name) == 0)
				break;
		if (k < shadow->n_maps)
			continue;
		report_problem(reporter, &problem);
		err = -EINVAL;
	}
	return err;
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
	if (n_maps)
		leave_optional_maps_out(shadow, btf);
	one = check_info_names(shadow, info, reporter);
	return err ? err : one;
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

		/* The object may be gone: the address of its buffer is only compared. */
		if (ms->value != ms->object_value)
			free(ms->value);
		free(ms->scratch);
		free(ms->defaults);
		free(ms->copies);
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

int bpf_struct_ops_shadow__reset(struct bpf_struct_ops_shadow *shadow, const struct bpf_map *map)
{
	struct map_shadow *ms = find_map(shadow, map);

	if (!ms)
		return -ENOENT;
	memcpy(ms->value, ms->defaults, ms->size);
	return 0;
}

struct program_state *find_program(const struct bpf_struct_ops_shadow *shadow, const void *address)
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
	struct program_state *state = find_program(shadow, prog);

	if (!state)
		return -ENOENT;
	state->choice = autoload ? CHOICE_ON : CHOICE_OFF;
	return bpf_program__set_autoload(prog, autoload);
}
