//! The macros that generated inits are implemented by. With the feature `serde` they do more, so that
//! generated code is the same with and without it.

/// Implements [`Init`](crate::struct_ops::init::Init) or [`PlainInit`](crate::struct_ops::init::PlainInit)
/// for a struct of `Option`s. Generated code calls it.
///
/// After each field stands its C name, and what it sets: the `value` in a field, a `nested` init of one, a
/// `callback`; or a member that is no field, by its functions: `borrowed`, `copied`, or `bits` of a width.
///
/// ```
/// #[derive(Clone, Copy, PartialEq)]
/// #[repr(C)]
/// struct pair {
///     low: u32,
///     high: u32,
/// }
/// libbpf_safe::plain!(pair { low, high });
///
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct PairInit {
///     low: Option<u32>,
///     high: Option<u32>,
/// }
/// libbpf_safe::init!(PairInit for [pair] {
///     low as "low": value(low),
///     high as "high": value(high),
/// });
///
/// use libbpf_safe::struct_ops::init::PlainInit;
/// let mut target = pair { low: 1, high: 2 };
/// PairInit { high: Some(0), ..Default::default() }.apply(&mut target)?;
/// assert!(target == pair { low: 1, high: 0 });
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[macro_export]
macro_rules! init {
    (
        $name:ident for [$($shadow:tt)+] with $program:ident {
            $($field:ident as $key:literal: $kind:ident $access:tt),* $(,)?
        }
    ) => {
        impl $crate::struct_ops::init::Init for $name {
            type Shadow<'open> = $($shadow)+<'open>;
            type Program = $program;

            const MEMBERS: &'static [&'static str] = &[$($key),*];

            fn read(value: &$crate::struct_ops::by_name::RegisteredPart<'_>) -> Self {
                let _ = value;
                Self {
                    $($field: $crate::init!(@read $kind value, $key),)*
                }
            }

            fn apply<'open>(
                &self,
                shadow: &mut Self::Shadow<'open>,
                program: &dyn Fn($program) -> $crate::struct_ops::StructOpsProgram<'open>,
            ) -> $crate::Result<()> {
                // Not every type has callbacks, or members.
                let _ = (&shadow, program);
                $($crate::init!(@check $kind $access self.$field, shadow);)*
                $($crate::init!(@set $kind $access self.$field, shadow, program);)*
                Ok(())
            }
        }
        $crate::__init_serde!($name { $($field as $key),* });
    };
    (
        $name:ident for [$($target:tt)+] {
            $($field:ident as $key:literal: $kind:ident $access:tt),* $(,)?
        }
    ) => {
        impl $crate::struct_ops::init::PlainInit<$($target)+> for $name {
            fn read(value: &$crate::struct_ops::by_name::RegisteredPart<'_>) -> Self {
                let _ = value;
                Self {
                    $($field: $crate::init!(@read $kind value, $key),)*
                }
            }

            fn apply(&self, target: &mut $($target)+) -> $crate::Result<()> {
                let _ = &target;
                // In place: a section's variables may be too large for the stack.
                $($crate::init!(@check $kind $access self.$field, target);)*
                $($crate::init!(@set $kind $access self.$field, target);)*
                Ok(())
            }
        }
        $crate::__init_serde!($name { $($field as $key),* });
    };

    // The kernel has no bitfields.
    (@read bits $from:ident, $key:literal) => {
        None
    };
    (@read callback $from:ident, $key:literal) => {
        $from.callback($key)
    };
    (@read nested $from:ident, $key:literal) => {
        $from.nested($key)
    };
    (@read borrowed_nested $from:ident, $key:literal) => {
        $from.nested($key)
    };
    (@read copied_nested $from:ident, $key:literal) => {
        $from.nested($key)
    };
    (@read $kind:ident $from:ident, $key:literal) => {
        $from.value($key)
    };

    // What may be refused is tried first, so that nothing changes then. By `&*`: a member may be called `eq`,
    // and a function of a trait of `&mut` would be found before it.
    (@check nested ($field:ident) $from:expr, $to:ident) => {
        if let Some(init) = &$from {
            let mut nested = $to.$field;
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
        }
    };
    (@check borrowed_nested ($get:ident, $get_mut:ident) $from:expr, $to:ident) => {
        if let Some(init) = &$from {
            let mut nested = *(&*$to).$get();
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
        }
    };
    (@check copied_nested ($get:ident, $set:ident) $from:expr, $to:ident) => {
        if let Some(init) = &$from {
            let mut nested = (&*$to).$get();
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
        }
    };
    (@check bits ($set:ident, $width:literal) $from:expr, $to:ident) => {
        if let Some(value) = $from {
            if $crate::data::Bitfield::to_bits(value, $width).is_none() {
                return $to.$set(value);
            }
        }
    };
    (@check $kind:ident ($($access:tt)*) $from:expr, $to:ident) => {};

    (@set value ($field:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(value) = $from {
            $to.$field = value;
        }
    };
    (@set callback ($field:ident) $from:expr, $to:ident, $program:ident) => {
        if let Some(callback) = $from {
            $to.$field = callback.map($program);
        }
    };
    // By a copy: the field of a packed struct cannot be borrowed.
    (@set nested ($field:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(init) = &$from {
            let mut nested = $to.$field;
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
            $to.$field = nested;
        }
    };
    (@set borrowed ($get_mut:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(value) = $from {
            *$to.$get_mut() = value;
        }
    };
    (@set borrowed_nested ($get:ident, $get_mut:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(init) = &$from {
            $crate::struct_ops::init::PlainInit::apply(init, $to.$get_mut())?;
        }
    };
    (@set copied ($set:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(value) = $from {
            $to.$set(value);
        }
    };
    (@set copied_nested ($get:ident, $set:ident) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(init) = &$from {
            let mut nested = (&*$to).$get();
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
            $to.$set(nested);
        }
    };
    (@set bits ($set:ident, $width:literal) $from:expr, $to:ident $(, $program:ident)?) => {
        if let Some(value) = $from {
            $to.$set(value)?;
        }
    };
}

/// Implements [`ProgramName`](crate::struct_ops::init::ProgramName) for an enum of programs. Generated code
/// calls it.
///
/// ```
/// use libbpf_safe::struct_ops::init::ProgramName;
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Program {
///     start,
///     stop,
/// }
/// libbpf_safe::program_names!(Program { start as "start", stop as "stop" });
///
/// assert_eq!(Program::stop.name(), "stop");
/// assert_eq!(Program::from_name("start"), Some(Program::start));
/// ```
#[macro_export]
macro_rules! program_names {
    ($name:ident { $($program:ident as $key:literal),* $(,)? }) => {
        impl $crate::struct_ops::init::ProgramName for $name {
            const ALL: &'static [Self] = &[$(Self::$program),*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$program => $key,)*
                }
            }
        }
    };
}

/// For the init of a whole skeleton, whose fields are inits. Generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! skeleton_init {
    ($name:ident { $($field:ident as $key:literal),* $(,)? }) => {
        $crate::__skeleton_init_serde!($name { $($field as $key),* });
    };
}

/// Nothing, without the feature `serde`.
#[cfg(not(feature = "serde"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __init_serde {
    ($($tokens:tt)*) => {};
}

/// Nothing, without the feature `serde`.
#[cfg(not(feature = "serde"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __skeleton_init_serde {
    ($($tokens:tt)*) => {};
}

/// Nothing, without the feature `serde`.
#[cfg(not(feature = "serde"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __enum_serde {
    ($($tokens:tt)*) => {};
}
