use aya::maps::HashMap;
use aya::programs::RawTracePoint;
use aya::{EbpfLoader, include_bytes_aligned};

static OBJECT: &[u8] = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/minimal.bpf.o"));

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut object = EbpfLoader::new().override_global("step", &2u32, true).load(OBJECT)?;
    let program: &mut RawTracePoint = object.program_mut("on_sys_enter").ok_or("no program")?.try_into()?;
    program.load()?;
    program.attach("sys_enter")?;
    let calls = HashMap::<_, u32, u64>::try_from(object.map("calls").ok_or("no map")?)?;
    println!("{}", calls.get(&std::process::id(), 0).unwrap_or_default());
    Ok(())
}
