//! libbpf's log, through the extension's `libbpf_text__set_log`.

use super::c_int;
use libbpf_ffi::ext;
use std::slice;
use std::sync::Once;

/// What receives the log: both functions run on the thread that called libbpf, and do not panic.
pub(crate) trait LogSink {
    /// Whether this thread wants messages of this level (`enum libbpf_print_level`).
    fn wants(level: i32) -> bool;
    /// One message, as libbpf formats it.
    fn message(level: i32, text: &[u8]);
}

extern "C" fn wants<S: LogSink>(level: c_int) -> bool {
    S::wants(level)
}

unsafe extern "C" fn message<S: LogSink>(level: c_int, text: *const std::ffi::c_char, len: usize) {
    // SAFETY: libbpf_text.h: text points to len bytes that live as long as the call.
    let text = unsafe { slice::from_raw_parts(text.cast::<u8>(), len) };
    S::message(level, text);
}

struct Sink<S>(std::marker::PhantomData<S>);

impl<S: LogSink> Sink<S> {
    const TABLE: &'static ext::libbpf_text_sink = &ext::libbpf_text_sink {
        wants: Some(wants::<S>),
        message: Some(message::<S>),
    };
}

/// Routes libbpf's log to `S`, once in a process.
pub(crate) fn install<S: LogSink>() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: libbpf_text__set_log wants a sink that lives forever: TABLE is a constant
        // promoted to a static, and its functions do not unwind.
        unsafe { ext::libbpf_text__set_log(Sink::<S>::TABLE) }
    });
}
