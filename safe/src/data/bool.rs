use std::fmt;

/// A C `bool` in memory that BPF programs share: one byte that can hold any value.
///
/// Rust's `bool` may only be 0 or 1; a BPF program can write 3. As in C, everything but 0 is true.
///
/// ```
/// use libbpf_safe::data::Bool;
///
/// let mut flag = Bool::from(true);
/// assert!(flag.get());
/// flag.set(false);
/// assert_eq!(flag, Bool::FALSE);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Bool(u8);

impl Bool {
    /// 0
    pub const FALSE: Bool = Bool(0);
    /// 1
    pub const TRUE: Bool = Bool(1);

    /// Whether the byte is not 0.
    pub const fn get(self) -> bool {
        self.0 != 0
    }

    /// Sets the byte to 0 or 1.
    pub fn set(&mut self, value: bool) {
        *self = value.into();
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Bool {
        Bool(value.into())
    }
}

impl From<Bool> for bool {
    fn from(value: Bool) -> bool {
        value.get()
    }
}

impl fmt::Debug for Bool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
