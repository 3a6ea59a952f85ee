//! Data sections that are larger than the object file says: for arrays that are sized at run time.

#![allow(unsafe_code)]

use super::OpenOptions;
use crate::data::section_map;
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::raw;
use std::slice;

/// A section's size, or its contents.
#[derive(Debug, Clone)]
pub(super) enum NewSection {
    Size(usize),
    Contents(Vec<u8>),
}

impl NewSection {
    fn size(&self) -> usize {
        match self {
            NewSection::Size(size) => *size,
            NewSection::Contents(contents) => contents.len(),
        }
    }
}

impl OpenOptions {
    /// Makes a data section larger: so many bytes, the new ones zero.
    ///
    /// The section's last variable becomes as long as the section, and has to be an array. A skeleton's
    /// struct of the section has its beginning; after load
    /// [`LiveSection::whole_array`](crate::data::LiveSection::whole_array) has all of it.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenOptions;
    /// use libbpf_safe::map::possible_cpus;
    ///
    /// // __u64 counts[1] SEC(".bss.counts");
    /// let options = OpenOptions::new().resize_section(".bss.counts", 8 * possible_cpus()?);
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// Opening then fails where there is no such section, it would become smaller, or its size comes from
    /// elsewhere (`.kconfig`).
    #[doc(alias = "bpf_map__set_value_size")]
    pub fn resize_section(mut self, section: &str, bytes: usize) -> Self {
        let new = NewSection::Size(bytes);
        self.sections.push((section.to_owned(), new));
        self
    }

    /// Replaces the contents of a data section, also by longer ones, as with
    /// [`resize_section`](OpenOptions::resize_section): a `const volatile` array is filled by this before
    /// load ends all changes.
    #[doc(alias = "bpf_map__set_initial_value")]
    pub fn section_contents(mut self, section: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let new = NewSection::Contents(bytes.into());
        self.sections.push((section.to_owned(), new));
        self
    }

    /// Resizes what was asked for, of an object that libbpf has just opened.
    pub(super) fn resize_sections(
        &self,
        opened: raw::Result<raw::object::Object>,
    ) -> Result<raw::Result<raw::object::Object>> {
        let Ok(mut object) = opened else {
            return Ok(opened);
        };
        for (section, new) in &self.sections {
            resize(&mut object, section, new)?;
        }
        Ok(Ok(object))
    }
}

fn resize(object: &mut raw::object::Object, section: &str, new: &NewSection) -> Result<()> {
    let name = object.name().to_string_lossy().into_owned();
    let cannot = |kind| {
        Error::new(
            format!("resize section `{section}` of object `{name}`"),
            kind,
        )
    };
    let refused = |reason: String| cannot(ErrorKind::InvalidInput { reason });
    if section.ends_with(".kconfig") {
        return Err(refused(
            "libbpf makes it of the `extern`s in the object".into(),
        ));
    }
    let index = section_map(object, &name, section);
    let map = index.and_then(|index| object.maps().nth(index));
    let map = map.ok_or_else(|| cannot(ErrorKind::NotFound))?;
    let (old, size) = (map.value_size() as usize, new.size());
    if size < old {
        return Err(refused(format!(
            "it has {old} bytes, and programs use all of them"
        )));
    }
    let too_large = || refused("a section has at most 4 GiB".into());
    let c_size = u32::try_from(size).map_err(|_| too_large())?;
    if size > old {
        // SAFETY: bpf_map__set_value_size wants exclusive use of an object whose memory and BTF nobody refers to: it was
        // opened just now, and `&mut` is here.
        let (result, messages) = capture(|| unsafe { map.set_value_size(c_size) });
        result.map_err(|errno| {
            let operation = format!("resize section `{section}` of object `{name}`");
            Error::system(operation, errno).with_messages(messages)
        })?;
    }
    if let NewSection::Contents(contents) = new {
        let (value, size) = map
            .initial_value()
            .ok_or_else(|| cannot(ErrorKind::NotFound))?;
        // SAFETY: bpf_map__initial_value's buffer has this size, and nobody else refers to it: `&mut` of the object
        // is here.
        let bytes = unsafe { slice::from_raw_parts_mut(value.as_ptr(), size) };
        for (to, from) in bytes.iter_mut().zip(contents) {
            *to = *from;
        }
    }
    Ok(())
}
