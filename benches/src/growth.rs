//! What one of many costs, as they become more.

use crate::maps::{for_libbpf_rs, maps as object};
use crate::report::Report;
use crate::rings::{self, order};
use crate::sampling::{Peer, contender, each, in_turns, once};
use crate::{Outcome, machine};
use libbpf_rs::ObjectBuilder;
use libbpf_safe::OpenOptions;
use libbpf_safe::map::{Map, RingBuf};
use libbpf_safe::ring_buffer::{Record, RingBuffer};
use libbpf_safe::skeleton::OpenSkeleton;
use libbpf_sys as ffi;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::ptr;
use std::time::Duration;

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_one_cpu();
    loads(report)?;
    links(report)?;
    polls(report)
}

/// What is looked for by name.
#[derive(Clone, Copy, PartialEq)]
enum Parts {
    Programs,
    Maps,
    /// With what a handle has: a descriptor of its own, and what the kernel says of the map.
    MapHandles,
}

/// A second descriptor of a map, and what the kernel says of it.
fn handle_by_c(map: *const ffi::bpf_map) -> OwnedFd {
    let mut info = ffi::bpf_map_info::default();
    let mut size = size_of_val(&info) as u32;
    // SAFETY: the map's object is loaded; writes at most as many bytes to info; nobody else has the new descriptor.
    unsafe {
        let fd = libc::fcntl(ffi::bpf_map__fd(map), libc::F_DUPFD_CLOEXEC, 3);
        assert!(fd >= 0);
        assert_eq!(ffi::bpf_map_get_info_by_fd(fd, &mut info, &mut size), 0);
        std::hint::black_box(&info);
        OwnedFd::from_raw_fd(fd)
    }
}

/// Opens, loads and finds all by name.
fn load_by_c(bytes: &[u8], names: &[String], parts: Parts) -> f64 {
    let options = ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"growing".as_ptr(),
        ..Default::default()
    };
    // SAFETY: the object is open until it is closed at the end; names end in NUL.
    unsafe {
        let print = ffi::libbpf_set_print(None);
        let (time, (object, _handles)) = once(|| {
            let mut handles = Vec::new();
            let object =
                ffi::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as _, &options);
            assert_eq!(ffi::bpf_object__load(object), 0);
            for name in names {
                let name = name.as_ptr().cast();
                if parts == Parts::Programs {
                    assert!(!ffi::bpf_object__find_program_by_name(object, name).is_null());
                    continue;
                }
                let map = ffi::bpf_object__find_map_by_name(object, name);
                assert!(!map.is_null());
                if parts == Parts::MapHandles {
                    handles.push(handle_by_c(map));
                }
            }
            (object, handles)
        });
        ffi::bpf_object__close(object);
        ffi::libbpf_set_print(print);
        time
    }
}

/// As a generated skeleton does: claims each, loads, and makes a handle of each.
fn load_by_safe(bytes: &[u8], names: &[String], is_map: bool) -> f64 {
    let (time, loaded) = once(|| -> libbpf_safe::Result<_> {
        let open = OpenSkeleton::open_bytes("growing", bytes, &OpenOptions::new(), &[], &[])?;
        let (mut maps, mut programs) = (Vec::new(), Vec::new());
        for name in names {
            match is_map {
                true => maps.push(open.map(name)?),
                false => programs.push(open.program(name)?),
            }
        }
        drop((maps, programs));
        let object = open.load()?;
        let (mut maps, mut programs) = (Vec::new(), Vec::new());
        for name in names {
            match is_map {
                true => maps.push(libbpf_safe::map::Array::<u64>::try_from(object.map(name)?)?),
                false => programs.push(object.program(name)?),
            }
        }
        Ok((object, maps, programs))
    });
    loaded.unwrap();
    time
}

fn loads(report: &mut Report) -> Outcome {
    report.group("Open and load, for one of so many");
    for what in ["map", "program"] {
        for (count, rounds) in [(10, 51), (100, 21), (1000, 7)] {
            let file = format!("{}/growing/{what}s_{count}.bpf.o", env!("OUT_DIR"));
            let bytes = std::fs::read(file)?;
            let is_map = what == "map";
            let names: Vec<_> = (0..count).map(|index| format!("{what}_{index}")).collect();
            let c_names: Vec<_> = names.iter().map(|name| format!("{name}\0")).collect();
            let for_one = |time: f64| time / count as f64;
            let parts = if is_map { Parts::Maps } else { Parts::Programs };
            let taken = in_turns(
                rounds,
                vec![
                    contender(Peer::C, || for_one(load_by_c(&bytes, &c_names, parts))),
                    contender(Peer::Safe, || for_one(load_by_safe(&bytes, &names, is_map))),
                    contender(Peer::LibbpfRs, || {
                        let (time, _object) = once(|| {
                            let mut builder = ObjectBuilder::default();
                            let open = builder.name("growing").unwrap().open_memory(&bytes);
                            open.unwrap().load().unwrap()
                        });
                        for_one(time)
                    }),
                ],
            );
            report.row(format!("{count} {what}s"), None, taken);
            if is_map {
                let taken = in_turns(
                    rounds,
                    vec![
                        contender(Peer::C, || {
                            for_one(load_by_c(&bytes, &c_names, Parts::MapHandles))
                        }),
                        contender(Peer::Safe, || for_one(load_by_safe(&bytes, &names, is_map))),
                    ],
                );
                report.row("  C: with a descriptor and information, too", None, taken);
            }
        }
    }
    Ok(())
}

fn links(report: &mut Report) -> Outcome {
    report.group("Links, attaching one of so many that are held");
    let skeleton = object::OpenSkeleton::open()?.load()?;
    // The same object in C.
    let options = ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"maps".as_ptr(),
        ..Default::default()
    };
    let bytes = &object::OBJECT.0;
    // SAFETY: the object is open from here on, to the end of the process.
    let program = unsafe {
        let object = ffi::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as _, &options);
        assert_eq!(ffi::bpf_object__load(object), 0);
        ffi::bpf_object__find_program_by_name(object, c"on_task".as_ptr())
    };
    for (count, rounds) in [(10, 51), (100, 21), (1000, 11), (10_000, 5)] {
        let taken = in_turns(
            rounds,
            vec![
                contender(Peer::C, || {
                    let mut links = Vec::with_capacity(count);
                    // SAFETY: the program is loaded; each link is destroyed once.
                    unsafe {
                        let time = each(count, |_| links.push(ffi::bpf_program__attach(program)));
                        for link in links {
                            assert_eq!(ffi::bpf_link__destroy(link), 0);
                        }
                        time
                    }
                }),
                contender(Peer::Safe, || {
                    let mut links = Vec::with_capacity(count);
                    let program = &skeleton.programs.on_task;
                    each(count, |_| links.push(program.attach().unwrap()))
                }),
            ],
        );
        report.row(format!("{count} links"), None, taken);
    }
    Ok(())
}

/// Rings of a page in the places of an object's outer map.
fn rings_of(
    skeleton: &object::Skeleton,
    count: usize,
) -> Result<Vec<RingBuf>, Box<dyn std::error::Error>> {
    let mut rings = Vec::new();
    for index in 0..count as u32 {
        // SAFETY: bpf_map_create takes numbers and a name.
        let fd = unsafe {
            ffi::bpf_map_create(
                ffi::BPF_MAP_TYPE_RINGBUF,
                c"one".as_ptr(),
                0,
                0,
                4096,
                ptr::null(),
            )
        };
        assert!(fd >= 0);
        // SAFETY: a descriptor that nobody else has.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let (key, value) = (index, fd.as_raw_fd());
        // SAFETY: keys and values of a map of maps have 4 bytes.
        let result = unsafe {
            ffi::bpf_map_update_elem(
                skeleton.maps.rings.as_fd().as_raw_fd(),
                (&raw const key).cast(),
                (&raw const value).cast(),
                0,
            )
        };
        assert_eq!(result, 0);
        let mut info = ffi::bpf_map_info::default();
        let mut size = size_of_val(&info) as u32;
        // SAFETY: writes at most as many bytes to info.
        assert_eq!(
            unsafe { ffi::bpf_map_get_info_by_fd(fd.as_raw_fd(), &mut info, &mut size) },
            0
        );
        rings.push(RingBuf::try_from(Map::from_id(info.id)?)?);
    }
    Ok(rings)
}

fn polls(report: &mut Report) -> Outcome {
    report.group("Ring buffers polled, one of so many that have a record");
    let load = || -> libbpf_safe::Result<object::Skeleton> { object::OpenSkeleton::open()?.load() };
    for count in [1, 4, 16, 64] {
        let (by_c, by_safe, by_rs) = (load()?, load()?, load()?);
        let c_maps = rings_of(&by_c, count)?;
        let fds: Vec<_> = c_maps.iter().map(|map| map.as_fd().as_raw_fd()).collect();
        let c_rings = rings::c::RingBuffer::new(&fds);
        let mut safe_rings = RingBuffer::<fn(Record<'_>)>::new()?;
        for map in rings_of(&by_safe, count)? {
            safe_rings.add(&map, |record| {
                std::hint::black_box(record.len());
            })?;
        }
        let handles: Vec<_> = rings_of(&by_rs, count)?
            .iter()
            .map(|map| for_libbpf_rs(map.as_map()))
            .collect();
        let mut builder = libbpf_rs::RingBufferBuilder::new();
        for handle in &handles {
            builder.add(handle, |record| {
                std::hint::black_box(record.len());
                0
            })?;
        }
        let rs_rings = builder.build()?;
        let for_one = |skeleton: &object::Skeleton, poll: &mut dyn FnMut()| {
            order(&skeleton.programs.fill_each, count);
            once(poll).0 / count as f64
        };
        let taken = in_turns(
            201,
            vec![
                contender(Peer::C, || {
                    for_one(&by_c, &mut || assert_eq!(c_rings.poll(), count as i32))
                }),
                contender(Peer::Safe, || {
                    for_one(&by_safe, &mut || {
                        assert_eq!(safe_rings.poll(Some(Duration::ZERO)).unwrap(), count);
                    })
                }),
                contender(Peer::LibbpfRs, || {
                    for_one(&by_rs, &mut || {
                        assert_eq!(rs_rings.poll_raw(Duration::ZERO), count as i32)
                    })
                }),
            ],
        );
        report.row(format!("{count} rings"), None, taken);
    }
    Ok(())
}
