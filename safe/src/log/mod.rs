//! What libbpf says.
//!
//! Nothing is printed. What libbpf says during a call of this library is kept for the error of that very call
//! ([`Error::messages`](crate::Error::messages), [`Object::messages`](crate::Object::messages)). Beside that,
//! [`listen`] hands every message of the process to a closure, also those of other libraries that use libbpf.
//!
//! ```
//! use libbpf_safe::OpenObject;
//! use libbpf_safe::log::{Level, listen};
//! use std::sync::{Arc, Mutex};
//!
//! let heard = Arc::new(Mutex::new(Vec::new()));
//! let messages = Arc::clone(&heard);
//! let listener = listen(Level::Info, move |level, text| {
//!     if let Ok(mut messages) = messages.lock() {
//!         messages.push(format!("{level}: {text}"));
//!     }
//! });
//! let bytes = [0u8; 64];
//! assert!(OpenObject::from_bytes("demo", &bytes).is_err());
//! drop(listener); // no more of them
//! ```
//!
//! With the feature `log`, `forward` hands them to the crate of that name.

mod capture;
#[cfg(feature = "log")]
mod forward;
mod level;
mod listen;

pub(crate) use self::capture::capture;
#[cfg(feature = "log")]
pub use self::forward::forward;
pub use self::level::Level;
pub use self::listen::{Listener, listen};
