//! Open and load with relocations of CO-RE, where libbpf reads only the part of the kernel's BTF that they need.

use super::c;
use crate::Outcome;
use crate::report::Report;
use crate::sampling::{Contender, Peer, contender, in_turns, once};
use libbpf_safe::OpenOptions;
use libbpf_safe::btf::MinimalCache;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 101;
/// Each has processes of its own.
const PROCESS_ROUNDS: usize = 21;

/// The first argument of such a process; the second is the directory of a cache, empty for none, and is left out for C.
pub const TEN_OBJECTS: &str = "ten-objects";

pub fn measure(report: &mut Report) -> Outcome {
    let objects = objects()?;
    let directory = tempfile::tempdir()?;
    let cache = directory.path().join("cache");
    let options = options(MinimalCache::in_process());
    let mut round = 0..;
    let mut other = 0..;
    let loads = vec![
        contender(Peer::C, || c::open_load(next(&objects, &mut round))),
        contender(Peer::Safe, || load(next(&objects, &mut other), &options)),
    ];
    let row = "open, load: CO-RE by a part that is kept";
    // Each object has been loaded once before.
    for object in &objects {
        load(object, &options);
    }
    report.row(row, 0.15, in_turns(ROUNDS, loads));
    let row = "ten such objects in a fresh process";
    let processes = vec![
        process(Peer::C, None),
        process(Peer::Safe, Some(Path::new(""))),
    ];
    report.row(row, 0.3, in_turns(PROCESS_ROUNDS, processes));
    let row = "the same, with parts in a directory";
    let processes = vec![process(Peer::C, None), process(Peer::Safe, Some(&cache))];
    report.row(row, 0.3, in_turns(PROCESS_ROUNDS, processes));
    Ok(())
}

fn next<'o>(objects: &'o [Vec<u8>], round: &mut impl Iterator<Item = usize>) -> &'o [u8] {
    &objects[round.next().unwrap_or(0) % objects.len()]
}

fn options(cache: MinimalCache) -> OpenOptions {
    OpenOptions::new().name("minimal").minimal_kernel_btf(cache)
}

fn load(object: &[u8], options: &OpenOptions) -> f64 {
    let (time, _object) = once(|| options.open_bytes(object).unwrap().load().unwrap());
    time
}

/// What a process of its own says that all objects took; without a directory for C, with an empty one in the process.
fn process<'a>(peer: Peer, directory: Option<&'a Path>) -> Contender<'a> {
    contender(peer, move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(TEN_OBJECTS).args(directory);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.trim().parse().unwrap()
    })
}

/// The part of such a process.
pub fn ten_objects(directory: Option<String>) -> Outcome {
    let objects = objects()?;
    // What libbpf asks of the kernel once is not what is compared.
    c::open_load(&super::plain::OBJECT.0);
    let time: f64 = match directory {
        None => objects.iter().map(|object| c::open_load(object)).sum(),
        Some(directory) => {
            let cache = match directory.as_str() {
                "" => MinimalCache::in_process(),
                path => MinimalCache::in_directory(path)?,
            };
            let options = options(cache);
            objects.iter().map(|object| load(object, &options)).sum()
        }
    };
    println!("{time}");
    Ok(())
}

fn objects() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(concat!(env!("OUT_DIR"), "/reading"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|it| it == "o"));
    files.sort();
    let objects: Vec<_> = files.iter().map(fs::read).collect::<Result<_, _>>()?;
    if objects.len() != 10 {
        return Err(format!("there are {} objects", objects.len()).into());
    }
    Ok(objects)
}
