//! Iterators, with all that they can be told.

use crate::{hits, load};
use libbpf_safe::Object;
use libbpf_safe::btf::{Btf, Kind};
use libbpf_safe::link::{IteratorInfo, Link, LinkDetails};
use libbpf_safe::map::{HashMap, SockMap, SocketStorage, UpdateFlag};
use libbpf_safe::program::attach::{CgroupOf, CgroupOrder, IteratorTarget, TaskOf};
use libbpf_tests::cgroup::Cgroup;
use libbpf_tests::skeletons::ITERATORS;
use std::io::Read;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixDatagram;

/// How many elements an iterator wrote; its program has counted them, too.
fn read(object: &Object, name: &str, link: &Link) -> usize {
    let before = hits(object, name);
    let mut text = String::new();
    let mut output = link.open_iterator().unwrap();
    output.read_to_string(&mut text).unwrap();
    assert!(text.chars().all(|dot| dot == '.'), "{text}");
    let ran = hits(object, name) - before;
    // The kernel asks once more for what did not fit.
    assert!(
        ran as usize >= text.len(),
        "{name}: {ran} runs, {}",
        text.len()
    );
    text.len()
}

fn told(link: &Link) -> (String, IteratorInfo) {
    match link.info().unwrap().details {
        LinkDetails::Iterator { target, through } => (target, through),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn every_iterator_lists_what_there_is() {
    let kernel = Btf::from_kernel().unwrap();
    let is_there = |name: &&str| {
        kernel
            .find(&format!("bpf_iter_{name}"), Kind::Function)
            .is_some()
    };
    // With how many elements there are at least; where there may be none, it need only end.
    let all = [
        ("bpf_map", 1),
        ("bpf_prog", 1),
        ("bpf_link", 1),
        ("task", 1),
        ("task_file", 3),
        ("task_vma", 3),
        ("cgroup", 1),
        ("tcp", 1),
        ("udp", 1),
        ("unix", 1),
        ("netlink", 1),
        ("ipv6_route", 1),
        ("ksym", 1),
        ("kmem_cache", 1),
        ("dmabuf", 0),
    ];
    let there: Vec<_> = all.iter().filter(|(name, _)| is_there(name)).collect();
    assert!(there.len() >= 10, "{there:?}");
    let names: Vec<&str> = there.iter().map(|(name, _)| *name).collect();
    let object = load(ITERATORS, &names);
    // Something for each to find.
    let _tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let _udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let _unix = UnixDatagram::unbound().unwrap();
    let _route = nix::sys::socket::socket(
        nix::sys::socket::AddressFamily::Netlink,
        nix::sys::socket::SockType::Raw,
        nix::sys::socket::SockFlag::SOCK_CLOEXEC,
        nix::sys::socket::SockProtocol::NetlinkRoute,
    )
    .unwrap();
    for (name, least) in there {
        let program = object.program(name).unwrap();
        let target = match *name {
            "cgroup" => IteratorTarget::Cgroups(CgroupOf::Root, CgroupOrder::SelfOnly),
            // Of all there are it takes long.
            "task_file" | "task_vma" => IteratorTarget::Tasks(TaskOf::Process(std::process::id())),
            _ => IteratorTarget::All,
        };
        let link = program.attach_iterator(target).unwrap();
        let found = read(&object, name, &link);
        assert!(found >= *least, "{name} listed {found}");
        assert_eq!(told(&link).0, *name);
    }
}

pub(crate) fn iterators_go_through_the_maps_that_they_are_told() {
    let names = ["bpf_map_elem", "bpf_sk_storage_map", "sockmap"];
    let object = load(ITERATORS, &names);
    let numbers: HashMap<u32, u64> = object.map("numbers").unwrap().try_into().unwrap();
    for key in 0..3 {
        numbers.update(&key, &1, UpdateFlag::Any).unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let sockets: SockMap<u64> = object.map("sockets").unwrap().try_into().unwrap();
    sockets.update(0, &stream, UpdateFlag::Any).unwrap();
    let storage: SocketStorage<u64> = object.map("storage").unwrap().try_into().unwrap();
    storage.update(&stream, &5, UpdateFlag::Any).unwrap();
    storage.update(&listener, &6, UpdateFlag::Any).unwrap();
    let maps = [("numbers", 3), ("storage", 2), ("sockets", 1)];
    for (name, (map, count)) in names.into_iter().zip(maps) {
        let map = object.map(map).unwrap();
        let program = object.program(name).unwrap();
        let link = program.attach_iterator(IteratorTarget::Map(&map)).unwrap();
        assert_eq!(read(&object, name, &link), count, "{name}");
        let through = IteratorInfo::Map(map.info().id);
        assert_eq!(told(&link), (name.to_owned(), through));
        let error = program.attach_iterator(IteratorTarget::All).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    drop(listener);
}

pub(crate) fn iterators_go_through_the_tasks_that_they_are_told() {
    let object = load(ITERATORS, &["task", "task_vma"]);
    let program = object.program("task").unwrap();
    let own = std::process::id();
    let thread = u32::try_from(rustix::thread::gettid().as_raw_nonzero().get()).unwrap();
    let pid = rustix::process::getpid();
    let pidfd: OwnedFd =
        rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).unwrap();
    let another = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            another.wait();
            another.wait();
        });
        another.wait();
        let one = TaskOf::Thread(thread);
        let by_id = TaskOf::Process(own);
        let by_fd = TaskOf::PidFd(pidfd.as_fd());
        let process = IteratorInfo::Tasks {
            thread: 0,
            process: own,
        };
        for (of, least, through) in [
            (one, 1, IteratorInfo::Tasks { thread, process: 0 }),
            (by_id, 1, process),
            (by_fd, 1, process),
        ] {
            let link = program.attach_iterator(IteratorTarget::Tasks(of)).unwrap();
            let found = read(&object, "task", &link);
            assert!(found >= least, "{of:?}: {found}");
            assert_eq!(told(&link), ("task".to_owned(), through), "{of:?}");
            if let TaskOf::Thread(_) = of {
                assert_eq!(found, 1);
            }
        }
        let link = program.attach_iterator(IteratorTarget::All).unwrap();
        assert!(read(&object, "task", &link) > 2);
        assert_eq!(told(&link).1, IteratorInfo::All);
        another.wait();
    });
    let nobody = IteratorTarget::Tasks(TaskOf::Process(u32::MAX));
    let listed = program
        .attach_iterator(nobody)
        .map(|link| read(&object, "task", &link));
    assert!(listed.is_err() || listed.is_ok_and(|count| count == 0));
}

pub(crate) fn iterators_go_through_the_cgroups_that_they_are_told() {
    let object = load(ITERATORS, &["cgroup"]);
    let outer = Cgroup::new("iterated");
    let inner = outer.below("inner");
    let innermost = inner.below("innermost");
    let program = object.program("cgroup").unwrap();
    let count = |cgroup: &Cgroup, order| {
        let folder = cgroup.folder();
        let through = IteratorInfo::Cgroups {
            cgroup_id: cgroup.id(),
            order,
        };
        let counts = [CgroupOf::Folder(folder.as_fd()), CgroupOf::Id(cgroup.id())].map(|of| {
            let target = IteratorTarget::Cgroups(of, order);
            let link = program.attach_iterator(target).unwrap();
            assert_eq!(told(&link), ("cgroup".to_owned(), through));
            read(&object, "cgroup", &link)
        });
        assert_eq!(counts[0], counts[1], "by folder and by id");
        counts[0]
    };
    assert_eq!(count(&outer, CgroupOrder::SelfOnly), 1);
    assert_eq!(count(&outer, CgroupOrder::DescendantsFirst), 3);
    assert_eq!(count(&outer, CgroupOrder::DescendantsLast), 3);
    assert_eq!(count(&innermost, CgroupOrder::Ancestors), 4);
    assert_eq!(count(&innermost, CgroupOrder::DescendantsFirst), 1);
    let target = IteratorTarget::Cgroups(CgroupOf::Root, CgroupOrder::Other(77));
    assert!(program.attach_iterator(target).is_err());
    drop((innermost, inner));
}

pub(crate) fn iterators_go_through_children() {
    let object = load(ITERATORS, &["cgroup"]);
    let outer = Cgroup::new("children");
    let (first, second) = (outer.below("first"), outer.below("second"));
    let below = first.below("below");
    let folder = outer.folder();
    let target = IteratorTarget::Cgroups(CgroupOf::Folder(folder.as_fd()), CgroupOrder::Children);
    let program = object.program("cgroup").unwrap();
    let link = program.attach_iterator(target).unwrap();
    assert_eq!(read(&object, "cgroup", &link), 2);
    drop((below, first, second));
}
