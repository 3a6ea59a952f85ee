//! Closures that get what libbpf says, the words that it has for errors, and its version.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::log::{Level, Listener, forward, listen};
use libbpf_safe::{Error, OpenObject, OpenOptions};
use libbpf_tests::skeletons::FUNCTIONS;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// What libbpf says is heard by all who listen: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

type Heard = Arc<Mutex<Vec<(Level, String, ThreadId)>>>;

fn listener(level: Level) -> (Listener, Heard) {
    let heard = Heard::default();
    let to = Arc::clone(&heard);
    let listener = listen(level, move |level, text| {
        let message = (level, text.to_owned(), thread::current().id());
        to.lock().unwrap().push(message);
    });
    (listener, heard)
}

/// libbpf complains of a file that is no object: of its type, or of nothing after its header.
fn complain() -> Error {
    let mut bytes = FUNCTIONS.to_vec();
    // e_machine
    bytes[18] = 3;
    OpenObject::from_bytes("complaining", &bytes).unwrap_err()
}

#[test]
fn a_closure_hears_what_the_error_has_too() {
    let _alone = alone();
    let (listener, heard) = listener(Level::Warning);
    let error = complain();
    assert!(!error.messages().is_empty());
    let messages: Vec<String> = heard
        .lock()
        .unwrap()
        .drain(..)
        .map(|(level, text, thread)| {
            assert_eq!(level, Level::Warning);
            assert_eq!(thread, thread::current().id());
            text
        })
        .collect();
    assert_eq!(messages, error.messages());
    drop(listener);
    complain();
    assert!(heard.lock().unwrap().is_empty(), "it listens no longer");
}

#[test]
fn debug_messages_are_for_closures_only() {
    let _alone = alone();
    let (_listener, heard) = listener(Level::Debug);
    drop(OpenObject::from_bytes("listened", FUNCTIONS).unwrap());
    let heard = heard.lock().unwrap();
    let debug = heard.iter().filter(|(level, ..)| *level == Level::Debug);
    assert!(debug.count() > 5, "{heard:?}");
    drop(heard);
    let error = complain();
    let longer = |text: &String| text.contains("loading object");
    assert!(!error.messages().iter().any(longer), "{error:?}");
}

#[test]
fn several_listen_each_to_its_level() {
    let _alone = alone();
    let (_first, all) = listener(Level::Debug);
    let (_second, warnings) = listener(Level::Warning);
    complain();
    let count = |heard: &Heard| heard.lock().unwrap().len();
    assert!(count(&warnings) > 0);
    assert!(count(&all) > count(&warnings));
}

#[test]
fn threads_are_heard_on_their_own_thread() {
    let _alone = alone();
    let (_listener, heard) = listener(Level::Warning);
    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(|| complain().messages().len()))
        .collect();
    let ids: Vec<_> = threads.iter().map(|it| it.thread().id()).collect();
    let total: usize = threads.into_iter().map(|it| it.join().unwrap()).sum();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), total);
    for id in ids {
        assert!(heard.iter().any(|(.., thread)| *thread == id));
    }
}

#[test]
fn a_panic_of_a_closure_goes_on_from_the_call() {
    let _alone = alone();
    let (_also, heard) = listener(Level::Warning);
    let listener = listen(Level::Warning, |_, _| panic!("no more of this"));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let panic = catch_unwind(AssertUnwindSafe(complain)).unwrap_err();
    std::panic::set_hook(hook);
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"no more of this"));
    assert!(
        !heard.lock().unwrap().is_empty(),
        "others hear it all the same"
    );
    drop(listener);
    assert!(!complain().messages().is_empty(), "all is as it was");
}

#[test]
fn a_closure_may_use_the_library() {
    let _alone = alone();
    let inner = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&inner);
    let listener = listen(Level::Warning, move |_, _| {
        let messages = complain().messages().to_vec();
        to.lock().unwrap().push(messages);
        drop(listen(Level::Info, |_, _| {}));
    });
    let outer = complain();
    drop(listener);
    let inner = inner.lock().unwrap();
    assert_eq!(inner.len(), outer.messages().len());
    for messages in inner.iter() {
        assert_eq!(messages, outer.messages());
    }
}

#[test]
fn messages_go_to_the_crate_log() {
    struct Kept(Mutex<Vec<(log::Level, String, String)>>);
    impl log::Log for Kept {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            let text = record.args().to_string();
            let target = record.target().to_owned();
            self.0.lock().unwrap().push((record.level(), target, text));
        }
        fn flush(&self) {}
    }
    static KEPT: Kept = Kept(Mutex::new(Vec::new()));
    let _alone = alone();
    log::set_logger(&KEPT).unwrap();
    let _forwarding = forward();
    log::set_max_level(log::LevelFilter::Warn);
    let error = complain();
    let kept: Vec<_> = KEPT.0.lock().unwrap().drain(..).collect();
    assert_eq!(kept.len(), error.messages().len());
    for ((level, target, text), message) in kept.iter().zip(error.messages()) {
        assert_eq!((*level, target.as_str()), (log::Level::Warn, "libbpf"));
        assert_eq!(format!("libbpf: {text}"), *message);
    }
    log::set_max_level(log::LevelFilter::Off);
    complain();
    assert!(KEPT.0.lock().unwrap().is_empty());
    log::set_max_level(log::LevelFilter::Trace);
    drop(OpenOptions::new().name("x").open_bytes(FUNCTIONS).unwrap());
    let kept = KEPT.0.lock().unwrap();
    assert!(kept.iter().any(|(level, ..)| *level == log::Level::Debug));
}

#[test]
fn errors_have_the_words_of_libbpf() {
    let _alone = alone();
    assert_eq!(Error::text_of(4001), "BPF object format invalid");
    assert_eq!(Error::text_of(libbpf_errno(13)), Error::text_of(13));
    assert_eq!(Error::text_of(4999), "Unknown libbpf error 4999");
    let error = complain();
    assert_eq!(error.raw_os_error(), Some(4001), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "BPF object format invalid (libbpf error 4001)");
}

/// C programs pass them either way.
fn libbpf_errno(errno: i32) -> i32 {
    -errno
}

#[test]
fn the_version_is_that_of_the_library() {
    let version = libbpf_safe::libbpf_version();
    assert_eq!((version.major, version.minor), (1, 7));
    assert_eq!(libbpf_safe::libbpf_version_text(), format!("v{version}"));
}
