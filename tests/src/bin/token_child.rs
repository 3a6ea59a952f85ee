//! A process in a user namespace of its own, which has no rights in the first one, but for those that a BPF file system
//! delegates to it. Its parent sets the file system up, which takes rights.

#![forbid(unsafe_code)]

use libbpf_safe::btf::BtfObject;
use libbpf_safe::map::{CreateOptions, Map, MapType};
use libbpf_safe::program::{Instruction, LoadOptions, ProgramType, TestRun};
use libbpf_safe::{ErrorKind, OpenOptions, Token};
use libbpf_tests::skeletons::FUNCTIONS;
use nix::sched::{CloneFlags, unshare};
use rustix::fs::CWD;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, fsmount, fsopen, move_mount,
};
use std::error::Error;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("where to mount?")?;
    let folder = Path::new(&folder);
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
    wait_for("users")?;
    let file_system = fsopen("bpf", FsOpenFlags::FSOPEN_CLOEXEC)?;
    wait_for(&format!("file system {}", file_system.as_raw_fd()))?;
    let mount = fsmount(
        &file_system,
        FsMountFlags::FSMOUNT_CLOEXEC,
        MountAttrFlags::empty(),
    )?;
    let empty_path = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    move_mount(&mount, "", CWD, folder, empty_path)?;

    match std::env::args().nth(2).as_deref() {
        Some("btf") => btf(folder)?,
        _ => {
            objects(folder)?;
            single_parts(folder)?;
        }
    }
    println!("done");
    Ok(())
}

/// Tells the parent, and waits until it has done its part.
fn wait_for(what: &str) -> io::Result<()> {
    println!("{what}");
    io::stdout().flush()?;
    io::stdin().read_line(&mut String::new()).map(drop)
}

fn objects(folder: &Path) -> Result<(), Box<dyn Error>> {
    let options = OpenOptions::new().name("functions");
    let without = options.clone().without_token().open_bytes(FUNCTIONS)?;
    let error = without.load().err().ok_or("it loads without a token")?;
    if *error.kind() != ErrorKind::PermissionDenied {
        return Err(error.into());
    }
    let object = options.token_path(folder).open_bytes(FUNCTIONS)?.load()?;
    object.token_fd().ok_or("the object has no token")?;
    let result = object.program("count")?.test_run(TestRun::new())?;
    if result.return_value != 1 {
        return Err(format!("the program returned {}", result.return_value).into());
    }
    Ok(())
}

fn btf(folder: &Path) -> Result<(), Box<dyn Error>> {
    let options = OpenOptions::new().name("functions").token_path(folder);
    let object = options.open_bytes(FUNCTIONS)?.load()?;
    let id = object.program("count")?.info()?.btf_id;
    match BtfObject::from_id(id) {
        Err(error) if *error.kind() == ErrorKind::PermissionDenied => println!("not without"),
        other => return Err(format!("without a token: {other:?}").into()),
    }
    let opened = BtfObject::from_id_with(id, &Token::create(folder)?)?;
    if opened.info()?.id == id {
        println!("opened");
    }
    Ok(())
}

fn single_parts(folder: &Path) -> Result<(), Box<dyn Error>> {
    let token = Token::create(folder)?;
    // Not every user may make such a map.
    let map = CreateOptions::new(MapType::LPM_TRIE, 8, 8, 1)
        .flags(libbpf_safe::map::CreateFlags::NO_PREALLOC);
    if map.create().is_ok() {
        return Err("a map is created without a token".into());
    }
    let map: Map = map.token(&token).create()?;
    println!("map {}", map.info().max_entries);
    let instructions = [
        Instruction::new(0xb7, 0, 0, 0, 2),
        Instruction::new(0x95, 0, 0, 0, 0),
    ];
    let program = LoadOptions::new(ProgramType::XDP, "GPL", &instructions);
    if program.load().is_ok() {
        return Err("a program is loaded without a token".into());
    }
    program.token(&token).load()?;
    Ok(())
}
