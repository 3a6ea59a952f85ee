/// `Serialize` and `Deserialize` for an init.
#[macro_export]
#[doc(hidden)]
macro_rules! __init_serde {
    ($name:ident { $($field:ident as $key:literal),* }) => {
        $crate::__structure_serde!($name { $($key),* }
            |this, index, map| {
                // Counts the fields up to the one that was found.
                let mut at = 0;
                $(
                    if index == at {
                        let seed = $crate::struct_ops::init::serde::FieldSeed::new($key);
                        this.$field = Some(map.next_value_seed(seed)?);
                    }
                    at += 1;
                )*
                let _ = (this, index, map, at);
            }
            |this, map| {
                $(
                    if let Some(value) = &this.$field {
                        map.entry($key, value)?;
                    }
                )*
                let _ = (this, map);
            }
        );

        impl $crate::struct_ops::init::serde::Field for $name {
            fn deserialize<'de, D: $crate::struct_ops::init::serde::serde_core::Deserializer<'de>>(
                _: &'static str,
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::struct_ops::init::serde::deserialize_structure(deserializer)
            }

            fn serialize<S: $crate::struct_ops::init::serde::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::struct_ops::init::serde::serialize_structure(self, serializer)
            }
        }
    };
}

/// The same for the init of a skeleton: those of its parts that change nothing are left out.
#[macro_export]
#[doc(hidden)]
macro_rules! __skeleton_init_serde {
    ($name:ident { $($field:ident as $key:literal),* }) => {
        $crate::__structure_serde!($name { $($key),* }
            |this, index, map| {
                let mut at = 0;
                $(
                    if index == at {
                        let seed = $crate::struct_ops::init::serde::FieldSeed::new($key);
                        this.$field = map.next_value_seed(seed)?;
                    }
                    at += 1;
                )*
                let _ = (this, index, map, at);
            }
            |this, map| {
                $(
                    if this.$field != ::core::default::Default::default() {
                        map.entry($key, &this.$field)?;
                    }
                )*
                let _ = (this, map);
            }
        );
    };
}

/// What both have in common.
#[macro_export]
#[doc(hidden)]
macro_rules! __structure_serde {
    (
        $name:ident { $($key:literal),* }
        |$this:ident, $index:ident, $map:ident| $read:block
        |$that:ident, $to:ident| $write:block
    ) => {
        impl $crate::struct_ops::init::serde::Structure for $name {
            const NAME: &'static str = stringify!($name);
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn read<'de, A: $crate::struct_ops::init::serde::serde_core::de::MapAccess<'de>>(
                &mut self,
                $index: usize,
                $map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                let $this = self;
                $read
                Ok(())
            }

            fn write<S: $crate::struct_ops::init::serde::serde_core::ser::SerializeMap>(
                &self,
                $to: &mut $crate::struct_ops::init::serde::Entries<S>,
            ) -> ::core::result::Result<(), S::Error> {
                let $that = self;
                $write
                Ok(())
            }
        }

        impl<'de> $crate::struct_ops::init::serde::serde_core::Deserialize<'de> for $name {
            fn deserialize<D: $crate::struct_ops::init::serde::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::struct_ops::init::serde::deserialize_structure(deserializer)
            }
        }

        impl $crate::struct_ops::init::serde::serde_core::Serialize for $name {
            fn serialize<S: $crate::struct_ops::init::serde::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::struct_ops::init::serde::serialize_structure(self, serializer)
            }
        }
    };
}

/// An enum as the field of an init.
#[macro_export]
#[doc(hidden)]
macro_rules! __enum_serde {
    ($name:ident($int:ident) { $($constant:ident),* $(,)? }) => {
        impl $crate::struct_ops::init::serde::Constants for $name {
            type Int = $int;
            const CONSTANTS: &'static [(&'static str, $int)] =
                &[$((stringify!($constant), Self::$constant.0)),*];
        }

        impl $crate::struct_ops::init::serde::Field for $name {
            fn deserialize<'de, D: $crate::struct_ops::init::serde::serde_core::Deserializer<'de>>(
                member: &'static str,
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::struct_ops::init::serde::deserialize_constant(member, deserializer)
            }

            fn serialize<S: $crate::struct_ops::init::serde::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::struct_ops::init::serde::serialize_constant(*self, serializer)
            }
        }
    };
}
