// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* A program for each way to attach to functions and hooks of the kernel: each counts how often the test's process
 * came by. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1

/* The thread group whose calls are counted. */
const volatile __u32 process;

__u64 cookie;
/* What kill is to return, where it is not 0. */
__u64 answer;
/* Whether folders cannot be made. */
__u64 refuses;

static int is_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == process;
}

#define EVENT(section, name, verdict)                                                              \
	__u64 name##_hits;                                                                         \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		if (!is_ours())                                                                    \
			return 0;                                                                  \
		__sync_fetch_and_add(&name##_hits, 1);                                             \
		cookie = bpf_get_attach_cookie(ctx);                                               \
		return verdict;                                                                    \
	}

EVENT("kprobe", on_kprobe, 0)
EVENT("kprobe/__x64_sys_getppid", kprobe_by_section, 0)
EVENT("kretprobe/__x64_sys_getppid", kretprobe, 0)
EVENT("kprobe.multi", kprobe_multi, 0)
EVENT("kprobe.multi/__x64_sys_kil?", kprobe_multi_by_section, 0)
EVENT("kretprobe.multi/__x64_sys_getppid", kretprobe_multi, 0)
EVENT("kprobe.session/__x64_sys_getppid", kprobe_session, 0)
EVENT("ksyscall/getppid", ksyscall, 0)
EVENT("kretsyscall/getppid", kretsyscall, 0)
EVENT("fentry/__x64_sys_kill", fentry, 0)
EVENT("fexit/__x64_sys_kill", fexit, 0)
EVENT("fsession/__x64_sys_kill", fsession, 0)
EVENT("fmod_ret/__x64_sys_kill", fmod_ret, answer)

__u64 lsm_hits;
SEC("lsm/inode_mkdir")
int BPF_PROG(lsm, struct inode *folder, struct dentry *entry, umode_t mode)
{
	if (!is_ours() || !refuses)
		return 0;
	__sync_fetch_and_add(&lsm_hits, 1);
	return -EPERM;
}

__u64 lsm_cgroup_hits;
SEC("lsm_cgroup/socket_bind")
int BPF_PROG(lsm_cgroup, struct socket *socket, struct sockaddr *address, int length)
{
	if (is_ours())
		__sync_fetch_and_add(&lsm_cgroup_hits, 1);
	/* Allowed. */
	return 1;
}

/* A function of a program, which another program takes the place of, or is traced by one. */
__attribute__((noinline)) int decide(struct xdp_md *ctx)
{
	volatile int verdict = XDP_PASS;

	return verdict;
}

SEC("xdp")
int decider(struct xdp_md *ctx)
{
	return decide(ctx);
}

char LICENSE[] SEC("license") = "GPL";
