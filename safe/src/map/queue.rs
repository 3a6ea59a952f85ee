//! Maps without keys.

use super::typed::typed_map;
use crate::data::Pod;
use crate::error::Result;
use bytemuck::{bytes_of, bytes_of_mut};

typed_map! {
    /// Values, first in, first out: `BPF_MAP_TYPE_QUEUE`. Since Linux 4.20.
    ///
    /// ```no_run
    /// use libbpf_safe::map::Queue;
    /// # fn jobs() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let jobs: Queue<u32> = jobs()?.try_into()?;
    /// jobs.push(&1)?;
    /// jobs.push(&2)?;
    /// assert_eq!(jobs.pop()?, Some(1));
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_QUEUE")]
    Queue<V: Pod>: [QUEUE], 0, size_of::<V>()
}

typed_map! {
    /// Values, last in, first out: `BPF_MAP_TYPE_STACK`. Since Linux 4.20.
    ///
    /// ```no_run
    /// use libbpf_safe::map::Stack;
    /// # fn free_slots() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let free_slots: Stack<u32> = free_slots()?.try_into()?;
    /// free_slots.push(&1)?;
    /// free_slots.push(&2)?;
    /// assert_eq!(free_slots.pop()?, Some(2));
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_STACK")]
    Stack<V: Pod>: [STACK], 0, size_of::<V>()
}

macro_rules! push_and_pop {
    ($name:ident) => {
        impl<V: Pod> $name<V> {
            /// Adds a value.
            ///
            /// # Errors
            ///
            /// There is no room.
            #[doc(alias = "bpf_map_update_elem")]
            pub fn push(&self, value: &V) -> Result<()> {
                self.map.update_with(&[], bytes_of(value), 0)
            }

            /// Adds a value; where there is no room, the oldest one goes.
            ///
            /// # Errors
            ///
            /// User space may only read the map.
            #[doc(alias = "BPF_EXIST")]
            pub fn push_over(&self, value: &V) -> Result<()> {
                let flag = super::UpdateFlag::Exist.to_c();
                self.map.update_with(&[], bytes_of(value), flag)
            }

            /// Takes the next value; `None` where there is none.
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_and_delete_elem")]
            pub fn pop(&self) -> Result<Option<V>> {
                let mut value = V::zeroed();
                let found = self.map.take_into(&[], bytes_of_mut(&mut value), 0)?;
                Ok(found.then_some(value))
            }

            /// The next value, which stays; `None` where there is none.
            ///
            /// # Errors
            ///
            /// The kernel refuses, such as to a process that may only write.
            #[doc(alias = "bpf_map_lookup_elem")]
            pub fn peek(&self) -> Result<Option<V>> {
                let mut value = V::zeroed();
                let found = self.map.lookup_into(&[], bytes_of_mut(&mut value), 0)?;
                Ok(found.then_some(value))
            }
        }
    };
}

push_and_pop!(Queue);
push_and_pop!(Stack);

typed_map! {
    /// Values that can be asked for, with false positives: `BPF_MAP_TYPE_BLOOM_FILTER`. Since Linux 5.16.
    ///
    /// ```no_run
    /// use libbpf_safe::map::BloomFilter;
    /// # fn seen() -> libbpf_safe::Result<libbpf_safe::map::Map> { unimplemented!() }
    ///
    /// let seen: BloomFilter<u64> = seen()?.try_into()?;
    /// seen.insert(&42)?;
    /// assert!(seen.may_contain(&42)?);
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_BLOOM_FILTER")]
    BloomFilter<V: Pod>: [BLOOM_FILTER], 0, size_of::<V>()
}

impl<V: Pod> BloomFilter<V> {
    /// Adds a value, which cannot be removed.
    ///
    /// # Errors
    ///
    /// User space may only read the map.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn insert(&self, value: &V) -> Result<()> {
        self.map.update_with(&[], bytes_of(value), 0)
    }

    /// Whether the value was added. It may say so of one that was not, and never denies one that was.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn may_contain(&self, value: &V) -> Result<bool> {
        // The kernel reads the value that it is asked for from where a lookup writes to.
        let mut value = *value;
        self.map.lookup_into(&[], bytes_of_mut(&mut value), 0)
    }
}
