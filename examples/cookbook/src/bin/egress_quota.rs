//! Runs a command that may send only so many bytes: in a cgroup of its own, whose packets beyond that are dropped.
//!
//! `egress_quota BYTES COMMAND [ARGUMENT...]`

use cookbook::number;
use libbpf_safe::program::attach::CgroupOptions;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

include!(concat!(env!("OUT_DIR"), "/quota.skel.rs"));

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(bytes), Some(program)) = (arguments.next(), arguments.next()) else {
        return Err("usage: egress_quota BYTES COMMAND [ARGUMENT...]".into());
    };
    let mut open = quota::OpenSkeleton::open()?;
    open.parts().rodata.quota = number(Some(bytes), "quota", 0)?;
    let skeleton = open.load()?;

    let cgroup = Cgroup::new()?;
    let folder = File::open(&cgroup.0)?;
    let link = skeleton
        .programs
        .limit
        .attach_cgroup(&folder, &CgroupOptions::default())?;

    // The shell goes into the cgroup before it becomes the command: nothing is sent outside.
    let mut child = Command::new("/bin/sh")
        .args(["-c", r#"echo $$ > "$0/cgroup.procs" && exec "$@""#])
        .arg(&cgroup.0)
        .arg(program)
        .args(arguments)
        .spawn()?;
    let status = child.wait()?;

    link.detach()?;
    let (sent, dropped) = (skeleton.bss.sent.get(), skeleton.bss.dropped.get());
    println!("{status}: {sent} bytes sent, {dropped} dropped");
    Ok(())
}

/// A cgroup that is removed when it is dropped.
struct Cgroup(PathBuf);

impl Cgroup {
    fn new() -> Result<Cgroup, Box<dyn Error>> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let root = mounts
            .lines()
            .map(|line| line.split(' ').collect::<Vec<_>>())
            .find_map(|fields| match fields[..] {
                [_, folder, "cgroup2", ..] => Some(folder),
                _ => None,
            })
            .ok_or("cgroup2 is not mounted: `mount -t cgroup2 none FOLDER`")?;
        let folder = Path::new(root).join(format!("egress_quota.{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Cgroup(folder))
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // A child of the command that still runs keeps it.
        if let Err(error) = fs::remove_dir(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}
