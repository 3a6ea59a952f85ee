use super::{Level, Listener, listen::listen_if};

/// Hands libbpf's messages to the crate `log`, with the target `libbpf`; those that its maximum level leaves out are
/// not even formatted. Wants the feature `log`.
///
/// ```
/// libbpf_safe::log::forward().keep();
/// ```
pub fn forward() -> Listener {
    let wanted = |level| of_crate(level) <= ::log::max_level();
    listen_if(Level::Debug, wanted, |level, text| {
        // It says so in the target.
        let text = text.strip_prefix("libbpf: ").unwrap_or(text);
        ::log::log!(target: "libbpf", of_crate(level), "{text}");
    })
}

fn of_crate(level: Level) -> ::log::Level {
    match level {
        Level::Warning => ::log::Level::Warn,
        Level::Info => ::log::Level::Info,
        Level::Debug => ::log::Level::Debug,
    }
}
