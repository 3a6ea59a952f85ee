//! Compiles the BPF program and generates its skeleton.

fn main() -> Result<(), skelgen::Error> {
    skelgen::Builder::new()
        .source("src/bpf/{stem}.bpf.c")
        .build()
}
