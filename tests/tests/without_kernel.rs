//! What every operation says when the kernel refuses it, for each errno that it may give. The kernel is made up
//! (`faults::made_up`): these tests load nothing, and need no privilege.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::link::Link;
use libbpf_safe::map::{HashMap, Map, UpdateFlag};
use libbpf_safe::program::{KernelProgram, TestRun};
use libbpf_safe::{ObjectFile, Program, Result, assign, enable_run_statistics};
use libbpf_tests::faults::made_up::{Command, MadeUpKernel, with_made_up_kernel};
use libbpf_tests::skeletons::COLLECTION;
use rustix::io::Errno;
use std::sync::Once;

const ERRNOS: &[Errno] = &[
    Errno::PERM,
    Errno::ACCESS,
    Errno::INVAL,
    Errno::NOMEM,
    Errno::TOOBIG,
    Errno::NOSPC,
    Errno::BUSY,
    Errno::EXIST,
    Errno::NOENT,
    Errno::NODEV,
    Errno::OPNOTSUPP,
    Errno::FAULT,
];

assign! {
    #[derive(Debug)]
    struct Parts {
        counts: HashMap<u32, u64> = "counts",
        counter: Program = "counter",
    }
}

fn load() -> Result<Parts> {
    let file = ObjectFile::from_bytes("collection", COLLECTION)?;
    file.loader().load_and_assign()
}

/// What libbpf thinks that the kernel supports: everything, before anything is refused.
fn on_made_up_kernel<T: Send>(work: impl FnOnce(&MadeUpKernel) -> T + Send) -> T {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| {
        with_made_up_kernel(|_| load().map(drop)).unwrap();
    });
    with_made_up_kernel(work)
}

/// An operation, the command that is refused, what the error says that cannot be done, and which errnos are no errors.
struct Operation {
    says: &'static str,
    command: Command,
    answers: &'static [Errno],
    run: fn(&Parts) -> Result<()>,
}

const NO_ANSWER: &[Errno] = &[];
/// Not there: an answer, and no error.
const ABSENT: &[Errno] = &[Errno::NOENT];

macro_rules! operations {
    ($($command:ident $answers:ident $says:literal $run:expr,)*) => {
        &[$(Operation {
            says: $says,
            command: Command::$command,
            answers: $answers,
            run: $run,
        }),*]
    };
}

const OPERATIONS: &[Operation] = operations![
    MapLookupElem ABSENT "look up in map `counts`"
        |parts| parts.counts.lookup(&1).map(drop),
    MapUpdateElem NO_ANSWER "update map `counts`"
        |parts| parts.counts.update(&1, &2, UpdateFlag::Any),
    MapDeleteElem ABSENT "delete from map `counts`"
        |parts| parts.counts.delete(&1).map(drop),
    MapLookupAndDeleteElem ABSENT "take from map `counts`"
        |parts| parts.counts.take(&1).map(drop),
    MapGetNextKey ABSENT "iterate over map `counts`"
        |parts| parts.counts.keys().collect::<Result<Vec<_>>>().map(drop),
    MapUpdateBatch NO_ANSWER "update map `counts`"
        |parts| parts.counts.update_batch(&[1], &[2]),
    MapDeleteBatch NO_ANSWER "delete from map `counts`"
        |parts| parts.counts.delete_batch(&[1]),
    MapFreeze NO_ANSWER "freeze map `counts`"
        |parts| parts.counts.as_map().freeze(),
    ObjPin NO_ANSWER "pin map `counts` at `/nowhere`"
        |parts| parts.counts.as_map().pin("/nowhere"),
    ObjGet NO_ANSWER "open the map pinned at `/nowhere`"
        |_| Map::open_pinned("/nowhere").map(drop),
    ObjGet NO_ANSWER "open the link pinned at `/nowhere`"
        |_| Link::open_pinned("/nowhere").map(drop),
    MapGetFdById NO_ANSWER "open the map with id 7"
        |_| Map::from_id(7).map(drop),
    ProgGetFdById NO_ANSWER "open the program with id 7"
        |_| KernelProgram::from_id(7).map(drop),
    ObjGetInfoByFd NO_ANSWER "read the information of map `?`"
        |_| Map::from_id(7).map(drop),
    ObjGetInfoByFd NO_ANSWER "read the information of program `counter` of object `collection`"
        |parts| parts.counter.info().map(drop),
    ProgTestRun NO_ANSWER "test program `counter` of object `collection`"
        |parts| parts.counter.test_run(TestRun::new()).map(drop),
    RawTracepointOpen NO_ANSWER "attach program `counter` of object `collection`"
        |parts| parts.counter.attach().map(drop),
    EnableStats NO_ANSWER "enable run statistics of BPF programs"
        |_| enable_run_statistics().map(drop),
    MapCreate NO_ANSWER "load object `collection`" |_| load().map(drop),
    ProgLoad NO_ANSWER "load object `collection`" |_| load().map(drop),
];

#[test]
fn every_operation_says_what_the_kernel_refused() {
    let mut wrong = Vec::new();
    on_made_up_kernel(|kernel| {
        let parts = load().unwrap();
        for operation in OPERATIONS {
            for &errno in ERRNOS {
                kernel.refuse(operation.command, errno);
                let result = (operation.run)(&parts);
                kernel.refuse_nothing();
                if let Err(why) = check(operation, errno, result) {
                    wrong.push(format!("{:?} {errno:?}: {why}", operation.command));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(
    operation: &Operation,
    errno: Errno,
    result: Result<()>,
) -> std::result::Result<(), String> {
    let error = match result {
        Ok(()) if operation.answers.contains(&errno) => return Ok(()),
        Ok(()) => return Err("no error".into()),
        Err(error) if operation.answers.contains(&errno) => return Err(error.to_string()),
        Err(error) => error,
    };
    let text = error.to_string();
    let expected = format!("cannot {}: {}", operation.says, reason(errno));
    match text {
        text if !text.starts_with(&expected) => Err(format!("{text}, not {expected}")),
        text if text.contains('\n') => Err(format!("several lines: {text}")),
        text if error.raw_os_error() != Some(errno.raw_os_error()) => {
            Err(format!("{text}: errno {:?}", error.raw_os_error()))
        }
        text if errno == Errno::PERM
            && wants_privileges(operation)
            && !text.contains("CAP_BPF") =>
        {
            Err(format!("{text}: does not say who may"))
        }
        _ => Ok(()),
    }
}

/// Other operations may be refused for other reasons.
fn wants_privileges(operation: &Operation) -> bool {
    ["load", "attach"]
        .into_iter()
        .any(|verb| operation.says.starts_with(verb))
}

fn reason(errno: Errno) -> &'static str {
    match errno {
        Errno::PERM | Errno::ACCESS => "permission denied",
        Errno::NOMEM => "there is not enough memory",
        Errno::EXIST => "it exists already",
        Errno::NOENT => "it does not exist",
        _ => "the system refused",
    }
}

#[test]
fn what_was_refused_while_loading_is_named() {
    on_made_up_kernel(|kernel| {
        for (command, named) in [
            (Command::MapCreate, "map 'counts'"),
            (Command::ProgLoad, "prog 'counter'"),
        ] {
            for errno in [Errno::INVAL, Errno::NOMEM, Errno::TOOBIG, Errno::NOSPC] {
                kernel.refuse(command, errno);
                let error = load().unwrap_err();
                kernel.refuse_nothing();
                assert!(error.to_string().contains(named), "{error}");
            }
        }
    });
}

#[test]
fn what_is_refused_leaves_the_object_usable() {
    on_made_up_kernel(|kernel| {
        let parts = load().unwrap();
        kernel.refuse(Command::RawTracepointOpen, Errno::BUSY);
        assert!(parts.counter.attach().is_err());
        kernel.refuse_nothing();
        assert!(parts.counter.attach().is_ok());
    });
}
