//! The whole way from open to detach, and what may be relied on about handles. It compiles without a
//! warning: what the other files show to be refused is not refused for another reason.

#![forbid(unsafe_code)]

use libbpf_safe::link::Link;
use libbpf_safe::map::{Array, HashMap, Map, UpdateFlag};
use libbpf_safe::struct_ops::{StructOpsLink, StructOpsMap, StructOpsProgram};
use libbpf_safe::{Object, OpenObject, Program, Result};
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};
use std::thread;

/// A program keeps all of it in one struct, which has no lifetime.
struct Monitor {
    skeleton: Skeleton,
    links: Vec<StructOpsLink>,
    tracepoint: Link,
    marks: Array<u64>,
}

fn is_a_handle<T: Clone + Send + Sync + 'static>() {}
fn can_be_kept<T: Send + Sync + 'static>() {}

fn handles_go_anywhere() {
    is_a_handle::<Object>();
    is_a_handle::<Program>();
    is_a_handle::<Map>();
    is_a_handle::<HashMap<u32, u64>>();
    is_a_handle::<Array<u64>>();
    is_a_handle::<StructOpsMap>();
    can_be_kept::<StructOpsLink>();
    can_be_kept::<Link>();
    can_be_kept::<OpenObject>();
    can_be_kept::<OpenSkeleton>();
    can_be_kept::<Skeleton>();
    can_be_kept::<Monitor>();
}

fn configure(open: &mut OpenSkeleton) -> Option<bool> {
    let parts = open.parts();
    // All parts at once, each on its own.
    let (first, second) = (parts.struct_ops.shadowed, parts.struct_ops.second);
    let callback: StructOpsProgram<'_> = parts.programs.replacement.callback();
    first.cong_avoid = Some(callback);
    second.cong_avoid = first.cong_avoid;
    second.set_state = None;
    second.flags = first.flags;
    first.name.set("ui_first").ok()?;
    parts.rodata.step = 2;
    parts.rodata.enabled = true.into();
    let mut tracepoint = parts.programs.on_sys_enter;
    tracepoint.set_autoload(true);
    let mut counts = parts.maps.counts;
    counts.set_max_entries(16).ok()?;
    Some(first.cong_avoid == second.cong_avoid)
}

fn start() -> Result<Monitor> {
    let mut open = OpenSkeleton::open()?;
    configure(&mut open);
    // Parts can be had again, as often as wanted, one set at a time.
    open.parts().data.written = 1;
    let skeleton = open.load()?;
    Ok(Monitor {
        links: vec![
            skeleton.struct_ops.shadowed.attach()?,
            skeleton.struct_ops.plain.attach()?,
        ],
        tracepoint: skeleton.programs.on_sys_enter.attach()?,
        marks: skeleton.maps.marks.clone(),
        skeleton,
    })
}

fn main() -> Result<()> {
    handles_go_anywhere();
    let monitor = start()?;
    let Monitor {
        skeleton,
        mut links,
        tracepoint,
        marks,
    } = monitor;
    let counts = skeleton.maps.counts.clone();
    // The skeleton goes first, on another thread; what was taken from it works on.
    let first = skeleton.struct_ops.shadowed.clone();
    thread::spawn(move || drop(skeleton));
    if let Some(link) = links.first_mut() {
        link.update(&first)?;
    }
    counts.update(&9, &Default::default(), UpdateFlag::Any)?;
    counts.delete(&9)?;
    println!("{:?} {:?}", counts.lookup(&1)?, marks.lookup(3)?);
    for element in counts.iter() {
        println!("{:?}", element?);
    }
    tracepoint.detach()?;
    links.into_iter().try_for_each(StructOpsLink::detach)
}
