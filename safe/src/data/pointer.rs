use std::fmt;

/// A pointer in memory that BPF programs use: a number to user space, never followed.
///
/// It is 8 bytes wide, as pointers of BPF programs are on every machine.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Pointer(u64);

impl Pointer {
    /// The null pointer.
    pub const NULL: Pointer = Pointer(0);

    /// A pointer that is this address.
    pub const fn from_address(address: u64) -> Pointer {
        Pointer(address)
    }

    /// The address as a number.
    pub const fn address(self) -> u64 {
        self.0
    }

    /// Whether this is the null pointer.
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
