//! What libbpf says during a call, kept for the error of that very call.
//!
//! libbpf has one log callback for the whole process. It is set once, here; a message goes to the call
//! that is under way on the same thread, and to those who listen, or, where there are none, to where it went before.

use super::Level;
use super::listen::{anybody_wants, tell};
use crate::raw::log::{LogSink, install};
use std::any::Any;
use std::cell::RefCell;

/// A call into libbpf that is under way.
#[derive(Default)]
struct Call {
    messages: Vec<String>,
    /// Of a closure that listens; the first one.
    panic: Option<Box<dyn Any + Send>>,
}

thread_local! {
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
}

struct Capture;

impl LogSink for Capture {
    fn wants(level: i32) -> bool {
        let level = Level::from_c(level);
        is_kept(level) || anybody_wants(level)
    }

    fn message(level: i32, text: &[u8]) {
        let level = Level::from_c(level);
        let text = String::from_utf8_lossy(text);
        let text = text.trim_end_matches('\n');
        if is_kept(level) {
            with_call(|call| call.messages.push(text.to_owned()));
        }
        tell(level, text);
    }
}

/// Whether errors of this thread tell messages of this level: by far the most are for debugging, and not about errors.
fn is_kept(level: Level) -> bool {
    let mut capturing = false;
    with_call(|_| capturing = true);
    capturing && level < Level::Debug
}

/// Does nothing where no call is under way, as on a thread that is ending.
fn with_call(change: impl FnOnce(&mut Call)) {
    let _ = CALL.try_with(|call| {
        if let Ok(mut call) = call.try_borrow_mut() {
            if let Some(call) = call.as_mut() {
                change(call);
            }
        }
    });
}

/// Lets a panic wait for the call to end. It cannot go through C.
pub(super) fn keep_panic(panic: Box<dyn Any + Send>) {
    with_call(|call| {
        call.panic.get_or_insert(panic);
    });
}

/// Has libbpf's messages come here.
pub(super) fn set_up() {
    install::<Capture>();
}

/// Runs a call into libbpf and returns its result with what libbpf said meanwhile, warnings and
/// information, one entry a message, without the final newline.
///
/// On a thread that is ending, in a destructor of another thread-local value, there may be nowhere to keep
/// messages: they then go to where they went before.
///
/// The panic of a closure that listened goes on from here, with the result dropped.
pub(crate) fn capture<T>(call: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = begin();
    let result = call();
    (result, end(outer))
}

/// Not generic, as `end`: there are many calls. Returns the call that this one is within.
fn begin() -> Option<Call> {
    set_up();
    replace(Some(Call::default())).flatten()
}

fn end(outer: Option<Call>) -> Vec<String> {
    let Call { messages, panic } = replace(outer).flatten().unwrap_or_default();
    if let Some(panic) = panic {
        std::panic::resume_unwind(panic);
    }
    messages
}

/// What was kept before; `None` where nothing can be.
fn replace(new: Option<Call>) -> Option<Option<Call>> {
    CALL.try_with(|call| call.replace(new)).ok()
}
