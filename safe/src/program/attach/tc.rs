use super::attachment::{Attachment, Recipe};
use crate::error::{Error, ErrorKind, Result};
use crate::program::KernelProgram;
use crate::raw::{self, netlink};
use libbpf_ffi as ffi;
use std::ffi::CString;
use std::fmt;
use std::os::fd::AsFd;

/// The classic traffic control of a network device, for programs in `SEC("tc")`: filters of queueing disciplines.
/// Since Linux 6.6 [`attach_tcx`](crate::Program::attach_tcx) does without these.
///
/// ```no_run
/// use libbpf_safe::program::attach::{TcHook, TcOptions, TcPoint};
/// # fn f(program: &libbpf_safe::Program) -> libbpf_safe::Result<()> {
/// let hook = TcHook::new(2, TcPoint::Ingress);
/// hook.create()?;
/// let attachment = hook.attach(&program.to_kernel_program()?, &TcOptions::default())?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "bpf_tc_hook")]
pub struct TcHook {
    device: u32,
    point: TcPoint,
}

/// Where in a device's traffic control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_tc_attach_point")]
pub enum TcPoint {
    /// What comes in, at the queueing discipline `clsact`.
    Ingress,
    /// What goes out, at `clsact`.
    Egress,
    /// At the queueing discipline with this handle: the upper 16 bits are its number, the lower ones that of a class.
    #[doc(alias = "BPF_TC_PARENT")]
    Parent(u32),
}

/// How to attach a filter: `struct bpf_tc_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_tc_opts")]
pub struct TcOptions {
    /// The number among filters of a priority; 0 lets the kernel choose.
    pub handle: u32,
    /// Smaller ones run first; 0 lets the kernel choose.
    pub priority: u16,
    /// Take the place of the filter with this handle and priority.
    #[doc(alias = "BPF_TC_F_REPLACE")]
    pub replace: bool,
}

/// A filter that is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcFilter {
    /// The number among filters of its priority.
    pub handle: u32,
    /// Smaller ones run first.
    pub priority: u16,
    /// The program's id.
    pub program_id: u32,
}

impl TcHook {
    /// At this point of the device with this index.
    pub fn new(device_index: u32, point: TcPoint) -> TcHook {
        TcHook {
            device: device_index,
            point,
        }
    }

    /// Gives the device the queueing discipline `clsact`, which has both ingress and egress.
    ///
    /// Since Linux 4.5.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists) where the device has it, there is no such device, or the point is a
    /// parent, whose queueing discipline exists or not.
    #[doc(alias = "bpf_tc_hook_create")]
    pub fn create(&self) -> Result<()> {
        self.call("create", |hook| hook.create())
    }

    /// Removes all filters of this point.
    ///
    /// # Errors
    ///
    /// The device has no `clsact`, or the point is a parent.
    #[doc(alias = "bpf_tc_hook_destroy")]
    pub fn clear(&self) -> Result<()> {
        self.call("remove all filters of", |hook| hook.destroy())
    }

    /// Removes `clsact` from the device, with all filters of ingress and egress.
    ///
    /// # Errors
    ///
    /// The device has no `clsact`, or the point is a parent.
    #[doc(alias = "bpf_tc_hook_destroy")]
    pub fn destroy(&self) -> Result<()> {
        self.call("destroy", |mut hook| {
            if hook.point != ffi::BPF_TC_CUSTOM {
                hook.point = ffi::BPF_TC_INGRESS | ffi::BPF_TC_EGRESS;
            }
            hook.destroy()
        })
    }

    /// Attaches a program as a filter, which decides itself what becomes of a packet (`direct-action`). It stays until
    /// it is detached, the device goes, or the result is dropped.
    ///
    /// # Errors
    ///
    /// The device has no such queueing discipline, there is a filter of this handle and priority, or the program is of
    /// another type.
    #[doc(alias = "bpf_tc_attach")]
    pub fn attach(
        &self,
        program: &KernelProgram,
        options: &TcOptions,
    ) -> Result<(TcFilter, Attachment)> {
        let what = format!("attach program `{}` to", program.name());
        let filter = netlink::TcFilter {
            handle: options.handle,
            priority: u32::from(options.priority),
            ..netlink::TcFilter::default()
        };
        let made = self.call(&what, |hook| {
            hook.attach(program.as_fd(), filter, options.replace)
        })?;
        let filter = TcFilter::from_raw(made);
        let recipe = Recipe::Tc {
            hook: *self,
            handle: filter.handle,
            priority: filter.priority,
            program_id: filter.program_id,
        };
        Ok((filter, Attachment::new(recipe, format!("{what} {self}"))))
    }

    /// The filter with this handle and priority.
    ///
    /// # Errors
    ///
    /// There is none.
    #[doc(alias = "bpf_tc_query")]
    pub fn query(&self, handle: u32, priority: u16) -> Result<TcFilter> {
        self.call("ask for a filter of", |hook| {
            hook.query(asked(handle, priority))
        })
        .map(TcFilter::from_raw)
    }

    /// Removes the filter with this handle and priority, whoever has attached it.
    ///
    /// # Errors
    ///
    /// There is none.
    #[doc(alias = "bpf_tc_detach")]
    pub fn detach(&self, handle: u32, priority: u16) -> Result<()> {
        self.call("detach a filter from", |hook| {
            hook.detach(asked(handle, priority))
        })
    }

    pub(super) fn raw_query(&self, handle: u32, priority: u16) -> raw::Result<netlink::TcFilter> {
        self.to_raw()?.query(asked(handle, priority))
    }

    pub(super) fn raw_detach(&self, handle: u32, priority: u16) -> raw::Result<()> {
        self.to_raw()?.detach(asked(handle, priority))
    }

    fn to_raw(self) -> raw::Result<netlink::TcHook<'static>> {
        let (point, parent) = match self.point {
            TcPoint::Ingress => (ffi::BPF_TC_INGRESS, 0),
            TcPoint::Egress => (ffi::BPF_TC_EGRESS, 0),
            TcPoint::Parent(parent) => (ffi::BPF_TC_CUSTOM, parent),
        };
        Ok(netlink::TcHook {
            device: device(self.device)?,
            point,
            parent,
            handle: 0,
            qdisc: None,
        })
    }

    fn call<T>(
        &self,
        what: &str,
        call: impl FnOnce(netlink::TcHook<'_>) -> raw::Result<T>,
    ) -> Result<T> {
        super::attachment::call(|| format!("{what} {self}"), || call(self.to_raw()?))
    }
}

/// A queueing discipline of a network device, by its name: one in a struct_ops map (`Qdisc_ops`), or of the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueingDiscipline {
    device: u32,
    parent: u32,
    handle: u32,
    name: String,
}

impl QueueingDiscipline {
    /// The root's; `handle` is its number, in the upper 16 bits.
    pub fn root(device_index: u32, name: &str, handle: u32) -> QueueingDiscipline {
        // TC_H_ROOT
        QueueingDiscipline::below(u32::MAX, device_index, name, handle)
    }

    /// That of the class with the handle `parent`.
    pub fn below(parent: u32, device_index: u32, name: &str, handle: u32) -> QueueingDiscipline {
        QueueingDiscipline {
            device: device_index,
            parent,
            handle,
            name: name.to_owned(),
        }
    }

    /// Gives it to the device.
    ///
    /// # Errors
    ///
    /// The kernel has none of this name, the device has another, or there is no such device.
    #[doc(alias = "bpf_tc_hook_create")]
    #[doc(alias = "BPF_TC_QDISC")]
    pub fn create(&self) -> Result<()> {
        self.call("create", |hook| hook.create())
    }

    /// Takes it from the device, which then has the kernel's default.
    ///
    /// # Errors
    ///
    /// The device does not have it.
    #[doc(alias = "bpf_tc_hook_destroy")]
    pub fn destroy(&self) -> Result<()> {
        self.call("destroy", |hook| hook.destroy())
    }

    fn call(
        &self,
        what: &str,
        call: impl FnOnce(netlink::TcHook<'_>) -> raw::Result<()>,
    ) -> Result<()> {
        let operation = || {
            format!(
                "{what} the queueing discipline `{}` of the network device {}",
                self.name, self.device
            )
        };
        let name = CString::new(self.name.as_str()).map_err(|_| {
            let reason = "the name has a NUL inside".into();
            Error::new(operation(), ErrorKind::InvalidInput { reason })
        })?;
        super::attachment::call(operation, || {
            call(netlink::TcHook {
                device: device(self.device)?,
                point: ffi::BPF_TC_QDISC,
                parent: self.parent,
                handle: self.handle,
                qdisc: Some(&name),
            })
        })
    }
}

fn device(index: u32) -> raw::Result<i32> {
    i32::try_from(index).map_err(|_| raw::Errno(libc::ENODEV))
}

fn asked(handle: u32, priority: u16) -> netlink::TcFilter {
    netlink::TcFilter {
        handle,
        priority: u32::from(priority),
        ..netlink::TcFilter::default()
    }
}

impl TcFilter {
    fn from_raw(filter: netlink::TcFilter) -> TcFilter {
        TcFilter {
            handle: filter.handle,
            // The kernel has 16 bits.
            priority: filter.priority as u16,
            program_id: filter.program_id,
        }
    }
}

impl fmt::Display for TcHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.point {
            TcPoint::Ingress => f.write_str("ingress")?,
            TcPoint::Egress => f.write_str("egress")?,
            TcPoint::Parent(parent) => {
                write!(f, "parent {:x}:{:x}", parent >> 16, parent & 0xffff)?
            }
        }
        write!(f, " of the network device {}", self.device)
    }
}
