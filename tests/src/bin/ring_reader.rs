//! Another process at a ring: takes a record of the ring buffer with this id, or writes one to the user ring
//! buffer.

#![forbid(unsafe_code)]

use libbpf_safe::map::{Map, RingBuf, UserRingBuf};
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let end = arguments.next().ok_or("reader or writer?")?;
    let map = Map::from_id(arguments.next().ok_or("which map?")?.parse()?)?;
    match end.as_str() {
        "reader" => {
            let mut ring = RingBuf::try_from(map)?.reader()?;
            ring.next_record()?.ok_or("there is no record")?;
        }
        _ => {
            let mut ring = UserRingBuf::try_from(map)?.writer()?;
            if !ring.write(&[0; 8])? {
                return Err("there is no room".into());
            }
        }
    }
    Ok(())
}
