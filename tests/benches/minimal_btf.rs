//! Open and load with CO-RE relocations: libbpf's C functions, which read the kernel's whole BTF, beside the part of it
//! that is kept in memory, or in a directory. In turns in one run, on ten objects. Prints medians and ratios;
//! decides nothing.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use libbpf_ffi as ffi;
use libbpf_safe::OpenOptions;
use libbpf_safe::btf::MinimalCache;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const ROUNDS: usize = 51;

/// Structs, and a member of each that is as large as a word.
const READ: [(&str, &str); 10] = [
    ("task_struct", "pid"),
    ("file", "f_flags"),
    ("inode", "i_ino"),
    ("dentry", "d_flags"),
    ("sk_buff", "len"),
    ("sock", "sk_rcvbuf"),
    ("mm_struct", "total_vm"),
    ("cred", "securebits"),
    ("super_block", "s_magic"),
    ("net_device", "ifindex"),
];

fn main() {
    if let Some(reason) = libbpf_tests::kernel::obstacle() {
        println!("cannot measure: {reason}");
        return;
    }
    // SAFETY: libbpf_set_print takes NULL for silence.
    unsafe { ffi::libbpf_set_print(None) };
    let folder = tempfile::tempdir().unwrap();
    let objects = |section: &str| READ.map(|read| object(folder.path(), read, section));
    let plain = objects("raw_tp/sys_enter");
    let traced = objects("tp_btf/sys_enter");
    if let Some(directory) = env::args().find_map(|it| {
        it.strip_prefix("--fresh=")
            .map(Path::new)
            .map(Path::to_owned)
    }) {
        return fresh(&plain, &directory);
    }
    let cache = folder.path().join("cache");
    // A process that has read nothing yet: with an empty directory, and then with what the first one left there.
    for what in ["with an empty directory", "with a full directory"] {
        let mut child = Command::new(env::current_exe().unwrap());
        let child = child.arg(format!("--fresh={}", cache.display()));
        let output = child.output().unwrap();
        print!(
            "a fresh process {what}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    compare("raw tracepoint programs, from memory", &plain);
    compare("tp_btf programs, from memory", &traced);
}

/// All ten in a process that has done nothing before.
fn fresh(objects: &[Vec<u8>], directory: &Path) {
    let cache = MinimalCache::in_directory(directory).unwrap();
    let options = OpenOptions::new().name("bench").minimal_kernel_btf(cache);
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    // What libbpf asks the kernel once is not what is compared.
    c_functions(&objects[0]);
    let first = time(&mut || load(&objects[0], &options));
    let others = time(&mut || objects[1..].iter().for_each(|it| load(it, &options)));
    let c = time(&mut || objects.iter().for_each(|it| c_functions(it)));
    let all = first + others;
    println!(
        "first {:.3} ms, ten {:.3} ms; C ten {:.3} ms; ratio {:.3}",
        ms(first),
        ms(all),
        ms(c),
        ms(all) / ms(c)
    );
}

fn compare(what: &str, objects: &[Vec<u8>]) {
    let options = OpenOptions::new()
        .name("bench")
        .minimal_kernel_btf(MinimalCache::in_process());
    let (mut c, mut part, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let object = &objects[round % objects.len()];
        load(object, &options);
        for (times, run) in [
            (&mut c, &(|| c_functions(object)) as &dyn Fn()),
            (&mut part, &|| load(object, &options)),
            (&mut whole, &|| {
                load(object, &OpenOptions::new().name("bench"))
            }),
        ] {
            let start = Instant::now();
            run();
            times.push(start.elapsed());
        }
    }
    let [c, part, whole] = [c, part, whole].map(median);
    println!(
        "{what}: C {:.3} ms, libbpf-safe {:.3} ms ({:.3}), with the part {:.3} ms ({:.3})",
        ms(c),
        ms(whole),
        ms(whole) / ms(c),
        ms(part),
        ms(part) / ms(c)
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn load(object: &[u8], options: &OpenOptions) {
    options.open_bytes(object).unwrap().load().unwrap();
}

fn c_functions(object: &[u8]) {
    let options = ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"bench".as_ptr(),
        ..Default::default()
    };
    // SAFETY: each function gets what the one before returned, checked against NULL.
    unsafe {
        let object = ffi::bpf_object__open_mem(object.as_ptr().cast(), object.len() as _, &options);
        assert!(!object.is_null());
        assert_eq!(ffi::bpf_object__load(object), 0);
        ffi::bpf_object__close(object);
    }
}

fn object(folder: &Path, (ty, member): (&str, &str), section: &str) -> Vec<u8> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/minimal_btf.bpf.c");
    let output = folder.join("object.bpf.o");
    let status = Command::new("clang")
        .args(["-target", "bpf", "-g", "-O2", "-c", source, "-o"])
        .arg(&output)
        .arg(format!("-DTYPE={ty}"))
        .arg(format!("-DMEMBER={member}"))
        .arg(format!("-DSECTION=\"{section}\""))
        .status()
        .unwrap();
    assert!(status.success());
    fs::read(output).unwrap()
}
