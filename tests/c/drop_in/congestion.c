// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A struct_ops map that is attached by hand, as programs did it before skeletons could. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/types.h>

typedef __u32 u32;

#include "congestion.skel.h"

static int usable(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), err;

	err = setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "drop_in", strlen("drop_in"));
	close(fd);
	return !err;
}

int main(void)
{
	struct congestion_bpf *skel = congestion_bpf__open();
	struct bpf_link *link;
	size_t size = 0;

	if (!skel)
		return 1;
	bpf_map__initial_value(skel->maps.control, &size);
	printf("size %zu, type %d\n", size, (int)bpf_map__type(skel->maps.control));
	if (congestion_bpf__load(skel))
		return 1;
	printf("loaded %d\n", usable());
	link = bpf_map__attach_struct_ops(skel->maps.control);
	printf("attached %d %d\n", !!link, usable());
	bpf_link__destroy(link);
	printf("detached %d\n", usable());
	printf("asked %u\n", skel->bss->asked);
	congestion_bpf__destroy(skel);
	return 0;
}
