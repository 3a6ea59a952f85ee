//! One object, used by code in C and in Rust of one program: what one side sets the other sees, and the kernel has.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Calls of C, each with its reason.
#![allow(unsafe_code)]

use libbpf_safe::ffi::{bpf_object, bpf_struct_ops_shadow};
use libbpf_safe::map::{HashMap, Map, UpdateFlag};
use libbpf_safe::program::TestRun;
use libbpf_safe::{ErrorKind, Object, OpenObject};
use libbpf_tests::features::STRUCT_OPS_LINKS;
use libbpf_tests::kernel_tests;
use libbpf_tests::kernel_value::KernelValue;
use libbpf_tests::skeletons::mixed::{NAME, OBJECT, OpenSkeleton, Skeleton, types};
use libbpf_tests::skeletons::tcp_shadow;
use std::ffi::c_int;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

kernel_tests![
    all need STRUCT_OPS_LINKS;
    what_c_sets_of_an_object_that_rust_opened_is_in_the_kernel,
    both_see_one_map_and_one_variable_of_a_loaded_object,
    rust_sets_and_loads_what_c_opened,
    rust_uses_what_c_loaded,
    an_object_is_given_back_once_when_the_last_handle_is_gone,
    a_descriptor_from_c_is_a_map_and_no_other,
    what_does_not_fit_is_refused_and_given_back,
];

/// `struct mixed_bpf`
#[repr(C)]
struct MixedBpf {
    _opaque: [u8; 0],
}

/// `struct mixed_seen`
#[derive(Debug, Default, PartialEq)]
#[repr(C)]
struct Seen {
    map_id: u32,
    program_id: u32,
    runs: u32,
    sum: u32,
    step: u32,
    asked: u64,
}

unsafe extern "C" {
    fn mixed_configure(object: *mut bpf_object, shadow: *mut bpf_struct_ops_shadow) -> c_int;
    fn mixed_use(object: *mut bpf_object, seen: *mut Seen) -> c_int;
    fn mixed_open() -> *mut MixedBpf;
    fn mixed_load() -> *mut MixedBpf;
    fn mixed_object(skeleton: *mut MixedBpf) -> *mut bpf_object;
    fn mixed_shadow(skeleton: *mut MixedBpf) -> *mut bpf_struct_ops_shadow;
    fn mixed_step(skeleton: *mut MixedBpf) -> u32;
    fn mixed_flags(skeleton: *mut MixedBpf) -> u32;
    fn mixed_map(skeleton: *mut MixedBpf) -> c_int;
    fn mixed_close(skeleton: *mut MixedBpf);
}

/// A skeleton of C's.
#[derive(Clone, Copy)]
struct InC(NonNull<MixedBpf>);

// SAFETY: libbpf's objects can be used by any thread, one at a time, and so can what is around them in mixed.c.
unsafe impl Send for InC {}

impl InC {
    fn open() -> InC {
        // SAFETY: mixed_open takes nothing.
        InC(NonNull::new(unsafe { mixed_open() }).unwrap())
    }

    fn load() -> InC {
        // SAFETY: mixed_load takes nothing.
        InC(NonNull::new(unsafe { mixed_load() }).unwrap())
    }

    fn object(self) -> NonNull<bpf_object> {
        // SAFETY: mixed_object wants a skeleton that is not closed, which the tests see to.
        NonNull::new(unsafe { mixed_object(self.0.as_ptr()) }).unwrap()
    }

    fn shadow(self) -> Option<NonNull<bpf_struct_ops_shadow>> {
        // SAFETY: as for mixed_object.
        NonNull::new(unsafe { mixed_shadow(self.0.as_ptr()) })
    }

    fn close(self) {
        // SAFETY: mixed_close wants a skeleton that is not closed, and that nobody uses: the tests see to it.
        unsafe { mixed_close(self.0.as_ptr()) }
    }

    /// Closes it, and counts that.
    fn release(self, count: &Arc<AtomicU32>) -> impl FnOnce() + Send + 'static {
        let count = Arc::clone(count);
        move || {
            // The whole of it, which is Send, and not its field.
            let this = self;
            count.fetch_add(1, Ordering::SeqCst);
            this.close();
        }
    }

    /// Gives it to Rust while it is open.
    fn into_open(self, count: &Arc<AtomicU32>) -> libbpf_safe::Result<OpenObject> {
        // SAFETY: OpenObject::from_raw wants what mixed_open has made, which nobody else loads or closes.
        unsafe { OpenObject::from_raw(self.object(), self.shadow(), self.release(count)) }
    }

    /// Gives it to Rust once it is loaded.
    fn into_loaded(self, count: &Arc<AtomicU32>) -> libbpf_safe::Result<Object> {
        // SAFETY: Object::from_raw wants what mixed_load has made, which nobody else closes.
        unsafe { Object::from_raw(self.object(), self.release(count)) }
    }
}

fn configured_by_c() -> Skeleton {
    let mut open = OpenSkeleton::open().unwrap();
    let parts = open.parts();
    parts.rodata.step = 7;
    parts.struct_ops.control.flags = 2;
    let lent = open.lend().unwrap();
    // SAFETY: mixed_configure looks and sets, and keeps nothing.
    let failed = unsafe { mixed_configure(lent.object(), lent.shadow()) };
    assert_eq!(failed, 0, "a line of mixed.c");
    // Rust sees it as well.
    let parts = open.parts();
    assert_eq!((parts.rodata.step, parts.struct_ops.control.flags), (5, 3));
    assert_eq!(
        parts.struct_ops.control.cong_avoid,
        Some(parts.programs.second.callback())
    );
    open.load().unwrap()
}

fn what_c_sets_of_an_object_that_rust_opened_is_in_the_kernel() {
    let skeleton = configured_by_c();
    let _link = skeleton.struct_ops.control.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.control, "tcp_congestion_ops");
    assert_eq!(kernel.number("flags"), 3);
    assert_eq!(kernel.text("name"), "t_from_c");
    let second = skeleton.programs.second.info().unwrap().id;
    assert_eq!(kernel.number("cong_avoid"), u64::from(second));
    assert!(
        !skeleton.programs.first.is_loaded(),
        "nothing refers to it any more"
    );
    let totals = Map::from_id(skeleton.maps.totals.as_map().info().id).unwrap();
    assert_eq!(totals.info().max_entries, 3);
}

fn run(skeleton: &Skeleton) {
    let packet = [0; 64];
    skeleton
        .programs
        .add
        .test_run(TestRun::new().data(&packet))
        .unwrap();
}

fn total(runs: u32, sum: u32) -> types::total {
    types::total { runs, sum }
}

fn both_see_one_map_and_one_variable_of_a_loaded_object() {
    let skeleton = configured_by_c();
    skeleton
        .maps
        .totals
        .update(&0, &total(1, 10), UpdateFlag::Any)
        .unwrap();
    run(&skeleton);
    let mut seen = Seen::default();
    let lent = skeleton.object.lend();
    assert!(lent.shadow().is_null());
    // SAFETY: mixed_use uses maps and variables, and keeps nothing.
    let failed = unsafe { mixed_use(lent.object(), &mut seen) };
    assert_eq!(failed, 0, "a line of mixed.c");
    let expected = Seen {
        map_id: skeleton.maps.totals.as_map().info().id,
        program_id: skeleton.programs.second.info().unwrap().id,
        runs: 2,
        sum: 15,
        step: 5,
        asked: 1000,
    };
    assert_eq!(seen, expected);
    assert_eq!(
        skeleton.maps.totals.lookup(&1).unwrap(),
        Some(total(2, 300))
    );
    assert_eq!(skeleton.bss.asked.get(), 2000);
}

fn rust_sets_and_loads_what_c_opened() {
    let count = Arc::default();
    let in_c = InC::open();
    let mut open = OpenSkeleton::from_object(in_c.into_open(&count).unwrap()).unwrap();
    let parts = open.parts();
    // What C has set is there, also in the defaults' stead.
    assert_eq!(parts.rodata.step, 11);
    assert_eq!(parts.struct_ops.control.flags, 1);
    assert_eq!(
        parts.struct_ops.control.name.to_str().unwrap(),
        "t_c_opened"
    );
    parts.rodata.step = 12;
    parts.struct_ops.control.flags = 3;
    // SAFETY: mixed_step wants a skeleton that is not closed: Rust has not given it back.
    let step_in_c = unsafe { mixed_step(in_c.0.as_ptr()) };
    // SAFETY: mixed_flags wants the same.
    let flags_in_c = unsafe { mixed_flags(in_c.0.as_ptr()) };
    assert_eq!((step_in_c, flags_in_c), (12, 3));
    let skeleton = open.load().unwrap();
    let link = skeleton.struct_ops.control.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.control, "tcp_congestion_ops");
    assert_eq!(kernel.number("flags"), 3);
    assert_eq!(kernel.text("name"), "t_c_opened");
    assert_eq!(skeleton.rodata.step.get(), 12);
    // SAFETY: as above.
    assert_eq!(unsafe { mixed_step(in_c.0.as_ptr()) }, 12);
    drop(skeleton);
    assert_eq!(count.load(Ordering::SeqCst), 0, "the link keeps it");
    drop(link);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

fn rust_uses_what_c_loaded() {
    let count = Arc::default();
    let object = InC::load().into_loaded(&count).unwrap();
    assert_eq!(object.name(), "mixed_bpf");
    let skeleton = Skeleton::from_object(object).unwrap();
    assert_eq!(skeleton.rodata.step.get(), 11);
    skeleton
        .maps
        .totals
        .update(&0, &total(0, 0), UpdateFlag::Any)
        .unwrap();
    run(&skeleton);
    assert_eq!(skeleton.maps.totals.lookup(&0).unwrap(), Some(total(1, 11)));
    let _link = skeleton.struct_ops.control.attach().unwrap();
    let kernel = KernelValue::read(&skeleton.struct_ops.control, "tcp_congestion_ops");
    assert_eq!(kernel.text("name"), "t_c_opened");
}

fn an_object_is_given_back_once_when_the_last_handle_is_gone() {
    let count = Arc::default();
    drop(InC::open().into_open(&count).unwrap());
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let object = InC::load().into_loaded(&count).unwrap();
    let program = object.program("add").unwrap();
    drop(object);
    assert_eq!(count.load(Ordering::SeqCst), 1, "the program keeps it");
    std::thread::spawn(move || drop(program)).join().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

fn a_descriptor_from_c_is_a_map_and_no_other() {
    let in_c = InC::load();
    // SAFETY: mixed_map wants a skeleton that is not closed.
    let fd = unsafe { mixed_map(in_c.0.as_ptr()) };
    assert!(fd >= 0);
    // SAFETY: OwnedFd::from_raw_fd wants a descriptor that nobody else closes: it is a fresh one.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    in_c.close();
    let map = Map::from_owned_fd(fd).unwrap();
    assert_eq!(map.name(), "totals");
    let totals: HashMap<u32, types::total> = map.try_into().unwrap();
    totals.update(&4, &total(5, 6), UpdateFlag::Any).unwrap();
    assert_eq!(totals.lookup(&4).unwrap(), Some(total(5, 6)));

    let other = std::fs::File::open("/dev/null").unwrap();
    let error = Map::from_owned_fd(other.into()).unwrap_err();
    assert!(error.to_string().contains("of something else"), "{error}");
}

fn what_does_not_fit_is_refused_and_given_back() {
    let count = Arc::default();
    let error = InC::load().into_open(&count).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot use object `mixed_bpf` from C: it is loaded already; `Object::from_raw` takes loaded ones"
    );
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let error = InC::open().into_loaded(&count).unwrap_err();
    assert!(error.to_string().contains("it is not loaded"), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 2);

    // A skeleton of another object.
    let open = InC::open().into_open(&count).unwrap();
    let error = tcp_shadow::OpenSkeleton::from_object(open).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let object = InC::load().into_loaded(&count).unwrap();
    let error = tcp_shadow::Skeleton::from_object(object).unwrap_err();
    assert!(error.to_string().contains("variable `enabled`"), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 4);

    // By hand, the copies are in the object's layout, which is the skeleton's.
    let open = OpenObject::from_bytes(NAME, &OBJECT.0).unwrap();
    assert!(OpenSkeleton::from_object(open).is_ok());
}
