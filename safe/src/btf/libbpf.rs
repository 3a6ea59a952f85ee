//! What libbpf does with whole BTFs: deduplication, permutation, distilled bases.

#![allow(unsafe_code)]

use super::ext::BtfExt;
use super::file::Btf;
use super::kind::{Kind, TypeId};
use super::source::invalid;
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::raw::{self, Errno};
use std::panic::resume_unwind;
use std::thread;

/// The stack that a call of libbpf takes for each type that one leads to through others: it recurses.
const STACK_PER_TYPE: usize = 1024;
/// The stack that it takes for the rest.
const STACK: usize = 1 << 20;

impl Btf {
    /// The same with one type in place of all that are the same, in the base too, as compilers' files that were put
    /// together have them. Types without a counterpart keep their order, and are numbered anew.
    ///
    /// ```
    /// use libbpf_safe::btf::{Builder, IntEncoding};
    ///
    /// let mut types = Builder::new();
    /// for _ in 0..2 {
    ///     let int = types.int("int", 4, IntEncoding::Signed)?;
    ///     types.pointer(int)?;
    /// }
    /// assert_eq!(types.build()?.dedup()?.len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// libbpf finds that the BTF contradicts itself ([`ErrorKind::InvalidBtf`]).
    #[doc(alias = "btf__dedup")]
    pub fn dedup(&self) -> Result<Btf> {
        self.dedup_all(None).map(|all| all.0)
    }

    /// The same, with the `.BTF.ext` that goes with it.
    ///
    /// # Errors
    ///
    /// As [`dedup`](Self::dedup).
    #[doc(alias = "btf_dedup_opts")]
    pub fn dedup_with(&self, ext: &BtfExt) -> Result<(Btf, BtfExt)> {
        let (btf, ext) = self.dedup_all(Some(ext))?;
        Ok((btf.clone(), parse_ext("deduplicate BTF", ext, &btf)?))
    }

    fn dedup_all(&self, ext: Option<&BtfExt>) -> Result<(Btf, Option<Vec<u8>>)> {
        self.change("deduplicate BTF", ext, |btf, ext| btf.dedup(ext))
    }

    /// The same types in another order: `ids` has the new id of each type of this BTF, without `void` and the base's,
    /// in the order in which they are.
    ///
    /// # Errors
    ///
    /// Not every type has an id of its own among those of this BTF ([`ErrorKind::InvalidInput`]).
    #[doc(alias = "btf__permute")]
    pub fn permute(&self, ids: &[TypeId]) -> Result<Btf> {
        self.permute_all(ids, None).map(|all| all.0)
    }

    /// The same, with the `.BTF.ext` that goes with it.
    ///
    /// # Errors
    ///
    /// As [`permute`](Self::permute).
    #[doc(alias = "btf_permute_opts")]
    pub fn permute_with(&self, ids: &[TypeId], ext: &BtfExt) -> Result<(Btf, BtfExt)> {
        let (btf, ext) = self.permute_all(ids, Some(ext))?;
        Ok((btf.clone(), parse_ext("permute BTF", ext, &btf)?))
    }

    fn permute_all(&self, ids: &[TypeId], ext: Option<&BtfExt>) -> Result<(Btf, Option<Vec<u8>>)> {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(self.ids()) {
            let reason = "each type needs one new id, of those that there are".to_owned();
            return Err(Error::new(
                "permute BTF",
                ErrorKind::InvalidInput { reason },
            ));
        }
        // libbpf counts `void` with a BTF that has no base.
        let void = self.base().is_none().then_some(0);
        let ids: Vec<u32> = void.into_iter().chain(ids.iter().map(|id| id.0)).collect();
        self.change("permute BTF", ext, move |btf, ext| btf.permute(&ids, ext))
    }

    /// Of a split BTF: a base with what it needs to find its own again in another build of that, and the same split
    /// from that base. The base has the names, kinds and sizes of the types that are referred to.
    ///
    /// # Errors
    ///
    /// It is no split BTF ([`ErrorKind::InvalidInput`]), or libbpf finds that it contradicts itself.
    #[doc(alias = "btf__distill_base")]
    pub fn distill(&self) -> Result<(Btf, Btf)> {
        let operation = "distill the base of a BTF";
        self.split_only(operation)?;
        let (base, split) = self.run(operation, |btf| {
            // SAFETY: btf__distill_base's second result is to be dropped before the first: locals of one pattern are
            // dropped in the reverse order.
            let (mut base, mut split) = unsafe { btf.distill() }?;
            let split = split.bytes()?.to_vec();
            Ok((base.bytes()?.to_vec(), split))
        })?;
        let base = Btf::parse(base).map_err(|error| invalid(operation, &error))?;
        let split = Btf::parse_split(split, &base).map_err(|error| invalid(operation, &error))?;
        Ok((base, split))
    }

    /// A BTF that is split from a [distilled](Self::distill) base, split from this one in its place: what it refers to
    /// is found by name, kind and size.
    ///
    /// # Errors
    ///
    /// It is no split BTF ([`ErrorKind::InvalidInput`]); the base lacks a type, or has it in another size
    /// ([`ErrorKind::InvalidBtf`]).
    #[doc(alias = "btf__relocate")]
    pub fn relocate(&self, base: &Btf) -> Result<Btf> {
        let operation = "relocate BTF to another base";
        self.split_only(operation)?;
        if base.base().is_some() {
            let reason = "the other base has a base, too".to_owned();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let bytes = self.run(operation, |btf| {
            let base = raw::btf::Btf::from_bytes(base.raw())?;
            // Dropped before both bases: its own is the caller's, and locals are dropped in the reverse order.
            let mut moved = btf;
            // SAFETY: btf__relocate's result is dropped before both bases: see above, and `run`.
            unsafe { moved.relocate(&base) }?;
            let bytes = moved.bytes().map(<[u8]>::to_vec);
            drop(moved);
            bytes
        })?;
        Btf::parse_split(bytes, base).map_err(|error| invalid(operation, &error))
    }

    fn split_only(&self, operation: &str) -> Result<()> {
        let reason = match self.base() {
            None => "it has no base",
            Some(base) if base.base().is_some() => "its base has a base, too",
            Some(_) => return Ok(()),
        };
        let reason = reason.to_owned();
        Err(Error::new(operation, ErrorKind::InvalidInput { reason }))
    }

    fn change(
        &self,
        operation: &str,
        ext: Option<&BtfExt>,
        change: impl Fn(&mut raw::btf::Btf, Option<&mut raw::btf::BtfExt>) -> raw::Result<()> + Sync,
    ) -> Result<(Btf, Option<Vec<u8>>)> {
        let ext = ext.map(BtfExt::raw);
        let (bytes, ext) = self.run(operation, |mut btf| {
            let mut ext = ext.map(raw::btf::BtfExt::from_bytes).transpose()?;
            change(&mut btf, ext.as_mut())?;
            let ext = ext.as_mut().map(|ext| ext.bytes().map(<[u8]>::to_vec));
            Ok((btf.bytes()?.to_vec(), ext.transpose()?))
        })?;
        let btf = match self.base() {
            Some(base) => Btf::parse_split(bytes, base),
            None => Btf::parse(bytes),
        };
        Ok((btf.map_err(|error| invalid(operation, &error))?, ext))
    }

    /// That no declaration refers to a type: libbpf takes that word for an id, and does not look whether there is one.
    fn check_declarations(&self, operation: &str) -> Result<()> {
        for id in self.ids() {
            let record = self.record(id).map(|(_, record)| record);
            if record.is_ok_and(|it| it.kind == Kind::Forward && it.size_or_type != 0) {
                let detail = format!("BTF type {id} is a declaration, and refers to another type");
                return Err(Error::new(operation, ErrorKind::InvalidBtf { detail }));
            }
        }
        Ok(())
    }

    /// Calls with the same for libbpf, in a thread with as much stack as a recursion through all types takes. What is
    /// made of the BTF is dropped before the call returns, and the base, which is lent as well, after it.
    fn run<T: Send>(
        &self,
        operation: &str,
        call: impl FnOnce(raw::btf::Btf) -> raw::Result<T> + Send,
    ) -> Result<T> {
        if self.base().is_some_and(|base| base.base().is_some()) {
            self.split_only(operation)?;
        }
        for layer in self.base().into_iter().chain([self]) {
            layer.check_declarations(operation)?;
        }
        let inside = || {
            capture(|| {
                let base = self
                    .base()
                    .map(|base| raw::btf::Btf::from_bytes(base.raw()));
                let base = base.transpose()?;
                let btf = match &base {
                    None => raw::btf::Btf::from_bytes(self.raw())?,
                    // SAFETY: btf__new_split's result is to be dropped before its base: it goes to the call, which
                    // drops it, while the base is a local here.
                    Some(base) => unsafe { raw::btf::Btf::from_split_bytes(self.raw(), base)? },
                };
                call(btf)
            })
        };
        let types = self.len().saturating_mul(STACK_PER_TYPE);
        let thread = thread::Builder::new().stack_size(types.saturating_add(STACK));
        let failed = |errno| Error::system(operation, errno);
        let (result, messages) = thread::scope(|scope| {
            let thread = thread
                .spawn_scoped(scope, inside)
                .map_err(|error| failed(Errno::from(&error)))?;
            // What a closure that listens to the log has panicked with goes on here.
            let ended = thread.join();
            Ok::<_, Error>(ended.unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
        result.map_err(|errno| {
            let error = match errno.0 {
                libc::EINVAL | libc::ELOOP | libc::ENOENT => {
                    let detail = messages.last().map(|it| it.trim().to_owned());
                    // Debugging messages are not kept.
                    let detail = detail.unwrap_or_else(|| "libbpf does not say why".to_owned());
                    Error::new(operation, ErrorKind::InvalidBtf { detail }).with_errno(errno)
                }
                _ => failed(errno),
            };
            error.with_messages(messages)
        })
    }
}

fn parse_ext(operation: &str, bytes: Option<Vec<u8>>, btf: &Btf) -> Result<BtfExt> {
    BtfExt::parse(bytes.unwrap_or_default(), btf)
        .map_err(|detail| Error::new(operation, ErrorKind::InvalidBtf { detail }))
}
