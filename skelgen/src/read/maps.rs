//! Which handle a map gets.

use super::MapFacts;
use crate::model::{MapKind, TypeRef};
use libbpf_safe::map::MapType;

/// By the map's type, and the types of its keys and values where BTF has them.
pub(super) fn kind(map: &MapFacts, key: Option<TypeRef>, value: Option<TypeRef>) -> MapKind {
    let sizes = (map.key_size, map.value_size);
    let handle = |handle, parameters: Vec<Option<TypeRef>>| {
        match parameters.into_iter().collect::<Option<Vec<_>>>() {
            Some(parameters) => MapKind::Typed { handle, parameters },
            // Without BTF, or where it does not agree with the sizes.
            None => MapKind::Other,
        }
    };
    match map.map_type {
        MapType::HASH | MapType::LRU_HASH => handle("HashMap", vec![key, value]),
        MapType::PERCPU_HASH | MapType::LRU_PERCPU_HASH => {
            handle("PerCpuHashMap", vec![key, value])
        }
        MapType::LPM_TRIE => handle("LpmTrie", vec![key, value]),
        MapType::ARRAY => handle("Array", vec![value]),
        MapType::PERCPU_ARRAY => handle("PerCpuArray", vec![value]),
        MapType::QUEUE => handle("Queue", vec![value]),
        MapType::STACK => handle("Stack", vec![value]),
        MapType::BLOOM_FILTER => handle("BloomFilter", vec![value]),
        MapType::SK_STORAGE => handle("SocketStorage", vec![value]),
        MapType::TASK_STORAGE => handle("TaskStorage", vec![value]),
        MapType::INODE_STORAGE => handle("InodeStorage", vec![value]),
        MapType::CGRP_STORAGE => handle("CgroupStorage", vec![value]),
        MapType::PROG_ARRAY => handle("ProgramArray", vec![]),
        MapType::CGROUP_ARRAY => handle("CgroupArray", vec![]),
        MapType::ARRAY_OF_MAPS => handle("ArrayOfMaps", vec![]),
        MapType::HASH_OF_MAPS => handle("HashOfMaps", vec![key]),
        MapType::STACK_TRACE => handle("StackTraces", vec![]),
        // These have values of 4 bytes, too, for older kernels.
        MapType::SOCKMAP if sizes == (4, 8) => handle("SockMap", vec![]),
        MapType::SOCKHASH if map.value_size == 8 => handle("SockHash", vec![key]),
        MapType::REUSEPORT_SOCKARRAY if sizes == (4, 8) => handle("ReuseportSockArray", vec![]),
        MapType::DEVMAP if sizes == (4, 8) => handle("DeviceMap", vec![]),
        MapType::DEVMAP_HASH if sizes == (4, 8) => handle("DeviceHash", vec![]),
        MapType::CPUMAP if sizes == (4, 8) => handle("CpuMap", vec![]),
        MapType::XSKMAP if sizes == (4, 4) => handle("XskMap", vec![]),
        _ => MapKind::Other,
    }
}
