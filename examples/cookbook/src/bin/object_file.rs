//! Loads an object file that no code was generated for: shows what is in it, sets variables by name, attaches all
//! that can be attached, and shows how often each program ran.
//!
//! `object_file FILE [SECONDS] [VARIABLE=NUMBER...]`

use libbpf_safe::{ObjectFile, enable_run_statistics};
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: object_file FILE [SECONDS] [VARIABLE=NUMBER...]")?;
    let seconds = arguments.next().map_or(Ok(1), |text| text.parse())?;

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
        let (name, number) = argument
            .split_once('=')
            .ok_or_else(|| format!("`{argument}` is no VARIABLE=NUMBER"))?;
        loader.set(name, &number.parse::<u32>()?)?;
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
