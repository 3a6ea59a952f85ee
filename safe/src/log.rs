//! What libbpf says during a call, kept for the error of that very call.
//!
//! libbpf has one log callback for the whole process. It is set once, here; a message goes to the call
//! that is under way on the same thread, or, where there is none, to where it went before.

use crate::raw::log::{LogSink, install};
use std::cell::RefCell;

/// `LIBBPF_DEBUG`: by far the most messages, and not about errors.
const DEBUG: i32 = 2;

thread_local! {
    static MESSAGES: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

struct Capture;

impl LogSink for Capture {
    fn wants(level: i32) -> bool {
        let capturing = MESSAGES
            .try_with(|messages| {
                messages
                    .try_borrow()
                    .is_ok_and(|messages| messages.is_some())
            })
            .unwrap_or(false);
        capturing && level < DEBUG
    }

    fn message(_level: i32, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let text = text.trim_end_matches('\n').to_owned();
        // A thread that is ending has no call under way.
        let _ = MESSAGES.try_with(|messages| {
            if let Ok(mut messages) = messages.try_borrow_mut() {
                if let Some(messages) = messages.as_mut() {
                    messages.push(text);
                }
            }
        });
    }
}

/// Runs a call into libbpf and returns its result with what libbpf said meanwhile, warnings and
/// information, one entry a message, without the final newline.
///
/// On a thread that is ending, in a destructor of another thread-local value, there may be nowhere to keep
/// messages: they then go to where they went before.
pub(crate) fn capture<T>(call: impl FnOnce() -> T) -> (T, Vec<String>) {
    install::<Capture>();
    let outer = replace(Some(Vec::new())).flatten();
    let result = call();
    let messages = replace(outer).flatten();
    (result, messages.unwrap_or_default())
}

/// The messages that were kept before; `None` where none can be.
fn replace(new: Option<Vec<String>>) -> Option<Option<Vec<String>>> {
    MESSAGES.try_with(|messages| messages.replace(new)).ok()
}
