//! Columns, as wide as what is in them.

use super::failure::Failure;
use super::output::{Look, Output, one_line};

/// A column may push the next ones at most so far, in characters: one long name does not spread all lines.
const WIDEST: usize = 44;

#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<(Look, String)>>,
}

impl Table {
    pub(super) fn row<const N: usize>(&mut self, cells: [(Look, String); N]) {
        let cells = cells.map(|(look, text)| (look, one_line(&text)));
        self.rows.push(cells.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Each line with an indent, the last column as long as it is.
    pub(super) fn write(&self, output: &mut Output, indent: usize) -> Result<(), Failure> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widths = cells.map(|(_, text)| text.chars().count());
            widths
                .filter(|&width| width <= WIDEST)
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = " ".repeat(indent);
            let mut waiting = 0;
            for ((look, text), width) in row.iter().zip(&widths) {
                if !text.is_empty() {
                    line.push_str(&" ".repeat(waiting));
                    waiting = 0;
                }
                line.push_str(&output.paint(*look, text));
                waiting += width.saturating_sub(text.chars().count()) + 2;
            }
            output.line(line)?;
        }
        Ok(())
    }
}
