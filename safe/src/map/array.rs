use super::{Map, MapType, UpdateFlag};
use crate::data::Pod;
use crate::error::{Error, Result};
use std::fmt;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};

/// An array of values `V`: `BPF_MAP_TYPE_ARRAY`. It always has all its elements, at first zero.
///
/// Cheap to clone, and independent of the object that it came from. BPF programs and other processes
/// change it at any time: what a lookup returns is a copy.
///
/// ```no_run
/// use libbpf_safe::map::Array;
/// # fn limits() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
///
/// let limits: Array<u64> = limits()?.try_into()?;
/// limits.update(0, &100)?;
/// assert_eq!(limits.lookup(0)?, Some(100));
/// assert_eq!(limits.lookup(limits.len())?, None);
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[doc(alias = "BPF_MAP_TYPE_ARRAY")]
pub struct Array<V> {
    map: Map,
    element: PhantomData<fn() -> V>,
}

impl<V: Pod> TryFrom<Map> for Array<V> {
    type Error = Error;

    /// # Errors
    ///
    /// The map is of another type, or its values have another size than `V`.
    fn try_from(map: Map) -> Result<Self> {
        map.check_type(&[MapType::ARRAY], size_of::<u32>(), size_of::<V>())?;
        Ok(Array {
            map,
            element: PhantomData,
        })
    }
}

impl<V: Pod> Array<V> {
    /// The map, by bytes.
    pub fn as_map(&self) -> &Map {
        &self.map
    }

    /// How many elements there are.
    #[doc(alias = "bpf_map__max_entries")]
    pub fn len(&self) -> u32 {
        self.map.info().max_entries
    }

    /// Never: the kernel creates no empty array.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at an index; `None` beyond the end.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self.map.lookup_into(
            bytemuck::bytes_of(&index),
            bytemuck::bytes_of_mut(&mut value),
        )?;
        Ok(found.then_some(value))
    }

    /// Sets the value at an index.
    ///
    /// # Errors
    ///
    /// The index is beyond the end, or user space may only read the map.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, value: &V) -> Result<()> {
        self.map.update_bytes(
            bytemuck::bytes_of(&index),
            bytemuck::bytes_of(value),
            UpdateFlag::Any,
        )
    }

    /// All values, by index. After an error the iteration ends.
    pub fn iter(&self) -> ArrayIter<'_, V> {
        ArrayIter {
            array: self,
            next: 0,
        }
    }
}

impl<V> Clone for Array<V> {
    fn clone(&self) -> Self {
        Array {
            map: self.map.clone(),
            element: PhantomData,
        }
    }
}

impl<V> AsFd for Array<V> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.as_fd()
    }
}

impl<V> fmt::Debug for Array<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Array").field(&self.map).finish()
    }
}

/// The values of an [`Array`].
#[derive(Debug)]
pub struct ArrayIter<'a, V> {
    array: &'a Array<V>,
    next: u32,
}

impl<V: Pod> Iterator for ArrayIter<'_, V> {
    type Item = Result<V>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.array.len() {
            return None;
        }
        let value = self.array.lookup(self.next).transpose();
        self.next = match value {
            Some(Ok(_)) => self.next + 1,
            _ => self.array.len(),
        };
        value
    }
}
