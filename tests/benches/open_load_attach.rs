//! Open, load, attach and detach: a generated skeleton beside the same calls of libbpf's C functions, in turns
//! in one run, on one object. Prints medians and the ratio; decides nothing.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_ffi as ffi;
use libbpf_tests::skeletons::tcp_shadow::{OBJECT, OpenSkeleton};
use std::ptr;
use std::time::{Duration, Instant};

const ROUNDS: usize = 101;

fn main() {
    if let Some(reason) = libbpf_tests::kernel::obstacle() {
        println!("cannot measure: {reason}");
        return;
    }
    // SAFETY: libbpf_set_print takes NULL for silence.
    unsafe { ffi::libbpf_set_print(None) };
    let contenders: [(&str, fn()); 2] = [("C functions", c_functions), ("skeleton", skeleton)];
    let mut times = contenders.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, run), times) in contenders.iter().zip(&mut times) {
            let start = Instant::now();
            run();
            times.push(start.elapsed());
        }
    }
    let medians = times.map(median);
    println!("open, load, attach, detach, close; median of {ROUNDS} rounds in turns");
    for ((name, _), median) in contenders.iter().zip(&medians) {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        println!(
            "{name:<12} {:>9.3} ms  {ratio:.3}",
            median.as_secs_f64() * 1e3
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn skeleton() {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.struct_ops.shadowed.name.set("bench").unwrap();
    parts.struct_ops.shadowed.cong_avoid = Some(parts.programs.replacement.callback());
    let skeleton = open.load().unwrap();
    skeleton
        .struct_ops
        .shadowed
        .attach()
        .unwrap()
        .detach()
        .unwrap();
}

/// As a C program would, with the offsets of `name` and `cong_avoid` from the generated struct.
fn c_functions() {
    use libbpf_tests::skeletons::tcp_shadow::shadow::tcp_congestion_ops;
    use std::mem::offset_of;

    let options = ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"tcp_shadow".as_ptr(),
        ..Default::default()
    };
    // SAFETY: each function gets what the one before returned, checked against NULL; `name` and
    // `cong_avoid` are where the object has them; the link goes before the object.
    unsafe {
        let object =
            ffi::bpf_object__open_mem(OBJECT.0.as_ptr().cast(), OBJECT.0.len() as _, &options);
        assert!(!object.is_null());
        let map = ffi::bpf_object__find_map_by_name(object, c"shadowed".as_ptr());
        let value = ffi::bpf_map__initial_value(map, ptr::null_mut()).cast::<u8>();
        assert!(!value.is_null());
        let name = value.add(offset_of!(tcp_congestion_ops<'_>, name));
        ptr::copy_nonoverlapping(c"bench".as_ptr().cast(), name, 6);
        name.add(6).write_bytes(0, 10);
        let replacement = ffi::bpf_object__find_program_by_name(object, c"replacement".as_ptr());
        let callback = value.add(offset_of!(tcp_congestion_ops<'_>, cong_avoid));
        callback.cast::<*mut ffi::bpf_program>().write(replacement);
        let spare = ffi::bpf_object__find_program_by_name(object, c"spare".as_ptr());
        assert_eq!(ffi::bpf_program__set_autoload(spare, false), 0);
        assert_eq!(ffi::bpf_object__load(object), 0);
        let link = ffi::bpf_map__attach_struct_ops(map);
        assert!(!link.is_null());
        assert_eq!(ffi::bpf_link__destroy(link), 0);
        ffi::bpf_object__close(object);
    }
}
