//! What this process may do.

/// `geteuid`
pub(crate) fn effective_user() -> u32 {
    // SAFETY: geteuid takes nothing, and cannot fail.
    unsafe { libc::geteuid() }
}

/// `getauxval(AT_SECURE)`: whether the program has more privileges than who started it, by its file's capabilities
/// or owner.
pub(crate) fn is_more_privileged() -> bool {
    // SAFETY: getauxval takes a number.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
