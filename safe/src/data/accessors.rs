//! The macros that write accessors for members that are no fields.

/// Writes accessors for members that share their bytes with others: those of a union, and of unions
/// without a name in a struct. Each gets a function that borrows it and one that borrows it to be changed.
/// The struct must be [`plain!`](crate::plain) or [`shadow!`](crate::shadow). Generated code calls it.
///
/// Members that are not aligned within their struct are `copied`: they get a function that copies and
/// one that sets.
///
/// ```
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Address {
///     bytes: [u32; 1],
/// }
/// libbpf_safe::plain!(Address { ; bytes; whole(), parts() });
/// libbpf_safe::members!(Address {
///     /// `__u32`
///     whole, whole_mut: u32 => 0;
///     /// `__u8[4]`
///     parts, parts_mut: [u8; 4] => 0;
/// });
///
/// let mut address = Address::default();
/// *address.parts_mut() = [127, 0, 0, 1];
/// assert_eq!(u32::from_be(*address.whole()), 0x7f00_0001);
/// ```
///
/// It does not compile where a member is not inside its struct, or not valid for every bit pattern:
///
/// ```compile_fail
/// # #[derive(Clone, Copy)]
/// # #[repr(C)]
/// # struct Address {
/// #     bytes: [u32; 1],
/// # }
/// # libbpf_safe::plain!(Address { bytes });
/// libbpf_safe::members!(Address { wide, wide_mut: u64 => 0; });
/// ```
#[macro_export]
macro_rules! members {
    ($name:ty { $($(#[$doc:meta])* $get:ident, $get_mut:ident: $type:ty => $offset:literal;)* }) => {
        $(const _: () = $crate::data::member::assert_aligned::<$name, $type>($offset);)*
        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $get(&self) -> &$type {
                    $crate::data::member::get::<_, $type, $offset>(self)
                }

                $(#[$doc])*
                #[must_use]
                pub fn $get_mut(&mut self) -> &mut $type {
                    $crate::data::member::get_mut::<_, $type, $offset>(self)
                }
            )*
        }
    };
    (
        $name:ty {
            copied: $($(#[$doc:meta])* $get:ident, $set:ident: $type:ty => $offset:literal;)*
        }
    ) => {
        $(const _: () = $crate::data::member::assert_inside::<$name, $type>($offset);)*
        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $get(&self) -> $type {
                    $crate::data::member::copy::<_, $type, $offset>(self)
                }

                $(#[$doc])*
                pub fn $set(&mut self, value: $type) {
                    $crate::data::member::set::<_, $type, $offset>(self, value)
                }
            )*
        }
    };
}

/// Writes accessors for bitfields: for each a function that gives its value, and one that sets it. The
/// struct must be [`plain!`](crate::plain) or [`shadow!`](crate::shadow). Bits are counted from the start
/// of the struct, as BTF does: from the lowest bit of each byte on machines that are little-endian, from
/// the highest on others. Generated code calls it.
///
/// A value that does not fit is an error, and changes nothing.
///
/// ```
/// // struct header { __u32 version : 4; __s32 delta : 4; };
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Header {
///     storage: [u32; 1],
/// }
/// libbpf_safe::plain!(Header { ; storage; version(), delta() });
/// libbpf_safe::bitfields!(Header as "struct header" {
///     version, set_version as "version": u32 => 0..4;
///     delta, set_delta as "delta": i32 => 4..8;
/// });
///
/// let mut header = Header::default();
/// header.set_version(6)?;
/// header.set_delta(-1)?;
/// let error = header.set_version(16).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "cannot set bitfield `version` of `struct header`: 16 does not fit into 4 bits, which hold 0 to 15"
/// );
/// assert_eq!((header.version(), header.delta()), (6, -1));
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[macro_export]
macro_rules! bitfields {
    (
        $name:ty as $declaration:literal {
            $(
                $(#[$doc:meta])*
                $get:ident, $set:ident as $member:literal: $type:ty => $first:literal..$end:literal;
            )*
        }
    ) => {
        $(const _: () = $crate::data::member::assert_bits::<$name, $type>($first, $end);)*
        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $get(&self) -> $type {
                    $crate::data::member::bits::<_, $type, $first, $end>(self)
                }

                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// The value does not fit; nothing is changed then.
                pub fn $set(&mut self, value: $type) -> $crate::Result<()> {
                    $crate::data::member::set_bits::<_, $type, $first, $end>(
                        self,
                        value,
                        $declaration,
                        $member,
                    )
                }
            )*
        }
    };
}
