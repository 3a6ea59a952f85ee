//! In the place of `malloc` and its like, for this process: libbpf, libelf, zlib and the C library itself get their
//! memory here, and one of their requests can be refused. What Rust asks for does not come this way: where it has no
//! memory, the process ends.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;

unsafe extern "C" {
    // The same functions of glibc, by the names under which a substitute finds them.
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
    fn __libc_free(memory: *mut c_void);
}

/// Rust's memory.
struct Rust;

#[global_allocator]
static RUST: Rust = Rust;

// SAFETY: glibc's functions give what Rust asks for, at any alignment that is a power of two, and take it back.
unsafe impl GlobalAlloc for Rust {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: memalign takes any size and any power of two.
        unsafe { __libc_memalign(layout.align(), layout.size()) }.cast()
    }

    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        // SAFETY: free takes what memalign gave.
        unsafe { __libc_free(memory.cast()) }
    }
}

/// What C has asked for on this thread.
#[derive(Clone, Copy)]
struct Requests {
    /// How many, since they are counted.
    made: usize,
    /// The one that is refused; 0 where none is.
    refused: usize,
    /// Pieces of memory that C holds.
    held: isize,
}

thread_local! {
    // Constant, and without a destructor: to use it takes no memory.
    static REQUESTS: Cell<Requests> = const {
        Cell::new(Requests { made: 0, refused: 0, held: 0 })
    };
}

/// From now on C's requests on this thread are counted, and this one is refused; 0 for none.
pub(crate) fn refuse(number: usize) {
    let requests = REQUESTS.get();
    REQUESTS.set(Requests {
        made: 0,
        refused: number,
        ..requests
    });
}

/// No request is refused any more. How many there were.
pub(crate) fn refuse_no_more() -> usize {
    let requests = REQUESTS.get();
    REQUESTS.set(Requests {
        refused: 0,
        ..requests
    });
    requests.made
}

/// How many pieces of memory C has on this thread.
pub(crate) fn held() -> isize {
    REQUESTS.get().held
}

/// Asks for a piece of memory as C does, and keeps it.
pub(crate) fn leave_one() {
    let _ = malloc(1);
}

/// Counts a request, and refuses it where it is its turn.
fn request(get: impl FnOnce() -> *mut c_void) -> *mut c_void {
    let mut requests = REQUESTS.get();
    requests.made += 1;
    let refused = requests.made == requests.refused;
    REQUESTS.set(requests);
    if refused {
        // SAFETY: __errno_location takes nothing.
        let errno = unsafe { libc::__errno_location() };
        // SAFETY: the place of this thread's errno.
        unsafe { errno.write(libc::ENOMEM) };
        return null_mut();
    }
    get()
}

fn hold(memory: *mut c_void) -> *mut c_void {
    if !memory.is_null() {
        change_held(1);
    }
    memory
}

fn change_held(by: isize) {
    let mut requests = REQUESTS.get();
    requests.held += by;
    REQUESTS.set(requests);
}

/// malloc(3)
#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: malloc takes any size.
    hold(request(|| unsafe { __libc_malloc(size) }))
}

/// calloc(3)
#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: calloc takes any sizes.
    hold(request(|| unsafe { __libc_calloc(count, size) }))
}

/// realloc(3)
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    let new = request(|| {
        // SAFETY: the caller has the memory from one of these functions, as realloc wants it.
        let new = unsafe { __libc_realloc(memory, size) };
        // It is freed, where it was not refused.
        if new.is_null() && size == 0 && !memory.is_null() {
            change_held(-1);
        }
        new
    });
    if memory.is_null() { hold(new) } else { new }
}

/// free(3)
#[unsafe(no_mangle)]
unsafe extern "C" fn free(memory: *mut c_void) {
    if !memory.is_null() {
        change_held(-1);
    }
    // SAFETY: the caller has the memory from one of these functions, as free wants it.
    unsafe { __libc_free(memory) }
}
