//! As a program in C would, by libbpf's functions.

use crate::sampling::once;
use libbpf_sys as ffi;
use std::ffi::CStr;

/// `flags` of the object's `struct tcp_congestion_ops`, behind three callbacks.
const FLAGS: usize = 24;

/// Opens, sets, loads and attaches; closing again is not measured.
pub fn open_load_attach(object: &[u8], struct_ops: bool) -> f64 {
    // SAFETY: each function gets what the one before returned, checked against NULL; the links go before the object.
    unsafe {
        let print = ffi::libbpf_set_print(None);
        let (time, (object, links)) = once(|| open(object, struct_ops));
        for link in links {
            assert_eq!(ffi::bpf_link__destroy(link), 0);
        }
        ffi::bpf_object__close(object);
        ffi::libbpf_set_print(print);
        time
    }
}

/// Opens and loads; closing again is not measured.
pub fn open_load(object: &[u8]) -> f64 {
    // SAFETY: the object was loaded, and is closed once.
    unsafe {
        let print = ffi::libbpf_set_print(None);
        let (time, object) = once(|| {
            let options = options();
            let object =
                ffi::bpf_object__open_mem(object.as_ptr().cast(), object.len() as _, &options);
            assert!(!object.is_null());
            assert_eq!(ffi::bpf_object__load(object), 0);
            object
        });
        ffi::bpf_object__close(object);
        ffi::libbpf_set_print(print);
        time
    }
}

fn options() -> ffi::bpf_object_open_opts {
    ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"minimal".as_ptr(),
        ..Default::default()
    }
}

unsafe fn open(object: &[u8], struct_ops: bool) -> (*mut ffi::bpf_object, Vec<*mut ffi::bpf_link>) {
    let options = options();
    let (mut links, mut size) = (Vec::with_capacity(2), 0);
    // SAFETY: as above.
    unsafe {
        let object = ffi::bpf_object__open_mem(object.as_ptr().cast(), object.len() as _, &options);
        assert!(!object.is_null());
        let map = |name: &CStr| ffi::bpf_object__find_map_by_name(object, name.as_ptr());
        let rodata = map(c"minimal.rodata");
        if !rodata.is_null() {
            let step = ffi::bpf_map__initial_value(rodata, &mut size);
            step.cast::<u32>().write(2);
        }
        if struct_ops {
            let value = ffi::bpf_map__initial_value(map(c"reno"), &mut size);
            value.cast::<u8>().add(FLAGS).cast::<u32>().write(1);
        }
        assert_eq!(ffi::bpf_object__load(object), 0);
        let program = ffi::bpf_object__find_program_by_name(object, c"on_sys_enter".as_ptr());
        links.push(ffi::bpf_program__attach(program));
        if struct_ops {
            links.push(ffi::bpf_map__attach_struct_ops(map(c"reno")));
        }
        assert!(links.iter().all(|link| !link.is_null()));
        (object, links)
    }
}
