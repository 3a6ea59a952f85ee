use std::path::PathBuf;

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    libbpf_cargo::SkeletonBuilder::new()
        .source("../../bpf/minimal.bpf.c")
        .build_and_generate(out.join("minimal.skel.rs"))
        .unwrap();
    println!("cargo:rerun-if-changed=../../bpf");
}
