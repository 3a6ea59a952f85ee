//! From the model to source code.

pub(crate) mod rust;
