// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Test runs of XDP; maps by the skeleton, and programs and maps by the skeleton's own list. */
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

typedef __u32 u32;

#include "events.h"
#include "packets.skel.h"

static int run(struct packets_bpf *skel, unsigned int size)
{
	char packet[256] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = size, .repeat = 3);
	int err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.count), &opts);

	return err ? err : (int)opts.retval;
}

int main(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_level = 1);
	__u64 totals[256] = {}, sum = 0, number;
	struct packets_bpf *skel;
	struct event event;
	__u32 key, zero = 0;
	int i, fd, err;

	skel = packets_bpf__open_opts(&opts);
	if (!skel)
		return 1;
	bpf_program__set_autoload(skel->progs.never, false);
	bpf_map__set_max_entries(skel->maps.sizes, 32);
	err = packets_bpf__load(skel);
	printf("load %d, never %d\n", err, bpf_program__fd(skel->progs.never) >= 0);
	if (err)
		return 1;
	printf("run %d %d\n", run(skel, 64), run(skel, 200));
	skel->bss->slot = 1;
	printf("empty %d\n", run(skel, 64));
	fd = bpf_map__fd(skel->maps.second);
	printf("put %d\n", bpf_map_update_elem(bpf_map__fd(skel->maps.outer), &skel->bss->slot, &fd, BPF_ANY));
	printf("run %d\n", run(skel, 64));

	for (key = 64; key <= 200; key += 136) {
		err = bpf_map__lookup_elem(skel->maps.sizes, &key, sizeof(key), &event, sizeof(event), 0);
		printf("size %u: %d %llu %u\n", key, err, event.number, event.kind);
	}
	err = bpf_map_lookup_elem(bpf_map__fd(skel->maps.total), &zero, totals);
	for (i = 0; i < 256; i++)
		sum += totals[i];
	printf("total %d %llu\n", err, (unsigned long long)sum);
	err = bpf_map_lookup_elem(bpf_map__fd(skel->maps.first), &zero, &number);
	printf("first %d %llu\n", err, (unsigned long long)number);
	err = bpf_map_lookup_elem(fd, &zero, &number);
	printf("second %d %llu\n", err, (unsigned long long)number);

	printf("object %s\n", bpf_object__name(skel->obj));
	/* Entries are as large as the header says: older libbpfs know fewer of their members. */
	for (i = 0; i < skel->skeleton->map_cnt; i++) {
		struct bpf_map_skeleton *entry = (void *)((char *)skel->skeleton->maps + i * skel->skeleton->map_skel_sz);

		/* bpftool has sections under names that fit no object_name but the default; skelgen as ".bss". */
		printf("map %s %d\n", bpf_map__name(*entry->map),
		       *entry->map == bpf_object__find_map_by_name(skel->obj, bpf_map__name(*entry->map)));
	}
	for (i = 0; i < skel->skeleton->prog_cnt; i++)
		printf("program %s\n", bpf_program__name(*skel->skeleton->progs[i].prog));
	packets_bpf__destroy(skel);
	return 0;
}
