use libbpf_sys as ffi;
use std::ffi::CStr;

#[repr(C, align(8))]
struct Aligned<T: ?Sized>(T);

static OBJECT: &Aligned<[u8]> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/minimal.bpf.o")));

fn main() {
    let options = ffi::bpf_object_open_opts {
        sz: size_of::<ffi::bpf_object_open_opts>() as _,
        object_name: c"minimal".as_ptr(),
        ..Default::default()
    };
    let bytes = &OBJECT.0;
    // SAFETY: the object stays open; names end in NUL; the key and the value have the map's sizes.
    unsafe {
        let object = ffi::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as _, &options);
        assert!(!object.is_null());
        let map = |name: &CStr| ffi::bpf_object__find_map_by_name(object, name.as_ptr());
        let mut size = 0;
        ffi::bpf_map__initial_value(map(c".rodata"), &mut size)
            .cast::<u32>()
            .write(2);
        assert_eq!(ffi::bpf_object__load(object), 0);
        let program = ffi::bpf_object__find_program_by_name(object, c"on_sys_enter".as_ptr());
        assert!(!ffi::bpf_program__attach(program).is_null());
        assert!(!ffi::bpf_map__attach_struct_ops(map(c"reno")).is_null());
        let (key, mut calls) = (std::process::id(), 0u64);
        ffi::bpf_map_lookup_elem(
            ffi::bpf_map__fd(map(c"calls")),
            (&raw const key).cast(),
            (&raw mut calls).cast(),
        );
        println!("{calls}");
    }
}
