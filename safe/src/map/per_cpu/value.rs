use super::super::sizes::per_cpu_stride;
use crate::data::Pod;
use crate::error::{Error, Result};
use crate::raw::syscall;
use std::fmt;
use std::marker::PhantomData;

/// How many CPUs there can be on this machine: the length of every [`PerCpu`].
///
/// # Errors
///
/// sysfs, which tells, cannot be read.
#[doc(alias = "libbpf_num_possible_cpus")]
pub fn possible_cpus() -> Result<usize> {
    syscall::possible_cpus()
        .map_err(|errno| Error::system("count the CPUs that there can be", errno))
}

/// A value for each CPU that there can be, by the CPU's number.
///
/// It can be used again for many lookups, without an allocation for each.
///
/// ```
/// use libbpf_safe::map::{PerCpu, possible_cpus};
///
/// let mut values = PerCpu::<u32>::new()?;
/// assert_eq!(values.len(), possible_cpus()?);
/// values.set(0, 7);
/// assert_eq!(values.get(0), Some(7));
/// assert_eq!(values.get(values.len()), None);
/// assert_eq!(values.iter().sum::<u32>(), 7);
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PerCpu<V> {
    /// As the kernel has it: values at multiples of 8.
    words: Vec<u64>,
    value: PhantomData<fn() -> V>,
}

impl<V: Pod> PerCpu<V> {
    /// All zero.
    ///
    /// # Errors
    ///
    /// It is not known how many CPUs there can be.
    pub fn new() -> Result<PerCpu<V>> {
        let words = possible_cpus()?.saturating_mul(words_of::<V>());
        Ok(PerCpu {
            words: vec![0; words],
            value: PhantomData,
        })
    }

    /// The same value for all CPUs.
    ///
    /// # Errors
    ///
    /// It is not known how many CPUs there can be.
    pub fn all(value: V) -> Result<PerCpu<V>> {
        let mut values = PerCpu::new()?;
        for cpu in 0..values.len() {
            values.set(cpu, value);
        }
        Ok(values)
    }

    pub(super) fn from_words(words: &[u64]) -> PerCpu<V> {
        PerCpu {
            words: words.to_vec(),
            value: PhantomData,
        }
    }

    /// Many, as the kernel takes them in a batch.
    pub(super) fn concatenate(values: &[PerCpu<V>]) -> Vec<u64> {
        values
            .iter()
            .flat_map(|values| &values.words)
            .copied()
            .collect()
    }

    /// From as many words.
    #[inline]
    pub(super) fn copy_from(&mut self, words: &[u64]) {
        for (to, from) in self.words.iter_mut().zip(words) {
            *to = *from;
        }
    }

    pub(in crate::map) fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.words)
    }

    pub(in crate::map) fn as_bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.words)
    }

    /// How many CPUs there can be.
    pub fn len(&self) -> usize {
        self.words.len() / words_of::<V>()
    }

    /// Never: there is a CPU.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The value of a CPU; `None` where there cannot be one of that number.
    pub fn get(&self, cpu: usize) -> Option<V> {
        let start = cpu.checked_mul(words_of::<V>())?;
        let words = self.words.get(start..start.checked_add(words_of::<V>())?)?;
        read(words)
    }

    /// Sets the value of a CPU, and says whether there can be one of that number.
    pub fn set(&mut self, cpu: usize, value: V) -> bool {
        let width = words_of::<V>();
        let words = cpu
            .checked_mul(width)
            .and_then(|start| self.words.get_mut(start..start.checked_add(width)?));
        let Some(words) = words else {
            return false;
        };
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(words);
        for (to, from) in bytes.iter_mut().zip(bytemuck::bytes_of(&value)) {
            *to = *from;
        }
        true
    }

    /// The values, by CPU.
    pub fn iter(&self) -> PerCpuValues<'_, V> {
        PerCpuValues {
            rest: &self.words,
            value: PhantomData,
        }
    }
}

/// How many units of 8 bytes a value takes; one of no size takes one, as a map has none of these.
pub(super) fn words_of<V>() -> usize {
    (per_cpu_stride(size_of::<V>()) / 8).max(1)
}

fn read<V: Pod>(words: &[u64]) -> Option<V> {
    let bytes: &[u8] = bytemuck::cast_slice(words);
    // A value may want another alignment than 8.
    bytemuck::try_pod_read_unaligned(bytes.get(..size_of::<V>())?).ok()
}

impl<V: Pod + fmt::Debug> fmt::Debug for PerCpu<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, V: Pod> IntoIterator for &'a PerCpu<V> {
    type Item = V;
    type IntoIter = PerCpuValues<'a, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The values of a [`PerCpu`], by CPU.
pub struct PerCpuValues<'a, V> {
    rest: &'a [u64],
    value: PhantomData<fn() -> V>,
}

impl<V> fmt::Debug for PerCpuValues<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCpuValues")
            .field("left", &(self.rest.len() / words_of::<V>()))
            .finish_non_exhaustive()
    }
}

impl<V: Pod> Iterator for PerCpuValues<'_, V> {
    type Item = V;

    fn next(&mut self) -> Option<V> {
        let (first, rest) = self.rest.split_at_checked(words_of::<V>())?;
        self.rest = rest;
        read(first)
    }
}
