//! Values as libbpf writes them.

#![allow(unsafe_code)]

use libbpf_ffi as ffi;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

unsafe extern "C" {
    fn vsnprintf(
        text: *mut c_char,
        size: usize,
        format: *const c_char,
        arguments: *mut ffi::__va_list_tag,
    ) -> c_int;
}

/// Longer than any piece that libbpf prints at once.
const PIECE: usize = 1 << 12;

unsafe extern "C" fn append(
    text: *mut c_void,
    format: *const c_char,
    arguments: *mut ffi::__va_list_tag,
) {
    let mut piece = vec![0_u8; PIECE];
    // SAFETY: vsnprintf writes at most so many bytes, and reads what libbpf hands to such a function.
    let len = unsafe { vsnprintf(piece.as_mut_ptr().cast(), PIECE, format, arguments) };
    piece.truncate(usize::try_from(len).unwrap_or(0).min(PIECE - 1));
    // SAFETY: what btf_dump__new was given: a String that nobody else uses meanwhile.
    let text = unsafe { &mut *text.cast::<String>() };
    text.push_str(&String::from_utf8_lossy(&piece));
}

/// The types of one BTF, for libbpf.
#[derive(Debug)]
pub struct LibbpfValues {
    btf: *mut ffi::btf,
    dump: *mut ffi::btf_dump,
    /// What `dump` appends to.
    text: *mut String,
}

impl LibbpfValues {
    /// Of a whole BTF, as bytes.
    pub fn of(btf: &[u8]) -> LibbpfValues {
        let size = u32::try_from(btf.len()).unwrap();
        let text = Box::into_raw(Box::<String>::default());
        // SAFETY: btf__new copies size bytes.
        let btf = unsafe { ffi::btf__new(btf.as_ptr().cast(), size) };
        assert!(!btf.is_null());
        // SAFETY: btf_dump__new keeps the BTF and the text, which are freed after it.
        let dump = unsafe { ffi::btf_dump__new(btf, Some(append), text.cast(), ptr::null()) };
        assert!(!dump.is_null());
        LibbpfValues { btf, dump, text }
    }

    /// What libbpf writes of a value on one line, with members that are zero; `None` where it refuses.
    pub fn text(&mut self, ty: u32, data: &[u8]) -> Option<String> {
        let options = ffi::btf_dump_type_data_opts {
            sz: size_of::<ffi::btf_dump_type_data_opts>() as _,
            compact: true,
            emit_zeroes: true,
            ..Default::default()
        };
        let len = data.len() as _;
        // SAFETY: btf_dump__dump_type_data reads len bytes and the options during the call, and writes by `append`.
        let result = unsafe {
            ffi::btf_dump__dump_type_data(self.dump, ty, data.as_ptr().cast(), len, &options)
        };
        // SAFETY: this owns the text, and libbpf uses it in the call only.
        let text = std::mem::take(unsafe { &mut *self.text });
        (result >= 0).then_some(text)
    }
}

impl Drop for LibbpfValues {
    fn drop(&mut self) {
        // SAFETY: btf_dump__free frees what is not freed, and does not touch the BTF.
        unsafe { ffi::btf_dump__free(self.dump) };
        // SAFETY: btf__free frees what is not freed.
        unsafe { ffi::btf__free(self.btf) };
        // SAFETY: from Box::into_raw, and libbpf is done with it.
        drop(unsafe { Box::from_raw(self.text) });
    }
}
