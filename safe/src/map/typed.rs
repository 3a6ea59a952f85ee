/// A typed handle of a map: what all of them have in common.
///
/// `HashMap<K: Pod, V: Pod>: [HASH, LRU_HASH], size_of::<K>(), size_of::<V>()` makes the struct, which
/// holds a [`Map`](super::Map), `TryFrom<Map>` with a check of its type and sizes, `as_map`, `AsFd`, `Clone`
/// and `Debug`.
macro_rules! typed_map {
    (
        $(#[$attribute:meta])*
        $name:ident < $($parameter:ident: $bound:path),* >: [$($map_type:ident),+], $key_size:expr, $value_size:expr
    ) => {
        $(#[$attribute])*
        pub struct $name<$($parameter),*> {
            map: $crate::map::Map,
            element: ::core::marker::PhantomData<fn() -> ($($parameter,)*)>,
        }

        impl<$($parameter: $bound),*> ::core::convert::TryFrom<$crate::map::Map> for $name<$($parameter),*> {
            type Error = $crate::error::Error;

            /// # Errors
            ///
            /// The map is of another type, or its keys or values have another size.
            fn try_from(map: $crate::map::Map) -> $crate::error::Result<Self> {
                map.check_type(
                    &[$($crate::map::MapType::$map_type),+],
                    $key_size,
                    $value_size,
                )?;
                Ok($name {
                    map,
                    element: ::core::marker::PhantomData,
                })
            }
        }

        impl<S: $crate::collection::MapSource, $($parameter: $bound),*>
            $crate::collection::AssignField<S> for $name<$($parameter),*>
        {
            fn expected() -> $crate::collection::Expected {
                $crate::collection::Expected::Map {
                    types: &[$($crate::map::MapType::$map_type),+],
                    key_size: ::core::option::Option::Some($key_size),
                    value_size: ::core::convert::Into::into($value_size),
                }
            }

            fn assign_field(source: &S, name: &str) -> $crate::error::Result<Self> {
                source.map(name)?.try_into()
            }
        }

        impl<$($parameter),*> $name<$($parameter),*> {
            /// The map, by bytes.
            pub fn as_map(&self) -> &$crate::map::Map {
                &self.map
            }
        }

        impl<$($parameter),*> Clone for $name<$($parameter),*> {
            fn clone(&self) -> Self {
                $name {
                    map: self.map.clone(),
                    element: ::core::marker::PhantomData,
                }
            }
        }

        impl<$($parameter),*> ::std::os::fd::AsFd for $name<$($parameter),*> {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.map.as_fd()
            }
        }

        impl<$($parameter),*> ::core::fmt::Debug for $name<$($parameter),*> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.map).finish()
            }
        }
    };
}
pub(super) use typed_map;

/// What the handles of arrays have in common: a length.
macro_rules! array_length {
    ($name:ident $(< $($parameter:ident),* >)?) => {
        impl $(<$($parameter),*>)? $name $(<$($parameter),*>)? {
            /// How many places there are.
            #[doc(alias = "bpf_map__max_entries")]
            pub fn len(&self) -> u32 {
                self.map.info().max_entries
            }

            /// Never: the kernel creates no empty array.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
    };
}
pub(super) use array_length;
