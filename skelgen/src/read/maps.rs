//! Which handle a map gets.

use super::MapFacts;
use crate::model::{MapKind, Parameter, TypeRef};
use libbpf_safe::map::MapType;

/// `BPF_F_SEGV_ON_FAULT`
const SEGV_ON_FAULT: u32 = 1 << 17;

/// By the map's type, and the types of its keys and values where BTF has them.
pub(super) fn kind(map: &MapFacts, key: Option<TypeRef>, value: Option<TypeRef>) -> MapKind {
    let sizes = (map.key_size, map.value_size);
    let handle = |handle, parameters: Vec<Option<TypeRef>>| {
        let parameters: Option<Vec<_>> = parameters
            .into_iter()
            .map(|ty| ty.map(Parameter::Type))
            .collect();
        match parameters {
            Some(parameters) => MapKind::Typed { handle, parameters },
            // Without BTF, or where it does not agree with the sizes.
            None => MapKind::Other,
        }
    };
    let redirect = |handle| match redirect_value(map.value_size) {
        Some(value) if map.key_size == 4 => MapKind::Typed {
            handle,
            parameters: vec![value],
        },
        _ => MapKind::Other,
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
        MapType::CGROUP_STORAGE => handle("AttachmentStorage", vec![key, value]),
        MapType::PERCPU_CGROUP_STORAGE => handle("PerCpuAttachmentStorage", vec![key, value]),
        MapType::PROG_ARRAY => handle("ProgramArray", vec![]),
        MapType::CGROUP_ARRAY => handle("CgroupArray", vec![]),
        MapType::ARRAY_OF_MAPS => handle("ArrayOfMaps", vec![]),
        MapType::HASH_OF_MAPS => handle("HashOfMaps", vec![key]),
        MapType::RINGBUF => handle("RingBuf", vec![]),
        MapType::USER_RINGBUF => handle("UserRingBuf", vec![]),
        MapType::PERF_EVENT_ARRAY => handle("PerfEventArray", vec![]),
        MapType::STACK_TRACE => handle("StackTraces", vec![]),
        MapType::INSN_ARRAY if sizes == (4, 16) => handle("InstructionArray", vec![]),
        MapType::SOCKMAP if map.key_size == 4 => handle("SockMap", vec![socket(map.value_size)]),
        MapType::SOCKHASH => handle("SockHash", vec![key, socket(map.value_size)]),
        MapType::REUSEPORT_SOCKARRAY if map.key_size == 4 => {
            handle("ReuseportSockArray", vec![socket(map.value_size)])
        }
        MapType::DEVMAP => redirect("DeviceMap"),
        MapType::DEVMAP_HASH => redirect("DeviceHash"),
        MapType::CPUMAP => redirect("CpuMap"),
        // To touch a page of such an arena may end the process: no handle allows it.
        MapType::ARENA if map.create_flags & SEGV_ON_FAULT == 0 => MapKind::Arena,
        MapType::XSKMAP if sizes == (4, 4) => handle("XskMap", vec![]),
        _ => MapKind::Other,
    }
}

/// What libbpf-safe calls the values of a map of sockets, by their size in bytes.
fn socket(size: u32) -> Option<TypeRef> {
    // Not before that is known: BTF has sizes that do not fit in bits.
    matches!(size, 4 | 8).then(|| TypeRef::Int {
        bits: size * 8,
        signed: false,
    })
}

/// What libbpf-safe calls the values of a map of devices or CPUs, by their size in bytes.
fn redirect_value(size: u32) -> Option<Parameter> {
    match size {
        4 => socket(size).map(Parameter::Type),
        8 => Some(Parameter::Library("RedirectTarget")),
        _ => None,
    }
}
