//! Random layouts: C types with members of every kind, values for them, and what to hold against them.
//!
//! A seed gives the same types and values everywhere. [`Types::random`] makes them, [`c`] writes them as C,
//! [`rust`] writes checks of the structs that skelgen makes of it, and [`c_header`] of those in its header for C.

pub mod c;
pub mod c_header;
mod leaves;
mod random;
pub mod rust;
mod types;
mod values;

use std::ops::Range;

pub use leaves::{Leaf, LeafKind, Step, leaves};
pub use random::Random;
pub use types::{Composite, Enum, Member, Scalar, Type, Types};
pub use values::{Set, Value, all_ones, magnitude, random_values};

/// The seeds that are always tried, or those that the variable `LAYOUT_SEEDS` names, such as `100..200`.
///
/// # Errors
///
/// The variable is no such range.
pub fn seeds() -> Result<Range<u64>, String> {
    range("LAYOUT_SEEDS", 0..40)
}

/// A range that an environment variable may give.
///
/// # Errors
///
/// The variable is no range.
pub fn range(variable: &str, default: Range<u64>) -> Result<Range<u64>, String> {
    let Ok(text) = std::env::var(variable) else {
        return Ok(default);
    };
    let range = text
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.ok_or_else(|| format!("{variable} is `{text}`, not a range such as `0..40`"))
}
