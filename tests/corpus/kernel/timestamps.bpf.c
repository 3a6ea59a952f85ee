// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
typedef struct { ktime_t at; struct timespec64 wall; struct { atomic_t refs; atomic64_t bytes; refcount_t users; spinlock_t lock; struct mutex mutex; struct list_head list; struct hlist_node node; struct callback_head head; struct work_struct work; struct rw_semaphore semaphore; wait_queue_head_t wait; cpumask_t mask; nodemask_t nodes; sigset_t signals; struct qstr name; kuid_t uid; struct path path; }; } stamp_t;
stamp_t stamps[2];
struct cfs_rq queue; struct rq *rq; struct page page; struct mm_struct mm; struct inode inode; struct file file; struct net_device device; struct tcp_sock tcp; struct bio bio; struct request request; struct cgroup cgroup; struct pt_regs regs; struct bpf_prog prog; struct sock sock; struct signal_struct signals;
char LICENSE[] SEC("license") = "GPL";
