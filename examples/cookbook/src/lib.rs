//! What the programs of the cookbook do with their arguments.

use std::fmt::Display;
use std::str::FromStr;

/// A number of the command line, or another where there is none.
///
/// # Errors
///
/// It is no such number.
pub fn number<T>(argument: Option<String>, what: &str, otherwise: T) -> Result<T, String>
where
    T: FromStr,
    T::Err: Display,
{
    match argument {
        None => Ok(otherwise),
        Some(text) => text
            .parse()
            .map_err(|error| format!("{what} `{text}`: {error}")),
    }
}

/// The index of a network device.
///
/// # Errors
///
/// There is no such device.
pub fn device_index(name: &str) -> Result<u32, String> {
    nix::net::if_::if_nametoindex(name).map_err(|error| format!("network device `{name}`: {error}"))
}
