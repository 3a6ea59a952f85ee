use super::attach::AttachType;
use super::{Instruction, KernelProgram, LogLevel, ProgramFlags, ProgramType};
use crate::btf::TypeId;
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::raw::Errno;
use crate::raw::create::{ProgramLoad, load_program};
use crate::token::Token;
use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// A program without an object, from instructions: `struct bpf_prog_load_opts`.
///
/// ```no_run
/// use libbpf_safe::program::{Instruction, LoadOptions, ProgramType};
///
/// let pass = [
///     Instruction::new(0xb7, 0, 0, 0, 2), // r0 = XDP_PASS
///     Instruction::new(0x95, 0, 0, 0, 0), // exit
/// ];
/// let program = LoadOptions::new(ProgramType::XDP, "GPL", &pass).name("pass").load()?.program;
/// println!("{}", program.info()?.id);
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "it loads nothing by itself"]
#[doc(alias = "bpf_prog_load_opts")]
pub struct LoadOptions<'a> {
    program_type: ProgramType,
    license: &'a str,
    instructions: &'a [Instruction],
    name: Option<&'a str>,
    flags: ProgramFlags,
    attach_type: Option<AttachType>,
    ifindex: u32,
    target: Option<Target<'a>>,
    maps: Option<&'a [Map]>,
    keep_maps: bool,
    token: Option<&'a Token>,
    log_level: LogLevel,
}

/// What a program is for that is attached to a function.
#[derive(Debug, Clone, Copy)]
enum Target<'a> {
    Kernel(TypeId),
    Module(BorrowedFd<'a>, TypeId),
    Program(&'a KernelProgram, TypeId),
}

/// A program that was [loaded from instructions](LoadOptions::load).
#[derive(Debug)]
#[non_exhaustive]
pub struct LoadedProgram {
    /// The program.
    pub program: KernelProgram,
    /// What the verifier wrote, where [`LoadOptions::log_level`] asked for it.
    pub log: String,
}

impl<'a> LoadOptions<'a> {
    /// These instructions, as a program of this type. The license decides which helpers it may call, such as `GPL`.
    pub fn new(
        program_type: ProgramType,
        license: &'a str,
        instructions: &'a [Instruction],
    ) -> Self {
        LoadOptions {
            program_type,
            license,
            instructions,
            name: None,
            flags: ProgramFlags::NONE,
            attach_type: None,
            ifindex: 0,
            target: None,
            maps: None,
            keep_maps: false,
            token: None,
            log_level: LogLevel::NONE,
        }
    }

    /// The name, of which the kernel keeps 15 bytes: letters, digits, `_` and `.`. Since Linux 4.15.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// What it is loaded with.
    #[doc(alias = "prog_flags")]
    pub fn flags(mut self, flags: ProgramFlags) -> Self {
        self.flags = flags;
        self
    }

    /// Where it will be attached, for types of programs that look at that. Since Linux 4.17.
    pub fn expected_attach_type(mut self, attach_type: AttachType) -> Self {
        self.attach_type = Some(attach_type);
        self
    }

    /// The network device that it is for. Since Linux 4.16.
    #[doc(alias = "prog_ifindex")]
    pub fn ifindex(mut self, device: u32) -> Self {
        self.ifindex = device;
        self
    }

    /// The function of the kernel that it will be attached to, in the kernel's BTF. Since Linux 5.5.
    #[doc(alias = "attach_btf_id")]
    pub fn kernel_function(mut self, function: TypeId) -> Self {
        self.target = Some(Target::Kernel(function));
        self
    }

    /// The function of a module that it will be attached to, in the module's BTF, which is given by a descriptor.
    /// Since Linux 5.11.
    #[doc(alias = "attach_btf_obj_fd")]
    pub fn module_function(mut self, module_btf: BorrowedFd<'a>, function: TypeId) -> Self {
        self.target = Some(Target::Module(module_btf, function));
        self
    }

    /// The function of a program that it will be attached to, or that it will replace, in that program's BTF. Since
    /// Linux 5.6.
    #[doc(alias = "attach_prog_fd")]
    pub fn program_function(mut self, program: &'a KernelProgram, function: TypeId) -> Self {
        self.target = Some(Target::Program(program, function));
        self
    }

    /// Maps that instructions name by their place in this list (`BPF_PSEUDO_MAP_IDX`). Since Linux 5.14.
    #[doc(alias = "fd_array")]
    pub fn maps(mut self, maps: &'a [Map]) -> Self {
        self.maps = Some(maps);
        self
    }

    /// Keeps all [maps](LoadOptions::maps) of the list as long as the program, also those that no instruction names. Since
    /// Linux 6.14.
    #[doc(alias = "fd_array_cnt")]
    pub fn keep_maps(mut self) -> Self {
        self.keep_maps = true;
        self
    }

    /// Loads it by the rights that were delegated. Since Linux 6.9.
    #[doc(alias = "token_fd")]
    pub fn token(mut self, token: &'a Token) -> Self {
        self.token = Some(token);
        self
    }

    /// What the verifier writes, also where it accepts the program.
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.log_level = level;
        self
    }

    /// Loads the program. It goes with the last handle, unless it is pinned or attached.
    ///
    /// # Errors
    ///
    /// The verifier rejects it ([`ErrorKind::VerifierRejected`] with its log), the kernel does not know the type, or the
    /// caller lacks `CAP_BPF` and whatever the type wants.
    #[doc(alias = "bpf_prog_load")]
    pub fn load(&self) -> Result<LoadedProgram> {
        let shown = self.name.unwrap_or("(without a name)");
        let operation = format!("load program `{shown}` of the type {}", self.program_type);
        let c_string = |what: &str, text: &str| {
            CString::new(text).map_err(|_| {
                let reason = format!("the {what} has a NUL inside");
                Error::new(&*operation, ErrorKind::InvalidInput { reason })
            })
        };
        let name = self.name.map(|name| c_string("name", name)).transpose()?;
        let license = c_string("license", self.license)?;
        if let (Some(maps), Some(place)) = (self.maps, self.place_beyond_maps()) {
            let count = maps.len();
            let reason = format!("an instruction names map {place} of a list of {count}");
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let descriptors = self.maps.map(|maps| {
            let fds = maps.iter().map(|map| map.as_fd().as_raw_fd());
            fds.collect::<Vec<_>>()
        });
        let (function, attach_btf, attach_program) = match self.target {
            None => (0, None, None),
            Some(Target::Kernel(function)) => (function.0, None, None),
            Some(Target::Module(btf, function)) => (function.0, Some(btf), None),
            Some(Target::Program(program, function)) => (function.0, None, Some(program.as_fd())),
        };
        let program = ProgramLoad {
            program_type: self.program_type.0,
            name: name.as_deref(),
            license: &license,
            instructions: self.instructions,
            attach_type: self.attach_type.map_or(0, |attach_type| attach_type.0),
            flags: self.flags.bits(),
            ifindex: self.ifindex,
            attach_btf_id: function,
            attach_program,
            attach_btf,
            descriptors: descriptors.as_deref(),
            counted: self.keep_maps,
            token: self.token.map(Token::as_fd),
        };
        let (result, log) = load_with_log(&program, self.log_level);
        match result {
            Ok(fd) => Ok(LoadedProgram {
                program: KernelProgram::new(fd, self.name.unwrap_or_default().to_owned()),
                log,
            }),
            Err(errno) if log.is_empty() => Err(Error::system(operation, errno).with_privileges()),
            Err(errno) => Err(Error::new(
                operation,
                ErrorKind::VerifierRejected {
                    program: shown.to_owned(),
                    log: log.trim_end().to_owned(),
                },
            )
            .with_errno(errno)),
        }
    }
}

impl LoadOptions<'_> {
    /// What instructions name beyond the end of the list. The kernel would read on there: it knows the length only where
    /// it is to keep all maps.
    fn place_beyond_maps(&self) -> Option<i64> {
        /// `BPF_LD | BPF_IMM | BPF_DW` and `BPF_JMP | BPF_CALL`
        const LOAD_64: u8 = 0x18;
        const CALL: u8 = 0x85;
        let count = self.maps?.len();
        let mut places = self.instructions.iter().filter_map(|instruction| {
            match (instruction.code, instruction.source()) {
                // BPF_PSEUDO_MAP_IDX, BPF_PSEUDO_MAP_IDX_VALUE
                (LOAD_64, 5 | 6) => Some(i64::from(instruction.immediate)),
                // BPF_PSEUDO_KFUNC_CALL: 0 is the kernel itself.
                (CALL, 2) if instruction.offset != 0 => Some(i64::from(instruction.offset)),
                _ => None,
            }
        });
        let is_inside = |place: i64| usize::try_from(place).is_ok_and(|place| place < count);
        places.find(|place| !is_inside(*place))
    }
}

/// Where the program is refused without a log, it is loaded again for one; where that had no room, with more.
fn load_with_log(
    program: &ProgramLoad<'_>,
    wanted: LogLevel,
) -> (std::result::Result<OwnedFd, Errno>, String) {
    /// Kernels up to 5.1 take no more.
    const LARGEST: usize = (u32::MAX >> 8) as usize;
    let mut level = wanted.bits();
    let mut log = vec![0; if level == 0 { 0 } else { 1 << 16 }];
    loop {
        let (result, _) = load_program(program, level, &mut log);
        match result {
            Err(_) if level == 0 => {
                level = LogLevel::INSTRUCTIONS.bits();
                log = vec![0; 1 << 16];
            }
            Err(Errno(libc::ENOSPC)) if log.len() < LARGEST => {
                log = vec![0; LARGEST.min(log.len() * 8)];
            }
            result => {
                let text = log.split(|byte| *byte == 0).next().unwrap_or_default();
                return (result, String::from_utf8_lossy(text).into_owned());
            }
        }
    }
}
