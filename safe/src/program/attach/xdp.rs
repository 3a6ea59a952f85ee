use super::attachment::{Attachment, Recipe, call};
use crate::error::{Error, ErrorKind, Result};
use crate::link::Link;
use crate::program::{KernelProgram, Program};
use crate::raw::{self, netlink};
use libbpf_ffi as ffi;
use std::os::fd::AsFd;

/// Where packets meet an XDP program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum XdpMode {
    /// In the driver where it can, else generic.
    #[default]
    Any,
    /// Behind the driver, for every device.
    #[doc(alias = "XDP_FLAGS_SKB_MODE")]
    Generic,
    /// In the driver.
    #[doc(alias = "XDP_FLAGS_DRV_MODE")]
    Native,
    /// In the device.
    #[doc(alias = "XDP_FLAGS_HW_MODE")]
    Offloaded,
}

/// What an XDP program may take the place of, where it is attached without a link.
#[derive(Debug, Clone, Copy, Default)]
pub enum XdpReplace<'a> {
    /// Nothing: an error where there is one.
    #[default]
    #[doc(alias = "XDP_FLAGS_UPDATE_IF_NOEXIST")]
    Nothing,
    /// This one, which has to be there. Since Linux 5.7.
    #[doc(alias = "XDP_FLAGS_REPLACE")]
    Program(&'a KernelProgram),
    /// Whatever there is, unless it is attached by a link.
    Anything,
}

/// The XDP programs of a network device, without links.
///
/// ```no_run
/// use libbpf_safe::program::attach::XdpHook;
///
/// let state = XdpHook::new(2).query()?;
/// if let Some(id) = state.program_id {
///     println!("program {id} runs there");
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XdpHook {
    device: u32,
}

/// What XDP is doing at a network device: `struct bpf_xdp_query_opts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_xdp_query_opts")]
pub struct XdpState {
    /// The mode of the program; `None` where there is none, or several in several modes.
    pub mode: Option<XdpMode>,
    /// The program, where it is one.
    pub program_id: Option<u32>,
    /// The program behind the driver.
    pub generic_program_id: Option<u32>,
    /// The program in the driver.
    pub native_program_id: Option<u32>,
    /// The program in the device.
    pub offloaded_program_id: Option<u32>,
    /// What the driver can do (`NETDEV_XDP_ACT_…`). Since Linux 6.3; 0 before.
    pub features: u64,
    /// Of how many pieces a packet may be that is sent without a copy. Since Linux 6.6; 0 before.
    pub zero_copy_max_segments: u32,
}

impl XdpMode {
    fn flags(self) -> u32 {
        match self {
            XdpMode::Any => 0,
            XdpMode::Generic => ffi::XDP_FLAGS_SKB_MODE,
            XdpMode::Native => ffi::XDP_FLAGS_DRV_MODE,
            XdpMode::Offloaded => ffi::XDP_FLAGS_HW_MODE,
        }
    }
}

impl Program {
    /// Like [`attach_xdp`](Program::attach_xdp), in this mode.
    ///
    /// Since Linux 5.9.
    ///
    /// # Errors
    ///
    /// The device or its driver has no such mode, or as for `attach_xdp`.
    #[doc(alias = "bpf_link_create")]
    pub fn attach_xdp_in_mode(&self, device_index: u32, mode: XdpMode) -> Result<Link> {
        let device = self.device(device_index)?;
        raw::hook::link_to_device(self.fd()?, device, ffi::BPF_XDP, mode.flags())
            .map(Link::of_descriptor)
            .map_err(|errno| Error::system(self.cannot("attach"), errno).with_privileges())
    }
}

impl XdpHook {
    /// Of the device with this index.
    pub fn new(device_index: u32) -> XdpHook {
        XdpHook {
            device: device_index,
        }
    }

    /// Attaches a program without a link: it stays until it is detached, the device goes, or the result is dropped.
    ///
    /// Since Linux 4.8; modes since 4.12.
    ///
    /// # Errors
    ///
    /// There is a program that must not be replaced, no such device or mode, or the program is of another type.
    #[doc(alias = "bpf_xdp_attach")]
    pub fn attach(
        &self,
        program: &KernelProgram,
        mode: XdpMode,
        replace: XdpReplace<'_>,
    ) -> Result<Attachment> {
        let operation = || self.operation(&format!("attach program `{}` to", program.name()));
        let device = self.index(operation)?;
        let (flags, old) = match replace {
            XdpReplace::Nothing => (ffi::XDP_FLAGS_UPDATE_IF_NOEXIST, None),
            XdpReplace::Program(old) => (0, Some(old.as_fd())),
            XdpReplace::Anything => (0, None),
        };
        call(operation, || {
            netlink::attach_xdp(device, program.as_fd(), flags | mode.flags(), old)
        })?;
        let recipe = Recipe::Xdp {
            device,
            flags: mode.flags(),
            program: program.clone(),
        };
        Ok(Attachment::new(recipe, operation()))
    }

    /// Detaches what is attached in this mode without a link, whoever has attached it: `expected`, or whatever it is.
    ///
    /// # Errors
    ///
    /// There is another program than expected, or one that is attached by a link.
    #[doc(alias = "bpf_xdp_detach")]
    pub fn detach(&self, mode: XdpMode, expected: Option<&KernelProgram>) -> Result<()> {
        let operation = || self.operation("detach a program from");
        let device = self.index(operation)?;
        call(operation, || {
            netlink::detach_xdp(device, mode.flags(), expected.map(AsFd::as_fd))
        })
    }

    /// What is attached, by a link or without, and what the device can do. A program may be that of a dispatcher, which
    /// runs several: who wants to add one has to ask the dispatcher.
    ///
    /// # Errors
    ///
    /// There is no such device.
    #[doc(alias = "bpf_xdp_query")]
    #[doc(alias = "bpf_xdp_query_id")]
    pub fn query(&self) -> Result<XdpState> {
        let operation = || self.operation("ask for the programs of");
        let device = self.index(operation)?;
        let state = call(operation, || netlink::query_xdp(device))?;
        let id = |id: u32| Some(id).filter(|&id| id != 0);
        Ok(XdpState {
            mode: match u32::from(state.attach_mode) {
                ffi::XDP_ATTACHED_DRV => Some(XdpMode::Native),
                ffi::XDP_ATTACHED_SKB => Some(XdpMode::Generic),
                ffi::XDP_ATTACHED_HW => Some(XdpMode::Offloaded),
                _ => None,
            },
            program_id: id(state.prog_id),
            generic_program_id: id(state.skb_prog_id),
            native_program_id: id(state.drv_prog_id),
            offloaded_program_id: id(state.hw_prog_id),
            features: state.feature_flags,
            zero_copy_max_segments: state.xdp_zc_max_segs,
        })
    }

    fn operation(&self, what: &str) -> String {
        format!("{what} XDP of the network device {}", self.device)
    }

    fn index(&self, operation: impl Fn() -> String) -> Result<i32> {
        // 0 is no device, and libbpf would take it for all.
        match i32::try_from(self.device) {
            Ok(index) if index > 0 => Ok(index),
            _ => {
                let reason = format!("{} is no index of a device", self.device);
                Err(Error::new(operation(), ErrorKind::InvalidInput { reason }))
            }
        }
    }
}
