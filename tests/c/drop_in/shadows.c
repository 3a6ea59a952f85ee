// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A struct_ops map whose members are changed through the skeleton, which attaches it as well. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/types.h>

typedef __u32 u32;

#include "shadows.skel.h"

#ifndef BPF_SKEL_SUPPORTS_MAP_AUTO_ATTACH
#error "skeletons have links of maps"
#endif

static const char name[] = "drop_in_shadow";

static int connect_with(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), err;
	socklen_t length = sizeof(address);

	err = bind(server, (struct sockaddr *)&address, length) || listen(server, 1) ||
	      getsockname(server, (struct sockaddr *)&address, &length);
	err = err || setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)) ||
	      connect(client, (struct sockaddr *)&address, sizeof(address));
	close(client);
	close(server);
	return err;
}

int main(void)
{
	struct shadows_bpf *skel = shadows_bpf__open();
	struct shadows_bpf__control__tcp_congestion_ops *ops;
	struct bpf_program *before;

	if (!skel)
		return 1;
	ops = skel->struct_ops.control;
	before = ops->init;
	printf("default %d, flags %u, key %u\n", before == skel->progs.first_init, ops->flags, ops->key);
	ops->init = skel->progs.second_init;
	ops->flags = 1;
	printf("load %d\n", shadows_bpf__load(skel));
	printf("programs %d %d\n", bpf_program__fd(skel->progs.first_init) >= 0,
	       bpf_program__fd(skel->progs.second_init) >= 0);
	printf("attach %d, link %d\n", shadows_bpf__attach(skel), !!skel->links.control);
	printf("connect %d\n", connect_with());
	printf("inits %u %u\n", skel->bss->first_inits, skel->bss->second_inits);
	shadows_bpf__detach(skel);
	printf("detached: connect %d, link %d\n", connect_with(), !!skel->links.control);
	shadows_bpf__destroy(skel);
	return 0;
}
