//! Closures that get libbpf's messages.

use super::Level;
use super::capture::{keep_panic, set_up};
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

/// While this lives, a closure gets libbpf's messages.
#[must_use = "the closure gets no more messages when this is dropped"]
pub struct Listener {
    entry: Arc<Entry>,
}

struct Entry {
    level: Level,
    wanted: fn(Level) -> bool,
    closure: Box<Closure>,
}

type Closure = dyn Fn(Level, &str) + Send + Sync;

impl Entry {
    fn wants(&self, level: Level) -> bool {
        level <= self.level && (self.wanted)(level)
    }
}

/// Those who listen. Closures are called without the lock.
static ENTRIES: RwLock<Vec<Arc<Entry>>> = RwLock::new(Vec::new());

thread_local! {
    /// Whether this thread is in a closure: what libbpf says because of it is not told to closures, which would
    /// have no end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Lets a closure have all messages up to a level, of all threads, until the result is dropped. It is called on the thread
/// that libbpf speaks on, in the middle of what libbpf does there, perhaps by several threads at once. The text has no
/// newline at its end, and begins with `libbpf: `.
///
/// Errors of this library have the messages of their calls all the same. A message that somebody listens to is not
/// handed on to a function that C code has set by `libbpf_set_print` before.
///
/// A closure that panics lets libbpf finish what it does; then the panic goes on from the function of this library that
/// called libbpf. (Where no such function did, there is nobody to tell, and it ends there.) While a thread is in a closure,
/// closures are told nothing that is said on that thread. One that another thread is in may still be in it after the
/// listener was dropped.
///
/// A closure must leave alone the object that libbpf speaks of: attaching its programs, or dropping their links, waits until the
/// call has ended that the closure is in, which is for ever where its own thread has made that call.
///
/// ```no_run
/// use libbpf_safe::log::{Level, listen};
///
/// let listener = listen(Level::Debug, |level, text| eprintln!("{level}: {text}"));
/// # drop(listener);
/// ```
#[doc(alias = "libbpf_set_print")]
pub fn listen(level: Level, closure: impl Fn(Level, &str) + Send + Sync + 'static) -> Listener {
    listen_if(level, |_| true, closure)
}

/// Like [`listen`]; what is not wanted at the time is not formatted.
pub(super) fn listen_if(
    level: Level,
    wanted: fn(Level) -> bool,
    closure: impl Fn(Level, &str) + Send + Sync + 'static,
) -> Listener {
    set_up();
    let entry = Arc::new(Entry {
        level,
        wanted,
        closure: Box::new(closure),
    });
    let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
    entries.push(Arc::clone(&entry));
    drop(entries);
    Listener { entry }
}

impl Listener {
    /// Listens until the process ends.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !Arc::ptr_eq(entry, &self.entry));
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("level", &self.entry.level)
            .finish_non_exhaustive()
    }
}

/// Whether a closure wants messages of this level, and may have them on this thread.
pub(super) fn anybody_wants(level: Level) -> bool {
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    entries.iter().any(|entry| entry.wants(level)) && !TELLING.try_with(Cell::get).unwrap_or(true)
}

/// Calls the closures that want a message.
pub(super) fn tell(level: Level, text: &str) {
    // A thread that is ending tells nobody.
    if TELLING
        .try_with(|telling| telling.replace(true))
        .unwrap_or(true)
    {
        return;
    }
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    let wanting = entries.iter().filter(|entry| entry.wants(level));
    let wanting: Vec<Arc<Entry>> = wanting.map(Arc::clone).collect();
    drop(entries);
    for entry in wanting {
        // The closure is not looked into afterwards; what it left half-done is its own.
        let called = catch_unwind(AssertUnwindSafe(|| (entry.closure)(level, text)));
        if let Err(panic) = called {
            keep_panic(panic);
        }
    }
    let _ = TELLING.try_with(|telling| telling.set(false));
}
