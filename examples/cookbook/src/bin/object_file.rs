//! Loads an object file that no code was generated for: shows what is in it, sets variables by name, attaches all
//! that can be attached, and shows how often each program ran.
//!
//! `object_file FILE [SECONDS] [VARIABLE=NUMBER...]`; the variables are those of the type `__u32`

use cookbook::number;
use libbpf_safe::{ObjectFile, enable_run_statistics};
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: object_file FILE [SECONDS] [VARIABLE=NUMBER...]")?;
    let seconds = number(arguments.next(), "seconds", 1)?;

    // Read once, checked, and never changed: what is set below is for one load.
    let file = ObjectFile::read(path)?;
    for map in file.maps() {
        println!("map      {}", map.name);
    }
    for program in file.programs() {
        println!("program  {} ({})", program.name, program.section_name);
    }
    for variable in file.variables() {
        println!("variable {}", variable.name);
    }

    let mut loader = file.loader();
    for argument in arguments {
        let (name, value) = argument
            .split_once('=')
            .ok_or_else(|| format!("`{argument}` is no VARIABLE=NUMBER"))?;
        let value: u32 = number(Some(value.to_owned()), name, 0)?;
        loader.set(name, &value)?;
    }
    let object = loader.load()?;
    let statistics = enable_run_statistics()?;
    let links = object.attach()?;
    sleep(Duration::from_secs(seconds));
    links.detach();
    drop(statistics);

    for program in object.programs() {
        println!("{} ran {} times", program.name(), program.info()?.run_count);
    }
    Ok(())
}
