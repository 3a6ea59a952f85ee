//! Tests, on BTFs made by hand and on the kernel's.

mod builder;
mod c;
mod decoding;
mod hostile;
mod kernel;
mod part;
mod shapes;
