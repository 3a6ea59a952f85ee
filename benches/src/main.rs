//! `make bench`: this library and its generator beside C, libbpf-rs and aya, in turns in one run.

mod assembly;
mod builds;
mod drawing;
mod generators;
mod growth;
mod loading;
mod machine;
mod maps;
mod report;
mod rings;
mod sampling;

use report::Report;
use std::error::Error;

type Outcome = Result<(), Box<dyn Error>>;

/// A group of measurements, by a name to pick it by.
type Group = (&'static str, fn(&mut Report) -> Outcome);

const GROUPS: &[Group] = &[
    ("loading", loading::measure),
    ("assembly", assembly::show),
    ("maps", maps::measure),
    ("rings", rings::measure),
    ("growth", growth::measure),
    ("generators", generators::measure),
    ("builds", builds::measure),
];

fn main() -> Outcome {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    // A process that a measurement has started.
    if wanted.first().is_some_and(|first| first == loading::TEN_OBJECTS) {
        return loading::ten_objects(wanted.get(1).cloned());
    }
    let given = wanted.len();
    wanted.retain(|argument| argument != "--keep");
    let keep = wanted.is_empty() || wanted.len() < given;
    if let Some(unknown) = wanted
        .iter()
        .find(|name| GROUPS.iter().all(|group| group.0 != **name))
    {
        let names: Vec<_> = GROUPS.iter().map(|group| group.0).collect();
        return Err(format!(
            "there is no group {unknown}; there are {}",
            names.join(", ")
        )
        .into());
    }
    machine::be_undisturbed();
    let mut report = Report::default();
    for (name, measure) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            if let Err(error) = measure(&mut report) {
                report.note(format!("{name}: cannot be measured: {error}"));
            }
        }
    }
    report.finish(keep)
}
