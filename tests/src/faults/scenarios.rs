//! What is done while system calls fail, and what must not be left of it.

use super::{Fault, with_fault};
use crate::kernel::{congestion_controls as registered, is_gone, open_descriptors};
use crate::skeletons::{COLLECTION, attach, map_kinds, rings, tcp_shadow};
use libbpf_safe::link::Link;
use libbpf_safe::map::HashMap;
use libbpf_safe::perf_buffer::PerfBuffer;
use libbpf_safe::program::KernelProgram;
use libbpf_safe::struct_ops::StructOpsLink;
use libbpf_safe::{Error, ObjectFile, Result, assign};
use std::any::Any;
use std::fmt::Debug;
use std::fs;
use std::process;

/// All that a scenario made.
pub type Made = Box<dyn Any + Send>;

/// It opens, loads and attaches.
pub type Scenario = fn() -> Result<Made>;

/// What has come of a scenario.
#[derive(Debug)]
pub struct Outcome {
    /// How many of the watched calls it made.
    pub calls: usize,
    /// Its error; none where it made do without the call.
    pub error: Option<Error>,
}

/// Does a scenario while calls fail. What it made, whole or in part, is gone afterwards.
pub fn run(scenario: Scenario, fault: Fault) -> Outcome {
    leaves_nothing(fault, || with_fault(fault, scenario))
}

/// Looks at what `work` leaves behind, and at its error. It gives what was made, and how many calls that took.
pub fn leaves_nothing(fault: impl Debug, work: impl FnOnce() -> (Result<Made>, usize)) -> Outcome {
    let before = (open_descriptors(), kernel_mappings());
    let (result, calls) = work();
    // Where it succeeded, what it made is let go of here, where no call fails.
    let error = result.err();
    let after = (open_descriptors(), kernel_mappings());
    assert_eq!(after, before, "left by {fault:?}, {error:?}");
    let names = prefix();
    let is_registered = || registered().iter().any(|name| name.starts_with(&names));
    assert!(is_gone(is_registered), "left by {fault:?}, {error:?}");
    if let Some(error) = &error {
        let text = error.to_string();
        assert!(text.starts_with("cannot "), "{text}");
        let names = |part| text.contains(part);
        assert!(["`", "/", "BTF"].into_iter().any(names), "{text}");
    }
    Outcome { calls, error }
}

/// Memory that maps, rings and events share with this process.
fn kernel_mappings() -> usize {
    let mappings = fs::read_to_string("/proc/self/maps").unwrap();
    mappings.matches("anon_inode:").count()
}

/// How the names of all congestion controls begin that this process registers.
fn prefix() -> String {
    format!("f{}_", process::id())
}

/// Three congestion controls, two of them by links, and a raw tracepoint.
pub fn congestion_controls() -> Result<Made> {
    let mut open = tcp_shadow::OpenSkeleton::open()?;
    let parts = open.parts();
    let ops = parts.struct_ops;
    ops.shadowed.name.set(&format!("{}a", prefix()))?;
    ops.shadowed.cong_avoid = Some(parts.programs.replacement.callback());
    ops.second.name.set(&format!("{}b", prefix()))?;
    ops.plain.name.set(&format!("{}c", prefix()))?;
    let mut skeleton = open.load()?;
    skeleton.attach()?;
    Ok(Box::new(skeleton))
}

assign! {
    #[derive(Debug)]
    struct Everything {
        counts: HashMap<u32, u64> = "counts",
        marker: KernelProgram = "marker",
        counter: KernelProgram = "counter",
        link: Link = "counter",
        congestion: StructOpsLink = "congestion",
    }
}

/// A file that is loaded in part, into a struct of handles.
pub fn collection() -> Result<Made> {
    let file = ObjectFile::from_bytes("collection", COLLECTION)?;
    let everything = file.loader().load_and_assign_with::<Everything>(|open| {
        let name = format!("{}e", prefix());
        open.struct_ops("congestion")?.set("name", name.as_str())
    })?;
    Ok(Box::new(everything))
}

/// All that a skeleton attaches by itself.
pub fn attachments() -> Result<Made> {
    let mut open = attach::OpenSkeleton::open()?;
    let control = open.parts().struct_ops.control;
    control.name.set(&format!("{}d", prefix()))?;
    let mut skeleton = open.load()?;
    skeleton.attach()?;
    Ok(Box::new(skeleton))
}

/// Maps of every kind.
pub fn maps() -> Result<Made> {
    Ok(Box::new(map_kinds::OpenSkeleton::open()?.load()?))
}

/// Readers and writers of rings.
pub fn readers() -> Result<Made> {
    let skeleton = rings::OpenSkeleton::open()?.load()?;
    let reader = skeleton.maps.events.reader()?;
    let writer = skeleton.maps.requests.writer()?;
    let events = PerfBuffer::new(&skeleton.maps.samples, 1, |_| ())?;
    let link = skeleton.programs.on_sys_enter.attach()?;
    Ok(Box::new((reader, writer, events, link)))
}
