fn main() -> Result<(), skelgen::Error> {
    skelgen::Builder::new()
        .source("../../bpf/minimal.bpf.c")
        .build()
}
