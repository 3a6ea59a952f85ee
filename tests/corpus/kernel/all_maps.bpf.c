// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define MAP(name, kind, k, v) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, 4); __type(key, k); __type(value, v); } name SEC(".maps")
#define FLAGGED(name, kind, k, v, f) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, 4); __uint(map_flags, f); __type(key, k); __type(value, v); } name SEC(".maps")
#define VALUES(name, kind, v) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, 4); __type(value, v); } name SEC(".maps")
#define STORAGE(name, kind, v) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, v); } name SEC(".maps")
struct pair { u32 a; u64 b; };
struct prefix { u32 bits; u8 address[4]; };
MAP(hash, HASH, struct pair, struct pair); MAP(array, ARRAY, u32, struct pair); MAP(pc_hash, PERCPU_HASH, u64, struct pair); MAP(pc_array, PERCPU_ARRAY, u32, u8);
MAP(lru, LRU_HASH, u8, u8); MAP(lru_pc, LRU_PERCPU_HASH, u16, bool); FLAGGED(trie, LPM_TRIE, struct prefix, struct pair, BPF_F_NO_PREALLOC);
VALUES(queue, QUEUE, struct pair); VALUES(stack, STACK, u8); VALUES(bloom, BLOOM_FILTER, u64);
MAP(dev, DEVMAP, u32, u32); MAP(dev_val, DEVMAP, u32, struct bpf_devmap_val); MAP(dev_hash, DEVMAP_HASH, u32, struct bpf_devmap_val); MAP(cpu, CPUMAP, u32, struct bpf_cpumap_val); MAP(xsk, XSKMAP, u32, u32);
MAP(socks, SOCKMAP, u32, u64); MAP(sock_hash, SOCKHASH, struct pair, u64); MAP(ports, REUSEPORT_SOCKARRAY, u32, u64); MAP(cgroups, CGROUP_ARRAY, u32, u32);
STORAGE(of_sk, SK_STORAGE, struct pair); STORAGE(of_task, TASK_STORAGE, struct pair); STORAGE(of_inode, INODE_STORAGE, struct pair); STORAGE(of_cgrp, CGRP_STORAGE, struct pair);
struct { __uint(type, BPF_MAP_TYPE_CGROUP_STORAGE); __type(key, struct bpf_cgroup_storage_key); __type(value, struct pair); } of_cgroup SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE); __type(key, u64); __type(value, struct pair); } of_cgroup_cpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 127 * 8); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } user_ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 4); } arena SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __uint(pinning, LIBBPF_PIN_BY_NAME); __uint(key_size, 3); __uint(value_size, 5); } sized SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __uint(map_flags, BPF_F_MMAPABLE); __type(key, u32); __type(value, u64[3]); } mapped SEC(".maps");
char LICENSE[] SEC("license") = "GPL";
