mod minimal {
    include!(concat!(env!("OUT_DIR"), "/minimal.skel.rs"));
}
use libbpf_rs::skel::{OpenSkel, Skel, SkelBuilder};
use libbpf_rs::{MapCore, MapFlags};
use std::mem::MaybeUninit;

fn main() -> libbpf_rs::Result<()> {
    let mut object = MaybeUninit::uninit();
    let mut open = minimal::MinimalSkelBuilder::default().open(&mut object)?;
    if let Some(rodata) = &mut open.maps.rodata_data {
        rodata.step = 2;
    }
    open.struct_ops.reno_mut().flags = 1;
    let mut skeleton = open.load()?;
    skeleton.attach()?;
    let _link = skeleton.maps.reno.attach_struct_ops()?;
    let key = std::process::id().to_ne_bytes();
    let calls = skeleton.maps.calls.lookup(&key, MapFlags::ANY)?;
    let calls = calls.and_then(|value| value.try_into().ok()).map_or(0, u64::from_ne_bytes);
    println!("{calls}");
    Ok(())
}
