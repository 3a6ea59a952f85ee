//! Hooks of cgroups.

use crate::{hits_of, load};
use libbpf_safe::link::{Link, LinkDetails};
use libbpf_safe::program::KernelProgram;
use libbpf_safe::program::attach::{
    Anchor, AttachType, CgroupOptions, Hook, HookOptions, MultiOptions, Place, Position, Sharing,
};
use libbpf_safe::{ErrorKind, Object, Program};
use libbpf_tests::cgroup::Cgroup;
use libbpf_tests::skeletons::CGROUP_HOOKS;
use nix::sys::socket::{getsockopt, setsockopt, sockopt};
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

/// A program's name, its hook, and what makes it run.
type Case = (&'static str, AttachType, fn());

/// Each is attached by a link that tells so, runs, and is asked for; then it is gone.
fn try_all(cases: &[Case]) {
    let names: Vec<&str> = cases.iter().map(|case| case.0).collect();
    let object = load(CGROUP_HOOKS, &names);
    let mut cgroup = Cgroup::new("hooks");
    cgroup.enter();
    let folder = cgroup.folder();
    for &(name, attach_type, event) in cases {
        let program = object.program(name).unwrap();
        let hook = Hook::new(Place::Cgroup(folder.as_fd()), attach_type);
        let link = program
            .attach_cgroup(&folder, &CgroupOptions::default())
            .unwrap();
        let expected = LinkDetails::Cgroup {
            cgroup_id: cgroup.id(),
            attach_type,
        };
        assert_eq!(link.info().unwrap().details, expected, "{name}");
        assert_eq!(ids(&hook), [program.info().unwrap().id], "{name}");
        assert!(hits_of(&object, name, event) > 0, "{name} did not run");
        link.detach().unwrap();
        assert_eq!(hits_of(&object, name, event), 0, "{name} ran after detach");
        assert_eq!(ids(&hook), [0; 0], "{name}");
    }
}

fn ids(hook: &Hook<'_>) -> Vec<u32> {
    let attached = hook.attached().unwrap().programs;
    attached.iter().map(|program| program.program_id).collect()
}

pub(crate) fn every_hook_of_a_cgroup_runs_its_program() {
    try_all(&[
        ("ingress", AttachType::CGROUP_INET_INGRESS, udp4),
        ("egress", AttachType::CGROUP_INET_EGRESS, udp4),
        ("sock_create", AttachType::CGROUP_INET_SOCK_CREATE, udp4),
        ("sock_release", AttachType::CGROUP_INET_SOCK_RELEASE, udp4),
        ("bind4", AttachType::CGROUP_INET4_BIND, udp4),
        ("bind6", AttachType::CGROUP_INET6_BIND, udp6),
        ("post_bind4", AttachType::CGROUP_INET4_POST_BIND, udp4),
        ("post_bind6", AttachType::CGROUP_INET6_POST_BIND, udp6),
        ("connect4", AttachType::CGROUP_INET4_CONNECT, udp4),
        ("connect6", AttachType::CGROUP_INET6_CONNECT, udp6),
        ("sendmsg4", AttachType::CGROUP_UDP4_SENDMSG, udp4),
        ("sendmsg6", AttachType::CGROUP_UDP6_SENDMSG, udp6),
        ("recvmsg4", AttachType::CGROUP_UDP4_RECVMSG, udp4),
        ("recvmsg6", AttachType::CGROUP_UDP6_RECVMSG, udp6),
        ("getpeername4", AttachType::CGROUP_INET4_GETPEERNAME, udp4),
        ("getpeername6", AttachType::CGROUP_INET6_GETPEERNAME, udp6),
        ("getsockname4", AttachType::CGROUP_INET4_GETSOCKNAME, udp4),
        ("getsockname6", AttachType::CGROUP_INET6_GETSOCKNAME, udp6),
        ("sysctl", AttachType::CGROUP_SYSCTL, sysctl),
        ("getsockopt", AttachType::CGROUP_GETSOCKOPT, options),
        ("setsockopt", AttachType::CGROUP_SETSOCKOPT, options),
        ("device", AttachType::CGROUP_DEVICE, device),
        ("sock_ops", AttachType::CGROUP_SOCK_OPS, tcp),
    ]);
}

pub(crate) fn hooks_of_unix_sockets_run_their_programs() {
    try_all(&[
        ("connect_unix", AttachType::CGROUP_UNIX_CONNECT, unix_stream),
        (
            "getpeername_unix",
            AttachType::CGROUP_UNIX_GETPEERNAME,
            unix_stream,
        ),
        (
            "getsockname_unix",
            AttachType::CGROUP_UNIX_GETSOCKNAME,
            unix_stream,
        ),
        (
            "sendmsg_unix",
            AttachType::CGROUP_UNIX_SENDMSG,
            unix_datagram,
        ),
        (
            "recvmsg_unix",
            AttachType::CGROUP_UNIX_RECVMSG,
            unix_datagram,
        ),
    ]);
}

fn udp4() {
    udp("127.0.0.1:0");
}

fn udp6() {
    udp("[::1]:0");
}

/// Two sockets, of which one is sent to, and the other then connects.
fn udp(address: &str) {
    let receiver = UdpSocket::bind(address).unwrap();
    let sender = UdpSocket::bind(address).unwrap();
    let at = receiver.local_addr().unwrap();
    sender.send_to(b"packet", at).unwrap();
    receiver.recv_from(&mut [0; 16]).unwrap();
    sender.connect(at).unwrap();
    assert_eq!(sender.peer_addr().unwrap(), at);
}

fn tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    drop(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
}

fn sysctl() {
    fs::read_to_string("/proc/sys/kernel/ostype").unwrap();
}

fn options() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    setsockopt(&socket, sockopt::RcvBuf, &8192).unwrap();
    assert!(getsockopt(&socket, sockopt::RcvBuf).unwrap() > 0);
}

fn device() {
    File::open("/dev/null").unwrap();
}

fn unix_stream() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let stream = UnixStream::connect(&path).unwrap();
    assert_eq!(
        stream.peer_addr().unwrap().as_pathname(),
        Some(path.as_path())
    );
    assert_eq!(
        listener.local_addr().unwrap().as_pathname(),
        Some(path.as_path())
    );
}

fn unix_datagram() {
    let folder = tempfile::tempdir().unwrap();
    let (to, from) = (folder.path().join("to"), folder.path().join("from"));
    let receiver = UnixDatagram::bind(&to).unwrap();
    let sender = UnixDatagram::bind(&from).unwrap();
    sender.send_to(b"packet", &to).unwrap();
    receiver.recv_from(&mut [0; 16]).unwrap();
}

/// The digits that the programs left when a socket was made.
fn order(object: &Object) -> u64 {
    let order = object.variable::<u64>("order").unwrap();
    order.set(0);
    drop(UdpSocket::bind("127.0.0.1:0").unwrap());
    order.get()
}

fn attach_at(
    program: &Program,
    cgroup: &Cgroup,
    position: Position<'_>,
    preorder: bool,
) -> libbpf_safe::Result<Link> {
    let options = CgroupOptions {
        order: MultiOptions {
            position,
            ..MultiOptions::default()
        },
        preorder,
    };
    program.attach_cgroup(cgroup.folder(), &options)
}

pub(crate) fn cgroups_run_programs_in_the_order_that_they_are_told() {
    let object = load(CGROUP_HOOKS, &["one", "two", "three"]);
    let program = |name: &str| object.program(name).unwrap();
    let mut outer = Cgroup::new("order");
    let mut inner = outer.below("inner");
    inner.enter();
    let attach = |name: &str, cgroup: &Cgroup, position: Position<'_>, preorder: bool| {
        attach_at(&program(name), cgroup, position, preorder)
    };
    let three = attach("three", &inner, Position::Default, false).unwrap();
    let one = attach("one", &inner, Position::First, false).unwrap();
    let two = attach("two", &inner, Position::Before(Anchor::Link(&three)), false).unwrap();
    assert_eq!(order(&object), 123);

    let folder = inner.folder();
    let hook = Hook::new(
        Place::Cgroup(folder.as_fd()),
        AttachType::CGROUP_INET_SOCK_CREATE,
    );
    let attached = hook.attached().unwrap();
    let expected: Vec<u32> = ["one", "two", "three"]
        .map(|name| id(&program(name)))
        .into();
    assert_eq!(ids(&hook), expected);
    let revision = attached.revision.unwrap();
    two.detach().unwrap();
    assert!(hook.attached().unwrap().revision.unwrap() > revision);
    let stale = CgroupOptions {
        order: MultiOptions {
            expected_revision: revision,
            ..MultiOptions::default()
        },
        ..CgroupOptions::default()
    };
    let error = program("two").attach_cgroup(&folder, &stale).unwrap_err();
    assert!(error.to_string().contains("`two`"), "{error}");
    let two = attach(
        "two",
        &inner,
        Position::After(Anchor::LinkId(three.info().unwrap().id)),
        false,
    )
    .unwrap();
    assert_eq!(order(&object), 132);
    drop((one, three));

    // What comes below runs first, unless what is above is told to.
    let above = attach("one", &outer, Position::Default, false).unwrap();
    assert_eq!(order(&object), 21);
    let effective = hook.effective().unwrap().programs;
    let effective: Vec<u32> = effective.iter().map(|found| found.program_id).collect();
    assert_eq!(effective, [id(&program("two")), id(&program("one"))]);
    drop(above);
    let above = attach("one", &outer, Position::Default, true).unwrap();
    assert_eq!(order(&object), 12);
    drop((above, two));
    drop(inner);
    outer.enter();
}

fn id(program: &Program) -> u32 {
    program.info().unwrap().id
}

pub(crate) fn cgroups_share_their_hooks_as_they_are_told() {
    let object = load(CGROUP_HOOKS, &["one", "two", "three"]);
    let kernel = |name: &str| -> KernelProgram {
        object.program(name).unwrap().to_kernel_program().unwrap()
    };
    let (one, two, three) = (kernel("one"), kernel("two"), kernel("three"));
    let mut cgroup = Cgroup::new("sharing");
    cgroup.enter();
    let folder = cgroup.folder();
    let attach_type = AttachType::CGROUP_INET_SOCK_CREATE;
    let hook = Hook::new(Place::Cgroup(folder.as_fd()), attach_type);
    let sharing = |sharing| HookOptions {
        sharing,
        ..HookOptions::default()
    };

    // Alone: who comes later takes the place.
    let alone = hook.attach(&one, &sharing(Sharing::Alone)).unwrap();
    assert_eq!(order(&object), 1);
    let error = hook.attach(&two, &sharing(Sharing::Multiple)).unwrap_err();
    assert!(error.to_string().contains("`two`"), "{error}");
    assert!(
        error.to_string().contains("cgroup_inet_sock_create"),
        "{error}"
    );
    alone.detach().unwrap();
    assert_eq!(order(&object), 0);

    let overridable = hook.attach(&one, &sharing(Sharing::Overridable)).unwrap();
    assert_eq!(hook.attached().unwrap().flags, 1, "BPF_F_ALLOW_OVERRIDE");
    overridable.detach().unwrap();

    let multiple = sharing(Sharing::Multiple);
    let first = hook.attach(&one, &multiple).unwrap();
    let second = hook.attach(&two, &multiple).unwrap();
    assert_eq!(order(&object), 12);
    let attached = hook.attached().unwrap();
    assert_eq!(attached.flags, 2, "BPF_F_ALLOW_MULTI");
    assert_eq!(attached.programs.len(), 2);
    let replace = HookOptions {
        replace: Some(&one),
        ..multiple
    };
    let third = hook.attach(&three, &replace).unwrap();
    assert_eq!(order(&object), 32);
    assert!(first.detach().is_err(), "it was replaced");
    drop(second);
    assert_eq!(order(&object), 3);
    third.keep();
    assert_eq!(order(&object), 3, "it was kept");
    hook.detach(&three).unwrap();
    assert_eq!(order(&object), 0);
    assert!(hook.detach(&three).is_err(), "it is not there");

    // Who asks the wrong thing gets an error that names it.
    let file = File::open("/dev/null").unwrap();
    let wrong = Hook::new(Place::Cgroup(file.as_fd()), attach_type);
    let error = wrong.attached().unwrap_err();
    assert!(error.to_string().contains("a cgroup"), "{error}");
}

/// The kernel detaches the one program of such a hook, whichever it is told.
pub(crate) fn what_came_in_the_place_of_a_program_stays() {
    let object = load(CGROUP_HOOKS, &["one", "two", "three"]);
    let kernel = |name: &str| -> KernelProgram {
        object.program(name).unwrap().to_kernel_program().unwrap()
    };
    let (one, two, three) = (kernel("one"), kernel("two"), kernel("three"));
    let mut cgroup = Cgroup::new("replaced");
    cgroup.enter();
    let folder = cgroup.folder();
    let hook = Hook::new(
        Place::Cgroup(folder.as_fd()),
        AttachType::CGROUP_INET_SOCK_CREATE,
    );
    for sharing in [Sharing::Alone, Sharing::Overridable] {
        let options = HookOptions {
            sharing,
            ..HookOptions::default()
        };
        let first = hook.attach(&one, &options).unwrap();
        let second = hook.attach(&two, &options).unwrap();
        assert_eq!(order(&object), 2);
        drop(first);
        assert_eq!(order(&object), 2, "it is not the first one's any more");
        let first = hook.attach(&one, &options).unwrap();
        let error = second.detach().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NotFound, "{error}");
        assert!(error.to_string().contains("`two`"), "{error}");
        let error = hook.detach(&three).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(order(&object), 1);
        hook.detach(&one).unwrap();
        assert_eq!(order(&object), 0);
        assert!(first.detach().is_err(), "it is not there");
    }
}
