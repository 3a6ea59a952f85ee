//! Open, load and attach: the same object by each.

use crate::report::Report;
use crate::sampling::{Contender, Peer, contender, in_turns, once};
use crate::{Outcome, machine};
use aya::EbpfLoader;
use aya::programs::RawTracePoint;
use libbpf_rs::skel::{OpenSkel, Skel, SkelBuilder};
use std::mem::MaybeUninit;

mod c;
mod minimal_btf;

pub use self::minimal_btf::{TEN_OBJECTS, ten_objects};

include!(concat!(env!("OUT_DIR"), "/plain.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/core.skel.rs"));
include!(concat!(env!("OUT_DIR"), "/minimal.skel.rs"));

/// The skeletons of libbpf-rs.
#[allow(warnings)]
mod rs {
    pub mod plain {
        include!(concat!(env!("OUT_DIR"), "/plain.rs.skel.rs"));
    }
    pub mod core {
        include!(concat!(env!("OUT_DIR"), "/core.rs.skel.rs"));
    }
    pub mod minimal {
        include!(concat!(env!("OUT_DIR"), "/minimal.rs.skel.rs"));
    }
}

const ROUNDS: usize = 201;
/// What an object costs beside C may be a fiftieth.
const GOAL: f64 = 1.02;

/// With a skeleton of each kind, what is set before load, and what attaches libbpf-rs's.
macro_rules! contenders {
    (
        $module:ident, $builder:ident, struct_ops: $struct_ops:expr, |$parts:ident| $set:expr,
        |$open:ident| $set_rs:expr, |$skeleton:ident| $attach_rs:expr
    ) => {
        vec![
            contender(Peer::C, || {
                c::open_load_attach(&$module::OBJECT.0, $struct_ops)
            }),
            contender(Peer::Safe, || {
                let (time, _skeleton) = once(|| {
                    let mut open = $module::OpenSkeleton::open().unwrap();
                    let $parts = open.parts();
                    $set;
                    let mut skeleton = open.load().unwrap();
                    skeleton.attach().unwrap();
                    skeleton
                });
                time
            }),
            contender(Peer::LibbpfRs, || {
                let mut object = MaybeUninit::uninit();
                let (time, _skeleton) = once(|| {
                    #[allow(unused_mut)]
                    let mut $open = rs::$module::$builder::default().open(&mut object).unwrap();
                    $set_rs;
                    let mut $skeleton = $open.load().unwrap();
                    let links = $attach_rs;
                    ($skeleton, links)
                });
                time
            }),
        ]
    };
}

fn by_aya(object: &'static [u8]) -> Contender<'static> {
    contender(Peer::Aya, move || {
        let (time, _object) = once(|| {
            let mut object = EbpfLoader::new().load(object).unwrap();
            let program = object.program_mut("on_sys_enter").unwrap();
            let program: &mut RawTracePoint = program.try_into().unwrap();
            program.load().unwrap();
            program.attach("sys_enter").unwrap();
            object
        });
        time
    })
}

pub fn measure(report: &mut Report) -> Outcome {
    machine::use_one_cpu();
    report.group("Open, load, attach");

    let mut plain = contenders!(
        plain,
        PlainSkelBuilder,
        struct_ops: false,
        |parts| parts.rodata.step = 2,
        |open| open.maps.rodata_data.as_mut().unwrap().step = 2,
        |skeleton| skeleton.attach().unwrap()
    );
    plain.push(by_aya(&plain::OBJECT.0));
    report.row("nothing of the kernel's BTF", GOAL, in_turns(ROUNDS, plain));

    let mut core = contenders!(
        core,
        CoreSkelBuilder,
        struct_ops: false,
        |_parts| (),
        |open| (),
        |skeleton| skeleton.attach().unwrap()
    );
    core.push(by_aya(&core::OBJECT.0));
    report.row("with CO-RE relocations", GOAL, in_turns(ROUNDS, core));

    minimal_btf::measure(report)?;

    let control = contenders!(
        minimal,
        MinimalSkelBuilder,
        struct_ops: true,
        |parts| {
            parts.rodata.step = 2;
            parts.struct_ops.reno.flags = 1;
        },
        |open| {
            open.maps.rodata_data.as_mut().unwrap().step = 2;
            open.struct_ops.reno_mut().flags = 1;
        },
        |skeleton| (
            // Its attach would say that it does not attach struct_ops maps.
            skeleton.progs.on_sys_enter.attach().unwrap(),
            skeleton.maps.reno.attach_struct_ops().unwrap(),
        )
    );
    report.row("with a congestion control", GOAL, in_turns(ROUNDS, control));
    Ok(())
}
