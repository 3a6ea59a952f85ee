//! Pins of all that an object has in the kernel.

use super::loaded::Object;
use crate::error::Result;
use crate::pin::{self, Pinned};
use crate::raw::{self, Errno};
use std::fs::{self, DirBuilder};
use std::os::fd::BorrowedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Something to be pinned, or to be pinned no longer.
struct Part<'a> {
    kind: Pinned,
    name: &'a str,
    fd: BorrowedFd<'a>,
}

impl Part<'_> {
    /// A BPF file system takes no dots, which data sections have.
    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.name.replace('.', "_"))
    }

    fn what(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }
}

impl Object {
    /// Pins every map and every program in a folder of a BPF file system, each by its name; dots become `_`. The folder is
    /// made where it is not there, for this user only. Where one cannot be pinned, none is, and the folder is as it was.
    ///
    /// Since Linux 4.4.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::map::Map;
    ///
    /// let object = OpenObject::from_file("prober.bpf.o")?.load()?;
    /// object.pin("/sys/fs/bpf/prober")?;
    /// let counts = Map::open_pinned("/sys/fs/bpf/prober/counts")?;
    /// object.unpin("/sys/fs/bpf/prober")?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name is taken, also by a map and a program of one name, or the folder is in no BPF file system
    /// (`mount -t bpf bpf /sys/fs/bpf`).
    #[doc(alias = "bpf_object__pin")]
    pub fn pin(&self, folder: impl AsRef<Path>) -> Result<()> {
        let parts = self.map_parts().chain(self.program_parts());
        self.pin_parts(folder.as_ref(), &parts.collect::<Vec<_>>())
    }

    /// Pins every map, as [`pin`](Object::pin) does.
    ///
    /// # Errors
    ///
    /// As [`pin`](Object::pin).
    #[doc(alias = "bpf_object__pin_maps")]
    pub fn pin_maps(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.pin_parts(folder.as_ref(), &self.map_parts().collect::<Vec<_>>())
    }

    /// Pins every program, as [`pin`](Object::pin) does.
    ///
    /// # Errors
    ///
    /// As [`pin`](Object::pin).
    #[doc(alias = "bpf_object__pin_programs")]
    pub fn pin_programs(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.pin_parts(folder.as_ref(), &self.program_parts().collect::<Vec<_>>())
    }

    /// Removes what [`pin`](Object::pin) has pinned in the folder, which stays. Nothing is removed unless all of it is there
    /// and is this object's.
    ///
    /// # Errors
    ///
    /// A pin is not there, or something else is pinned by its name.
    #[doc(alias = "bpf_object__unpin")]
    pub fn unpin(&self, folder: impl AsRef<Path>) -> Result<()> {
        let parts = self.map_parts().chain(self.program_parts());
        self.unpin_parts(folder.as_ref(), &parts.collect::<Vec<_>>())
    }

    /// Removes what [`pin_maps`](Object::pin_maps) has pinned in the folder.
    ///
    /// # Errors
    ///
    /// As [`unpin`](Object::unpin).
    #[doc(alias = "bpf_object__unpin_maps")]
    pub fn unpin_maps(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.unpin_parts(folder.as_ref(), &self.map_parts().collect::<Vec<_>>())
    }

    /// Removes what [`pin_programs`](Object::pin_programs) has pinned in the folder.
    ///
    /// # Errors
    ///
    /// As [`unpin`](Object::unpin).
    #[doc(alias = "bpf_object__unpin_programs")]
    pub fn unpin_programs(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.unpin_parts(folder.as_ref(), &self.program_parts().collect::<Vec<_>>())
    }

    fn map_parts(&self) -> impl Iterator<Item = Part<'_>> {
        let maps = self.inner.object().maps().zip(&self.inner.maps);
        maps.filter_map(|(map, name)| {
            Some(Part {
                kind: Pinned::Map,
                name,
                fd: map.fd()?,
            })
        })
    }

    fn program_parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.inner.object().programs().filter_map(|program| {
            Some(Part {
                kind: Pinned::Program,
                name: program.name().to_str().ok()?,
                fd: program.fd()?,
            })
        })
    }

    fn pin_parts(&self, folder: &Path, parts: &[Part<'_>]) -> Result<()> {
        let made = make_folder(folder).map_err(|errno| {
            let place = folder.display();
            pin::refused(format!("pin object `{}` in `{place}`", self.name()), errno)
        })?;
        let mut pinned = Vec::new();
        for part in parts {
            let path = part.path(folder);
            match pin::pin(part.fd, &path, &part.what()) {
                Ok(()) => pinned.push(path),
                Err(error) => {
                    // What cannot be taken back stays; the error says what could not be pinned.
                    for path in pinned.iter().rev() {
                        let _ = fs::remove_file(path);
                    }
                    if made {
                        let _ = fs::remove_dir(folder);
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn unpin_parts(&self, folder: &Path, parts: &[Part<'_>]) -> Result<()> {
        for part in parts {
            pin::check_pinned(part.fd, &part.path(folder), part.kind, &part.what())?;
        }
        for part in parts {
            pin::unpin(part.fd, &part.path(folder), part.kind, &part.what())?;
        }
        Ok(())
    }
}

/// Whether it was not there.
fn make_folder(folder: &Path) -> raw::Result<bool> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Errno::from(&error)),
    }
}
