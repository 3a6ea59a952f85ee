// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define PROGRAM(name, section) SEC(section) int name(void *ctx) { return 0; }
PROGRAM(match, "xdp.frags/devmap") PROGRAM(loop, "xdp/cpumap") PROGRAM(type, "tc") PROGRAM(tcx_in, "tcx/ingress") PROGRAM(netkit, "netkit/peer") PROGRAM(in, "classifier") PROGRAM(act, "action")
PROGRAM(kp, "kprobe.multi/tcp_*") PROGRAM(ks, "ksyscall/nanosleep") PROGRAM(up, "uprobe//proc/self/exe:main") PROGRAM(us, "usdt") PROGRAM(ur, "uretprobe.s") PROGRAM(tp, "tracepoint/syscalls/sys_enter_read") PROGRAM(rt, "raw_tracepoint/sys_exit") PROGRAM(rw, "raw_tp.w/nbd_send_request")
PROGRAM(fm, "fmod_ret/bpf_fentry_test1") PROGRAM(ls, "lsm.s/file_open") PROGRAM(lc, "lsm_cgroup/socket_bind") PROGRAM(it, "iter.s/task") PROGRAM(pe, "perf_event") PROGRAM(sk, "sk_skb/stream_verdict") PROGRAM(sm, "sk_msg") PROGRAM(sl, "sk_lookup") PROGRAM(sr, "sk_reuseport/migrate") PROGRAM(so, "sockops") PROGRAM(fd, "flow_dissector") PROGRAM(lw, "lwt_xmit") PROGRAM(nf, "netfilter")
PROGRAM(cs, "cgroup_skb/egress") PROGRAM(cc, "cgroup/connect4") PROGRAM(cb, "cgroup/bind6") PROGRAM(cd, "cgroup/dev") PROGRAM(cy, "cgroup/sysctl") PROGRAM(co, "cgroup/getsockopt") PROGRAM(cr, "cgroup/sock_release") PROGRAM(sy, "syscall")
SEC("fentry/bpf_fentry_test1") int BPF_PROG(self, int a) { return 0; }
SEC("freplace/somewhere") int super(struct __sk_buff *skb) { return 0; }
char LICENSE[] SEC("license") = "GPL";
