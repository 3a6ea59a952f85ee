//! The table of what was measured.

use crate::sampling::{Peer, Taken};
use crate::{drawing, machine};
use std::error::Error;
use std::fmt::Write;
use std::fs;

pub struct Row {
    pub what: String,
    unit: &'static str,
    /// In the unit; ratios are to the first one.
    pub taken: Vec<Taken>,
    /// The most that this library's ratio should be.
    goal: Option<f64>,
}

#[derive(Default)]
pub struct Report {
    groups: Vec<(&'static str, Vec<Row>)>,
    notes: Vec<String>,
}

const COLUMNS: [(Peer, &str); 4] = [
    (Peer::C, "C"),
    (Peer::Safe, "libbpf-safe"),
    (Peer::LibbpfRs, "libbpf-rs"),
    (Peer::Aya, "aya"),
];

fn value(unit: &str, taken: f64) -> String {
    if !unit.is_empty() {
        return format!("{taken:.0} {unit}");
    }
    match taken {
        ..1e3 => format!("{taken:.2} ns"),
        ..1e6 => format!("{:.2} us", taken / 1e3),
        ..1e9 => format!("{:.2} ms", taken / 1e6),
        _ => format!("{:.2} s", taken / 1e9),
    }
}

impl Report {
    pub fn group(&mut self, name: &'static str) {
        println!("\n{name}");
        self.groups.push((name, Vec::new()));
    }

    /// A row of times, in nanoseconds.
    pub fn row(
        &mut self,
        what: impl Into<String>,
        goal: impl Into<Option<f64>>,
        taken: Vec<Taken>,
    ) {
        self.row_in("", what, goal, taken);
    }

    pub fn row_in(
        &mut self,
        unit: &'static str,
        what: impl Into<String>,
        goal: impl Into<Option<f64>>,
        taken: Vec<Taken>,
    ) {
        let row = Row {
            what: what.into(),
            unit,
            taken,
            goal: goal.into(),
        };
        println!("  {}", line(&row));
        if let Some((_, rows)) = self.groups.last_mut() {
            rows.push(row);
        }
    }

    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        println!("  {note}");
        self.notes.push(note);
    }

    /// Prints all of it, and keeps it where it is whole.
    pub fn finish(&self, keep: bool) -> Result<(), Box<dyn Error>> {
        let machine = machine::description();
        let mut text = format!(
            "{machine}\nMedians; behind them, the median of the ratios to the first of the row.\n\n  {:<44}",
            ""
        );
        for (_, name) in COLUMNS {
            let _ = write!(text, " {name:>17}");
        }
        text += "   goal\n";
        for (name, rows) in &self.groups {
            let _ = writeln!(text, "\n{name}");
            for row in rows {
                let _ = writeln!(text, "  {}", line(row));
            }
        }
        if !self.notes.is_empty() {
            let _ = writeln!(text, "\n{}", self.notes.join("\n"));
        }
        println!("\n{text}");
        if keep {
            fs::write("results.txt", text)?;
            fs::write("results.svg", drawing::draw(&machine, &self.groups))?;
        }
        Ok(())
    }
}

fn line(row: &Row) -> String {
    let mut line = format!("{:<44}", row.what);
    let first = row.taken.first().map(|taken| taken.peer);
    for (peer, _) in COLUMNS {
        let taken = row.taken.iter().find(|taken| taken.peer == peer);
        let cell = match taken {
            None => "-".to_owned(),
            Some(taken) if first == Some(peer) => value(row.unit, taken.median),
            Some(taken) => format!("{} {:.3}", value(row.unit, taken.median), taken.ratio),
        };
        let _ = write!(line, " {cell:>17}");
    }
    if let Some(goal) = row.goal {
        let _ = write!(line, "  {goal:.3}");
    }
    line.trim_end().to_owned()
}
