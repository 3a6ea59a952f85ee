//! What all sets of C's flags have in common.

/// Gives a struct of a `u32` what sets of flags have.
macro_rules! flags {
    ($flags:ident) => {
        impl $flags {
            /// None.
            pub const NONE: $flags = $flags(0);

            /// The bits in C.
            pub const fn bits(self) -> u32 {
                self.0
            }

            /// Whether all of these are among them.
            pub const fn contains(self, others: $flags) -> bool {
                self.0 & others.0 == others.0
            }
        }

        /// The bits in C, also those without a name here.
        impl From<u32> for $flags {
            fn from(bits: u32) -> Self {
                $flags(bits)
            }
        }

        impl std::ops::BitOr for $flags {
            type Output = $flags;

            fn bitor(self, other: $flags) -> $flags {
                $flags(self.0 | other.0)
            }
        }

        impl std::ops::BitOrAssign for $flags {
            fn bitor_assign(&mut self, other: $flags) {
                self.0 |= other.0;
            }
        }

        impl std::fmt::Debug for $flags {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:#x})", stringify!($flags), self.0)
            }
        }
    };
}
pub(crate) use flags;
