//! What is in the kernel, by ids.

use crate::{hits_of, load, loopback, packet, system_call};
use libbpf_safe::btf::BtfObject;
use libbpf_safe::link::{Link, LinkDetails, LinkType};
use libbpf_safe::map::Map;
use libbpf_safe::program::KernelProgram;
use libbpf_safe::program::attach::{
    AttachType, CgroupOptions, IteratorTarget, ProbeMode, Process, TaskDescriptor, TaskEvent,
    UprobeOptions,
};
use libbpf_tests::bpf_file_system::BpfFileSystem;
use libbpf_tests::cgroup::Cgroup;
use libbpf_tests::kernel::is_gone;
use libbpf_tests::skeletons::{CGROUP_HOOKS, HOOKS, ITERATORS};
use libbpf_tests::tracefs;
use std::os::fd::{AsFd, AsRawFd};

fn call() {
    system_call();
}

pub(crate) fn what_is_in_the_kernel_is_listed_by_id() {
    let object = load(HOOKS, &["raw_tracepoint"]);
    let attached = object.program("raw_tracepoint").unwrap();
    let link = attached.attach_raw_tracepoint("sys_enter", 0).unwrap();
    let program = attached.to_kernel_program().unwrap();
    let info = program.info().unwrap();
    let map = object.map("sockets").unwrap();
    let link_id = link.info().unwrap().id;
    let contains = |mut ids: Box<dyn Iterator<Item = _>>, id| ids.any(|found| found == Ok(id));
    let links = || Box::new(Link::ids().map(|id| id.map_err(|_| ()))) as Box<_>;
    let programs = || Box::new(KernelProgram::ids().map(|id| id.map_err(|_| ()))) as Box<_>;
    let maps = || Box::new(Map::ids().map(|id| id.map_err(|_| ()))) as Box<_>;
    let btfs = || Box::new(BtfObject::ids().map(|id| id.map_err(|_| ()))) as Box<_>;
    assert!(contains(links(), link_id));
    assert!(contains(programs(), info.id));
    assert!(contains(maps(), map.info().id));
    assert!(contains(btfs(), info.btf_id));

    // Each is what it is by its id, and among all.
    let found = Link::from_id(link_id).unwrap().info().unwrap();
    assert_eq!(found, link.info().unwrap());
    assert_eq!(found.link_type, LinkType::RAW_TRACEPOINT);
    assert_eq!(found.link_type.to_string(), "raw_tracepoint");
    assert_eq!(found.program_id, info.id);
    let same_link = |link: &Link| link.info().is_ok_and(|info| info.id == link_id);
    assert!(Link::all().any(|link| same_link(&link.unwrap())));
    let same = |program: &KernelProgram| program.info().is_ok_and(|other| other.id == info.id);
    let listed = KernelProgram::all().map(Result::unwrap).find(same).unwrap();
    assert_eq!(listed.name(), "raw_tracepoint");
    assert!(Map::all().any(|other| other.unwrap().info().id == map.info().id));
    let btf = BtfObject::from_id(info.btf_id).unwrap().info().unwrap();
    assert_eq!(
        (btf.id, btf.is_kernel, btf.name.as_str()),
        (info.btf_id, false, "")
    );
    let kernel = BtfObject::all().map(|btf| btf.unwrap().info().unwrap());
    let vmlinux = kernel.filter(|info| info.name == "vmlinux").last().unwrap();
    let size = std::fs::metadata("/sys/kernel/btf/vmlinux").unwrap().len();
    assert!(
        vmlinux.is_kernel && u64::from(vmlinux.size) == size,
        "{vmlinux:?}"
    );

    // The program's maps: its variables.
    let names: Vec<String> = program
        .map_ids()
        .unwrap()
        .into_iter()
        .map(|id| Map::from_id(id).unwrap().name().to_owned())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].ends_with(".bss"), "{names:?}");
    assert!(info.gpl_compatible);
    assert_eq!((info.device, info.attach_btf_type_id), (0, 0));

    drop((link, attached, program, listed, map, object));
    assert!(is_gone(|| contains(programs(), info.id)));
    assert!(is_gone(|| contains(links(), link_id)));
    let error = Link::from_id(link_id).unwrap_err();
    assert!(error.to_string().contains(&link_id.to_string()), "{error}");
    assert!(BtfObject::from_id(u32::MAX).is_err());
}

/// What goes between two calls is left out, and the rest is there.
pub(crate) fn lists_go_on_while_others_come_and_go() {
    let object = load(ITERATORS, &["bpf_map"]);
    let program = object.program("bpf_map").unwrap();
    let attach = || program.attach_iterator(IteratorTarget::All).unwrap();
    let kept: Vec<Link> = (0..4).map(|_| attach()).collect();
    let ids: Vec<u32> = kept.iter().map(|link| link.info().unwrap().id).collect();
    // The one that comes next goes.
    let first = attach();
    let second = attach();
    let first_id = first.info().unwrap().id;
    let second_id = second.info().unwrap().id;
    let mut listed = Link::ids().map(Result::unwrap);
    assert!(listed.any(|id| id == first_id));
    drop(first);
    drop(second);
    assert!(listed.all(|id| id != second_id));

    std::thread::scope(|scope| {
        let lister = scope.spawn(|| {
            for _ in 0..20 {
                let found: Vec<u32> = Link::all()
                    .map(|link| link.unwrap().info().unwrap().id)
                    .collect();
                assert!(ids.iter().all(|id| found.contains(id)), "{found:?}");
                assert!(found.is_sorted());
            }
        });
        while !lister.is_finished() {
            drop(attach());
        }
    });
}

pub(crate) fn a_link_by_its_id_is_a_link_like_another() {
    let files = BpfFileSystem::mount();
    let object = load(HOOKS, &["on_xdp", "xdp_other"]);
    let program = object.program("on_xdp").unwrap();
    let other = object.program("xdp_other").unwrap();
    let made = program.attach_xdp(loopback()).unwrap();
    let info = made.info().unwrap();
    assert_eq!(info.details, LinkDetails::Xdp { device: loopback() });
    let mut link = Link::from_id(info.id).unwrap();
    drop(made);
    assert!(
        hits_of(&object, "on_xdp", packet) > 0,
        "the link by id holds it"
    );

    link.update_program(&other).unwrap();
    assert!(hits_of(&object, "xdp_other", packet) > 0);
    assert_eq!(hits_of(&object, "on_xdp", packet), 0);
    let kernel = |program: &libbpf_safe::Program| program.to_kernel_program().unwrap();
    let error = link
        .replace_program(&kernel(&program), &kernel(&program))
        .unwrap_err();
    assert!(error.to_string().contains("`on_xdp`"), "{error}");
    assert_eq!(link.info().unwrap().program_id, other.info().unwrap().id);
    link.replace_program(&kernel(&other), &kernel(&program))
        .unwrap();
    assert_eq!(link.info().unwrap().program_id, program.info().unwrap().id);
    assert!(hits_of(&object, "on_xdp", packet) > 0);

    let path = files.join("xdp");
    assert!(link.unpin().is_err(), "it was not pinned");
    link.pin(&path).unwrap();
    assert_eq!(link.pin_path().as_deref(), Some(path.as_path()));
    assert!(link.pin(files.join("again")).is_err(), "pinned already");
    drop(link);
    assert!(hits_of(&object, "on_xdp", packet) > 0, "the pin holds it");
    let link = Link::from_id(info.id).unwrap();
    std::fs::remove_file(&path).unwrap();
    let copy = link.fd().unwrap().try_clone_to_owned().unwrap();
    let mut copy = Link::from_fd(copy).unwrap();
    link.detach().unwrap();
    assert!(hits_of(&object, "on_xdp", packet) > 0, "the copy holds it");
    copy.force_detach().unwrap();
    assert_eq!(hits_of(&object, "on_xdp", packet), 0);
    assert_eq!(copy.info().unwrap().details, LinkDetails::Xdp { device: 0 });
}

pub(crate) fn a_disconnected_link_stays_attached() {
    let object = load(CGROUP_HOOKS, &["sock_create"]);
    let mut cgroup = Cgroup::new("disconnected");
    cgroup.enter();
    let socket = || drop(std::net::UdpSocket::bind("127.0.0.1:0").unwrap());
    let program = object.program("sock_create").unwrap();
    let options = CgroupOptions::default();
    let link = program.attach_cgroup(cgroup.folder(), &options).unwrap();
    let id = link.info().unwrap().id;
    link.disconnect();
    assert!(hits_of(&object, "sock_create", socket) > 0);
    let mut link = Link::from_id(id).unwrap();
    let expected = LinkDetails::Cgroup {
        cgroup_id: cgroup.id(),
        attach_type: AttachType::CGROUP_INET_SOCK_CREATE,
    };
    assert_eq!(link.info().unwrap().details, expected);
    link.force_detach().unwrap();
    link.disconnect();
    assert_eq!(hits_of(&object, "sock_create", socket), 0);
    assert!(Link::from_id(id).is_ok(), "its descriptors are open");
}

pub(crate) fn what_is_no_link_is_not_taken_for_one() {
    let object = load(HOOKS, &["raw_tracepoint"]);
    let map = object.map("sockets").unwrap();
    let program = object.program("raw_tracepoint").unwrap();
    for fd in [map.as_fd(), program.fd().unwrap()] {
        let error = Link::from_fd(fd.try_clone_to_owned().unwrap()).unwrap_err();
        assert!(error.to_string().contains("no link"), "{error}");
    }
}

pub(crate) fn descriptors_of_processes_tell_their_programs() {
    tracefs::mount();
    let object = load(HOOKS, &["raw_tracepoint", "at_tracepoint", "on_uprobe"]);
    let own = std::process::id();
    let ask = |link: &Link| TaskDescriptor::query(own, link.fd().unwrap().as_raw_fd());
    let program = object.program("raw_tracepoint").unwrap();
    let link = program.attach_raw_tracepoint("sys_enter", 0).unwrap();
    let found = ask(&link).unwrap();
    assert_eq!(found.program_id, program.info().unwrap().id);
    assert_eq!(found.event, TaskEvent::RawTracepoint("sys_enter".into()));
    assert!(hits_of(&object, "raw_tracepoint", call) > 0);

    // Without a link in the kernel: nothing else tells.
    let program = object.program("on_uprobe").unwrap();
    let options = UprobeOptions {
        function: Some("getppid"),
        mode: ProbeMode::PerfEvent,
        ..UprobeOptions::default()
    };
    let link = program
        .attach_uprobe(Process::Own, "libc.so.6", &options)
        .unwrap();
    assert!(link.info().is_err(), "there is no link");
    let found = ask(&link).unwrap();
    assert_eq!(found.program_id, program.info().unwrap().id);
    let TaskEvent::Uprobe {
        path,
        offset,
        on_return,
    } = found.event
    else {
        panic!("{found:?}");
    };
    assert!(path.ends_with("libc.so.6") && offset > 0 && !on_return);
    assert_eq!(hits_of(&object, "on_uprobe", call), 1);

    let null = std::fs::File::open("/dev/null").unwrap();
    let error = TaskDescriptor::query(own, null.as_raw_fd()).unwrap_err();
    assert!(error.to_string().contains(&own.to_string()), "{error}");
    assert!(TaskDescriptor::query(u32::MAX, 0).is_err());
}
