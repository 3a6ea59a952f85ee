//! Compiles the congestion control and generates its skeleton.

fn main() -> Result<(), skelgen::Error> {
    skelgen::Builder::new()
        .source("src/bpf/tcp_cc.bpf.c")
        .build()
}
