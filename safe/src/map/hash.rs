use super::{Map, MapType, UpdateFlag};
use crate::data::Pod;
use crate::error::{Error, Result};
use crate::raw::Errno;
use crate::raw::syscall::BatchCursor;
use std::fmt;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};

/// A hash map with keys `K` and values `V`: `BPF_MAP_TYPE_HASH` and `BPF_MAP_TYPE_LRU_HASH`.
///
/// Cheap to clone, and independent of the object that it came from. BPF programs and other processes
/// change it at any time: what a lookup returns is a copy.
///
/// ```no_run
/// use libbpf_safe::map::{HashMap, UpdateFlag};
/// # fn counters() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
///
/// let counters: HashMap<u32, u64> = counters()?.try_into()?;
/// counters.update(&1, &100, UpdateFlag::Any)?;
/// assert_eq!(counters.lookup(&1)?, Some(100));
/// for element in counters.iter() {
///     let (key, value) = element?;
///     println!("{key}: {value}");
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[doc(alias = "BPF_MAP_TYPE_HASH")]
#[doc(alias = "BPF_MAP_TYPE_LRU_HASH")]
pub struct HashMap<K, V> {
    map: Map,
    element: PhantomData<fn(K) -> V>,
}

impl<K: Pod, V: Pod> TryFrom<Map> for HashMap<K, V> {
    type Error = Error;

    /// # Errors
    ///
    /// The map is of another type, or its keys or values have another size than `K` or `V`.
    fn try_from(map: Map) -> Result<Self> {
        map.check_type(
            &[MapType::HASH, MapType::LRU_HASH],
            size_of::<K>(),
            size_of::<V>(),
        )?;
        Ok(HashMap {
            map,
            element: PhantomData,
        })
    }
}

impl<K: Pod, V: Pod> HashMap<K, V> {
    /// The map, by bytes.
    pub fn as_map(&self) -> &Map {
        &self.map
    }

    /// The value under a key; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &K) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self
            .map
            .lookup_into(bytemuck::bytes_of(key), bytemuck::bytes_of_mut(&mut value))?;
        Ok(found.then_some(value))
    }

    /// Sets the value under a key.
    ///
    /// # Errors
    ///
    /// `flag` does not allow it ([`AlreadyExists`](crate::ErrorKind::AlreadyExists),
    /// [`NotFound`](crate::ErrorKind::NotFound)), or the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &K, value: &V, flag: UpdateFlag) -> Result<()> {
        self.map
            .update_bytes(bytemuck::bytes_of(key), bytemuck::bytes_of(value), flag)
    }

    /// Removes the element under a key; whether there was one.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as for a map that user space may only read.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &K) -> Result<bool> {
        self.map.delete_bytes(bytemuck::bytes_of(key))
    }

    /// All elements, in no order, a bucket at a time.
    ///
    /// An element that is there all the while is yielded once, whatever is added or removed
    /// meanwhile. After an error the iteration ends.
    ///
    /// Since Linux 5.6.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn iter(&self) -> HashIter<'_, K, V> {
        HashIter {
            map: &self.map,
            cursor: None,
            keys: Vec::new(),
            values: Vec::new(),
            next: 0,
            count: 0,
            room: FIRST_BATCH,
            done: false,
        }
    }
}

impl<K, V> Clone for HashMap<K, V> {
    fn clone(&self) -> Self {
        HashMap {
            map: self.map.clone(),
            element: PhantomData,
        }
    }
}

impl<K, V> AsFd for HashMap<K, V> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.as_fd()
    }
}

impl<K, V> fmt::Debug for HashMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HashMap").field(&self.map).finish()
    }
}

/// How many elements the first batch has room for. A bucket rarely has more.
const FIRST_BATCH: usize = 64;

/// The elements of a [`HashMap`].
#[derive(Debug)]
pub struct HashIter<'a, K, V> {
    map: &'a Map,
    /// Where the next batch starts: a bucket's number, in the kernel's format.
    cursor: Option<Vec<u8>>,
    keys: Vec<K>,
    values: Vec<V>,
    next: usize,
    count: usize,
    room: usize,
    done: bool,
}

impl<K: Pod, V: Pod> HashIter<'_, K, V> {
    /// Fetches the next batch; the kernel yields whole buckets.
    fn fetch(&mut self) -> Result<()> {
        let cursor_size = (self.map.info().key_size as usize).max(4);
        loop {
            self.keys.resize(self.room, K::zeroed());
            self.values.resize(self.room, V::zeroed());
            let mut to = vec![0; cursor_size];
            let cursor = BatchCursor {
                from: self.cursor.as_deref(),
                to: &mut to,
            };
            let count = u32::try_from(self.room).unwrap_or(u32::MAX);
            let (count, result) = self.map.lookup_batch(
                cursor,
                bytemuck::cast_slice_mut(&mut self.keys),
                bytemuck::cast_slice_mut(&mut self.values),
                count,
            );
            match result {
                // The last batch, with whatever is in it.
                Err(Errno(libc::ENOENT)) => self.done = true,
                // The next bucket has more elements than there is room for.
                Err(Errno(libc::ENOSPC)) if count == 0 => {
                    self.room = self.room.saturating_mul(2);
                    continue;
                }
                Ok(()) | Err(Errno(libc::ENOSPC)) => {}
                Err(errno) => {
                    return Err(Error::system(self.map.cannot("iterate over"), errno));
                }
            }
            self.next = 0;
            self.count = (count as usize).min(self.room);
            self.cursor = Some(to);
            return Ok(());
        }
    }
}

impl<K: Pod, V: Pod> Iterator for HashIter<'_, K, V> {
    type Item = Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next >= self.count {
            if self.done {
                return None;
            }
            if let Err(error) = self.fetch() {
                self.done = true;
                self.count = 0;
                return Some(Err(error));
            }
        }
        let element = self.keys.get(self.next).zip(self.values.get(self.next));
        self.next += 1;
        element.map(|(&key, &value)| Ok((key, value)))
    }
}
