use super::file::is_endless;
use super::resize::NewSection;
use crate::btf::{MinimalCache, Offer};
use crate::error::{Error, ErrorKind, Result};
use crate::program::LogLevel;
use crate::raw;
use crate::struct_ops::Presence;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How to open an object: `struct bpf_object_open_opts`.
///
/// ```no_run
/// use libbpf_safe::OpenOptions;
///
/// let open = OpenOptions::new().name("prober").open_file("prober.bpf.o")?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    name: Option<String>,
    btf_path: Option<PathBuf>,
    minimal_btf: Option<PartOfBtf>,
    kconfig: Option<String>,
    pin_root: Option<PathBuf>,
    relaxed_maps: bool,
    token: Option<PathBuf>,
    log_level: LogLevel,
    log_size: usize,
    presence: Presence,
    /// By name, in the order in which they were given.
    pub(super) sections: Vec<(String, NewSection)>,
}

/// A cache, and what asks it: by its address, so that programs which want no part have none of the 200 KB of code that
/// makes parts.
#[derive(Debug, Clone)]
struct PartOfBtf {
    cache: MinimalCache,
    offer: fn(&MinimalCache, &[u8]) -> Option<Offer>,
}

impl OpenOptions {
    /// libbpf's defaults.
    pub fn new() -> OpenOptions {
        OpenOptions::default()
    }

    /// The object's name; otherwise it comes from the file's name. libbpf names the maps of data
    /// sections after it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The BTF, raw or in an ELF file, for CO-RE relocations, in place of the running kernel's.
    #[doc(alias = "btf_custom_path")]
    pub fn btf_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.btf_path = Some(path.into());
        self
    }

    /// Has relocations done by the part of the running kernel's BTF that they need, which the cache keeps: loads
    /// after the first take a fraction of the time, and programs are the same to the byte. What objects gain from
    /// it, [`MinimalCache`] says.
    ///
    /// A [path](Self::btf_path) that is given goes first. Where the part cannot be made or offered, libbpf reads the
    /// whole, as it does without this.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenOptions;
    /// use libbpf_safe::btf::MinimalCache;
    ///
    /// let options = OpenOptions::new().minimal_kernel_btf(MinimalCache::in_process());
    /// for file in ["files.bpf.o", "sockets.bpf.o"] {
    ///     options.open_file(file)?.load()?;
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    #[doc(alias = "btf_custom_path")]
    pub fn minimal_kernel_btf(mut self, cache: MinimalCache) -> Self {
        self.minimal_btf = Some(PartOfBtf {
            cache,
            offer: MinimalCache::offer,
        });
        self
    }

    /// Lines in the format of the kernel's `.config`, for `extern … __kconfig` variables, in addition to
    /// the running kernel's.
    pub fn kconfig(mut self, kconfig: impl Into<String>) -> Self {
        self.kconfig = Some(kconfig.into());
        self
    }

    /// Where maps that say `LIBBPF_PIN_BY_NAME` are pinned; otherwise `/sys/fs/bpf`.
    #[doc(alias = "pin_root_path")]
    pub fn pin_root(mut self, path: impl Into<PathBuf>) -> Self {
        self.pin_root = Some(path.into());
        self
    }

    /// Takes map declarations with attributes that libbpf does not know, which are otherwise refused.
    pub fn relaxed_maps(mut self, relaxed: bool) -> Self {
        self.relaxed_maps = relaxed;
        self
    }

    /// The mount point of the BPF file system that a token is made of: what it delegates, load may do without the
    /// capabilities. Without this, libbpf looks at the environment variable `LIBBPF_BPF_TOKEN_PATH` and at `/sys/fs/bpf`, and
    /// does without a token where it finds none. With it, load fails where there is none to be had.
    ///
    /// Since Linux 6.9. See [`Token`](crate::Token).
    #[doc(alias = "bpf_token_path")]
    pub fn token_path(mut self, bpf_file_system: impl Into<PathBuf>) -> Self {
        self.token = Some(bpf_file_system.into());
        self
    }

    /// Makes no token, wherever libbpf might find one.
    pub fn without_token(self) -> Self {
        // So says libbpf.
        self.token_path("")
    }

    /// What the verifier writes into its log, of every program whose own
    /// [level](crate::OpenProgram::set_log_level) is not set, and of the object's BTF. Otherwise it writes
    /// [instructions](LogLevel::INSTRUCTIONS) when it has rejected a program, which is verified again for that.
    #[doc(alias = "kernel_log_level")]
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.log_level = level;
        self
    }

    /// Keeps the verifier's log of every program, up to so many bytes, for [`Program::log`](crate::Program::log), where a
    /// log was asked for. Programs can have [another size](crate::OpenProgram::keep_log).
    #[doc(alias = "kernel_log_buf")]
    #[doc(alias = "kernel_log_size")]
    pub fn keep_logs(mut self, bytes: usize) -> Self {
        self.log_size = bytes;
        self
    }

    /// What becomes of what the running kernel lacks of the object's struct_ops maps; otherwise load fails.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenOptions;
    /// use libbpf_safe::struct_ops::Presence;
    ///
    /// let options = OpenOptions::new().presence(Presence::Drop);
    /// let object = options.open_file("scheduler.bpf.o")?.load()?;
    /// for dropped in object.dropped() {
    ///     eprintln!("{dropped}");
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    pub fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }

    pub(super) fn given_log_size(&self) -> usize {
        self.log_size
    }

    pub(super) fn given_presence(&self) -> Presence {
        self.presence
    }

    pub(crate) fn given_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn given_btf_path(&self) -> Option<&Path> {
        self.btf_path.as_deref()
    }

    /// The part of the kernel's BTF for this object, where one is wanted.
    pub(super) fn minimal_btf(&self, object: &[u8]) -> Option<Offer> {
        match (&self.minimal_btf, &self.btf_path) {
            (Some(wanted), None) => (wanted.offer)(&wanted.cache, object),
            _ => None,
        }
    }

    /// Passes the options on in C's terms. `name` stands in where none was given, and so does `minimal_btf`.
    pub(super) fn with_c<T>(
        &self,
        operation: &str,
        name: &str,
        minimal_btf: Option<&Offer>,
        call: impl FnOnce(&raw::object::OpenOptions<'_>) -> T,
    ) -> Result<T> {
        let name = c_string(operation, "name", name.as_bytes())?;
        let kconfig = text(operation, "kconfig", self.kconfig.as_deref())?;
        if let Some(btf) = self.btf_path.as_deref().filter(|btf| is_endless(btf)) {
            let reason = format!("the BTF `{}` is not a regular file", btf.display());
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let btf_path = self.btf_path.as_deref().or(minimal_btf.map(Offer::path));
        let btf_path = path(operation, btf_path)?;
        let pin_root = path(operation, self.pin_root.as_deref())?;
        let token = path(operation, self.token.as_deref())?;
        Ok(call(&raw::object::OpenOptions {
            name: Some(&name),
            btf_path: btf_path.as_deref(),
            kconfig: kconfig.as_deref(),
            pin_root: pin_root.as_deref(),
            token: token.as_deref(),
            relaxed_maps: self.relaxed_maps,
            log_level: self.log_level.bits(),
        }))
    }
}

fn text(operation: &str, what: &str, text: Option<&str>) -> Result<Option<CString>> {
    text.map(|text| c_string(operation, what, text.as_bytes()))
        .transpose()
}

fn path(operation: &str, path: Option<&Path>) -> Result<Option<CString>> {
    path.map(|path| c_path(operation, path)).transpose()
}

pub(crate) fn c_path(operation: &str, path: &Path) -> Result<CString> {
    c_string(operation, "path", path.as_os_str().as_bytes())
}

fn c_string(operation: &str, what: &str, bytes: &[u8]) -> Result<CString> {
    CString::new(bytes).map_err(|_| {
        Error::new(
            operation,
            ErrorKind::InvalidInput {
                reason: format!("the {what} has a NUL inside"),
            },
        )
    })
}
