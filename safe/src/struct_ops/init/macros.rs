//! The macros that generated inits are implemented by. With the feature `serde` they do more, so that
//! generated code is the same with and without it.

/// Implements [`Init`](crate::struct_ops::init::Init) or [`PlainInit`](crate::struct_ops::init::PlainInit)
/// for a struct of `Option`s. Generated code calls it.
///
/// After each field stands its C name, and what it sets: a `value`, a `nested` init, or a `callback`.
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
            $($field:ident as $key:literal: $kind:ident($($path:tt)+)),* $(,)?
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
                $($crate::init!(@check $kind self.$field, shadow.$($path)+);)*
                $($crate::init!(@$kind self.$field, shadow.$($path)+, program);)*
                Ok(())
            }
        }
        $crate::__init_serde!($name { $($field as $key),* });
    };
    (
        $name:ident for [$($target:tt)+] {
            $($field:ident as $key:literal: $kind:ident($($path:tt)+)),* $(,)?
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
                // In place: a section's variables may be too large for the stack.
                $($crate::init!(@check $kind self.$field, target.$($path)+);)*
                $($crate::init!(@$kind self.$field, target.$($path)+);)*
                Ok(())
            }
        }
        $crate::__init_serde!($name { $($field as $key),* });
    };
    (@read value $from:expr, $key:literal) => {
        $from.value($key)
    };
    (@read nested $from:expr, $key:literal) => {
        $from.nested($key)
    };
    (@read callback $from:expr, $key:literal) => {
        $from.callback($key)
    };
    (@check value $from:expr, $to:expr) => {};
    (@check callback $from:expr, $to:expr) => {};
    (@check nested $from:expr, $to:expr) => {
        if let Some(init) = &$from {
            let mut nested = $to;
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
        }
    };
    (@value $from:expr, $to:expr $(, $program:expr)?) => {
        if let Some(value) = $from {
            $to = value;
        }
    };
    (@callback $from:expr, $to:expr, $program:expr) => {
        if let Some(callback) = $from {
            $to = callback.map($program);
        }
    };
    // By a copy: the field of a packed struct cannot be borrowed.
    (@nested $from:expr, $to:expr $(, $program:expr)?) => {
        if let Some(init) = &$from {
            let mut nested = $to;
            $crate::struct_ops::init::PlainInit::apply(init, &mut nested)?;
            $to = nested;
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
