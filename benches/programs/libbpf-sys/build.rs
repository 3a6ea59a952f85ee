use std::path::PathBuf;
use std::process::Command;

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("minimal.bpf.o");
    let headers =
        std::env::var_os("BPF_HEADERS").expect("BPF_HEADERS: a folder with bpf/bpf_helpers.h");
    let status = Command::new("clang")
        .args(["-target", "bpf", "-O2", "-g", "-D__TARGET_ARCH_x86"])
        .arg("-I")
        .arg(headers)
        .args(["-c", "../../bpf/minimal.bpf.c", "-o"])
        .arg(out)
        .status()
        .unwrap();
    assert!(status.success());
    println!("cargo:rerun-if-changed=../../bpf");
}
