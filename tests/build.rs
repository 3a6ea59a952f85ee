//! Compiles the tests' BPF sources, with skelgen as a user would.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// `tests/bpf/NAME.bpf.c`, each with a skeleton in `src/skeletons.rs`.
const SKELETONS: &[&str] = &["tcp_shadow"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let sources = SKELETONS
        .iter()
        .map(|name| PathBuf::from(format!("bpf/{name}.bpf.c")));
    skelgen::Builder::new().sources(sources).build()?;
    whole_folder("golden")?;
    whole_folder("corpus")
}

/// Generates skeletons of all sources of a folder into one of the same name, with a file `all.rs` that
/// includes them and lists their modules for a macro `skeletons!`.
fn whole_folder(name: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={name}");
    let folder = Path::new(&env::var("OUT_DIR")?).join(name);
    let mut sources = fs::read_dir(name)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    sources.retain(|path| path.to_string_lossy().ends_with(".bpf.c"));
    sources.sort();
    let builder = skelgen::Builder::new()
        .sources(sources)
        .include_path("include")
        .out_dir(&folder);
    builder.build()?;
    let mut all = String::new();
    let mut modules = Vec::new();
    for generated in builder.generate()? {
        let text = fs::read_to_string(&generated.skeleton)?;
        let module = text
            .lines()
            .find_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {"))
            .ok_or("a skeleton without a module")?;
        all += &format!("include!({:?});\n", generated.skeleton);
        modules.push(module.to_owned());
    }
    all += &format!("skeletons!({});\n", modules.join(", "));
    fs::write(folder.join("all.rs"), all)?;
    Ok(())
}
