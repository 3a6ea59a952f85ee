//! What is done beside loading and attaching, while calls fail.

use super::scenarios::Made;
use crate::skeletons::{globals, small_maps};
use libbpf_safe::btf::Btf;
use libbpf_safe::map::UpdateFlag;
use libbpf_safe::program::TestRun;
use libbpf_safe::program::attach::{
    ProbeMultiOptions, Process, UprobeMulti, UprobeOptions, UsdtOptions,
};
use libbpf_safe::{Linker, ObjectFile, Program, Result, assign};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::{env, fs, process};

const PROBED: &str = concat!(env!("OUT_DIR"), "/probed");
const ATTACH: &str = concat!(env!("OUT_DIR"), "/attach.bpf.o");
const RINGS: &str = concat!(env!("OUT_DIR"), "/rings.bpf.o");
const SMALL_MAPS: &str = concat!(env!("OUT_DIR"), "/small_maps.bpf.o");

/// The elements of maps: one by one, in batches, and for each CPU.
pub fn elements() -> Result<Made> {
    let maps = small_maps::OpenSkeleton::open()?.load()?.maps;
    maps.two.update(&1, &10, UpdateFlag::Any)?;
    maps.two.update_batch(&[2], &[20])?;
    assert_eq!(maps.two.lookup(&2)?, Some(20));
    let mut elements = maps.two.iter().collect::<Result<Vec<_>>>()?;
    elements.sort_unstable();
    assert_eq!(elements, [(1, 10), (2, 20)]);
    let taken = maps.two.drain().collect::<Result<Vec<_>>>()?;
    assert_eq!(taken.len(), 2);
    assert!(!maps.two.delete(&1)?);
    maps.four.update_batch(&[0, 3], &[5, 6])?;
    let all = maps.four.iter().collect::<Result<Vec<_>>>()?;
    assert_eq!(all, [5, 0, 0, 6]);
    let each = maps.each_cpu.lookup(0)?;
    Ok(Box::new((maps, each)))
}

/// Data sections, the kernel's configuration among them, and an array that is shared; a program reads and writes them.
pub fn variables() -> Result<Made> {
    let skeleton = globals::OpenSkeleton::open()?.load()?;
    let samples = skeleton.maps.samples.mapped()?;
    let run = skeleton.programs.tick.test_run(TestRun::new())?;
    assert_ne!(run.return_value, 0, "the kernel's version");
    assert_eq!(skeleton.bss.runs.get(), 1);
    assert_eq!(samples.get(2).map(|sample| sample.get().value), Some(1));
    Ok(Box::new((skeleton, samples)))
}

assign! {
    #[derive(Debug)]
    struct Probes {
        at_function: Program = "at_function",
        at_functions: Program = "at_functions",
        at_probe: Program = "at_probe",
        list_tasks: Program = "list_tasks",
    }
}

/// Probes of user space, for which symbols and notes are read from an ELF file, and an iterator.
pub fn probes() -> Result<Made> {
    let probes: Probes = ObjectFile::read(ATTACH)?.loader().load_and_assign()?;
    let turn = UprobeOptions {
        function: Some("turn"),
        cookie: 3,
        ..UprobeOptions::default()
    };
    let function = probes
        .at_function
        .attach_uprobe(Process::Any, PROBED, &turn)?;
    let probe = probes.at_probe.attach_usdt(
        Process::Any,
        PROBED,
        "libbpf_tests",
        "turn",
        &UsdtOptions::default(),
    )?;
    let several = probes.at_functions.attach_uprobe_multi(
        Process::Any,
        PROBED,
        UprobeMulti::Pattern("tur?"),
        &ProbeMultiOptions::default(),
    )?;
    let iterator = probes.list_tasks.attach()?;
    let tasks = iterator.open_iterator()?;
    Ok(Box::new((
        (probes, tasks),
        [function, probe, several, iterator],
    )))
}

/// What `probes` attaches, loaded.
pub fn loaded_probes() -> Result<Made> {
    let probes: Probes = ObjectFile::read(ATTACH)?.loader().load_and_assign()?;
    Ok(Box::new(probes))
}

/// Where `linking` of a process writes.
pub fn linking_folder(process: u32) -> PathBuf {
    env::temp_dir().join(format!("faults-{process}"))
}

/// Two objects become one, in a folder of its own: a failure leaves no file in it.
pub fn linking() -> Result<Made> {
    let folder = linking_folder(process::id());
    fs::create_dir_all(&folder).unwrap();
    let output = folder.join("linked.bpf.o");
    let result = Linker::new(&output).file(RINGS).file(SMALL_MAPS).link();
    assert_eq!(fs::remove_file(&output).is_ok(), result.is_ok());
    // Which it would not be were anything in it.
    fs::remove_dir(&folder).unwrap();
    result.map(|()| Box::new(()) as Made)
}

/// BTF of an ELF file, written as C: all of it, or nothing.
pub fn types() -> Result<Made> {
    static WHOLE: OnceLock<String> = OnceLock::new();
    let btf = Btf::from_file(SMALL_MAPS)?;
    let text = btf.to_c()?;
    assert_eq!(&text, WHOLE.get_or_init(|| text.clone()));
    Ok(Box::new((btf, text)))
}

/// BTF that is loaded into the kernel, and read back from there.
pub fn loaded_types() -> Result<Made> {
    let btf = Btf::from_file(SMALL_MAPS)?;
    let object = btf.load()?;
    let copy = Btf::from_id(object.info()?.id, None)?;
    assert_eq!(copy.raw(), btf.raw());
    Ok(Box::new(object))
}
