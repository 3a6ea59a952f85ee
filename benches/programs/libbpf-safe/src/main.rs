include!(concat!(env!("OUT_DIR"), "/minimal.skel.rs"));

fn main() -> libbpf_safe::Result<()> {
    let mut open = minimal::OpenSkeleton::open()?;
    let parts = open.parts();
    parts.rodata.step = 2;
    parts.struct_ops.reno.flags = 1;
    let mut skeleton = open.load()?;
    skeleton.attach()?;
    let calls = skeleton.maps.calls.lookup(&std::process::id())?;
    println!("{}", calls.unwrap_or_default());
    Ok(())
}
