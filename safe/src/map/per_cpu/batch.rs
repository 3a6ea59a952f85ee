use super::super::Map;
use super::super::batch::Batches;
use super::super::elements::ReadBatch;
use super::PerCpu;
use super::value::words_of;
use crate::data::Pod;
use crate::error::Result;
use std::fmt;
use std::marker::PhantomData;

/// The elements of a map that is per CPU, in batches.
pub(super) struct PerCpuBatches<'a, K, V> {
    batches: Batches<'a, K, u64>,
    value: PhantomData<fn() -> V>,
}

impl<'a, K: Pod, V: Pod> PerCpuBatches<'a, K, V> {
    pub(super) fn new(map: &'a Map, remove: bool) -> Self {
        // Zero where it is not known: a batch of no width is then refused with an error.
        let cpus = super::possible_cpus().unwrap_or(0);
        let how = ReadBatch { remove, flags: 0 };
        PerCpuBatches {
            batches: Batches::new(map, words_of::<V>().saturating_mul(cpus), how),
            value: PhantomData,
        }
    }

    #[inline]
    pub(super) fn next_into(&mut self, values: &mut PerCpu<V>) -> Option<Result<K>> {
        let element = self.batches.next()?;
        Some(element.map(|(key, words)| {
            values.copy_from(words);
            key
        }))
    }

    pub(super) fn next(&mut self) -> Option<Result<(K, PerCpu<V>)>> {
        let element = self.batches.next()?;
        Some(element.map(|(key, words)| (key, PerCpu::from_words(words))))
    }
}

impl<K: fmt::Debug, V> fmt::Debug for PerCpuBatches<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.batches.fmt(f)
    }
}
