//! From the model to source code.

pub(crate) mod c;
pub(crate) mod rust;
