//! Maps and programs that come from no object, and what the kernel tells of programs.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_safe::map::{Array, CreateFlags, CreateOptions, HashMap, Map, MapType, UpdateFlag};
use libbpf_safe::program::attach::AttachType;
use libbpf_safe::program::{
    Instruction, KernelProgram, LoadOptions, LogLevel, ProgramFlags, ProgramType, Stream, TestRun,
};
use libbpf_safe::{ErrorKind, OpenObject, enable_run_statistics};
use libbpf_tests::features::Feature;
use libbpf_tests::kernel::{is_gone, map_exists, program_exists};
use libbpf_tests::kernel_tests;
use libbpf_tests::skeletons::FUNCTIONS;
use std::os::fd::{AsFd, AsRawFd};

kernel_tests![
    maps_are_created_without_an_object,
    maps_of_maps_are_created_without_an_object,
    what_the_kernel_does_not_create_is_told,
    values_have_types_of_the_btf_that_is_given,
    programs_are_loaded_from_instructions,
    instructions_are_checked_for_where_the_program_will_be_attached,
    a_program_that_is_rejected_has_its_log,
    what_the_verifier_wrote_is_kept,
    instructions_name_maps_by_their_place,
    a_program_keeps_all_maps_of_its_list needs Feature::Linux(6, 14),
    a_program_keeps_a_map_that_is_bound_to_it,
    a_raw_tracepoint_is_opened_by_its_name,
    code_is_read_with_its_lines,
    what_has_no_btf_has_no_lines,
    programs_speak_through_streams needs Feature::Streams,
    kernels_without_streams_say_so,
];

const EXIT: Instruction = Instruction::new(0x95, 0, 0, 0, 0);

/// `r0 = value`
const fn returned(value: i32) -> Instruction {
    Instruction::new(0xb7, 0, 0, 0, value)
}

fn maps_are_created_without_an_object() {
    let map = CreateOptions::new(MapType::HASH, 4, 8, 3)
        .name("by_hand")
        .flags(CreateFlags::NO_PREALLOC)
        .create()
        .unwrap();
    assert_eq!(map.name(), "by_hand");
    let info = map.info().clone();
    assert_eq!(info.name, "by_hand");
    assert_eq!(
        (info.key_size, info.value_size, info.max_entries),
        (4, 8, 3)
    );
    assert_eq!(info.create_flags, CreateFlags::NO_PREALLOC.bits());
    let typed: HashMap<u32, u64> = map.try_into().unwrap();
    typed.update(&7, &8, UpdateFlag::Any).unwrap();
    assert_eq!(typed.lookup(&7).unwrap(), Some(8));
    drop(typed);
    assert!(is_gone(|| map_exists(info.id)));
    // Without a name, and with what its type takes beside flags.
    let bloom = CreateOptions::new(MapType::BLOOM_FILTER, 0, 4, 100).extra(5);
    let bloom = bloom.create().unwrap();
    assert_eq!((bloom.name(), bloom.info().map_extra), ("", 5));
    let near = CreateOptions::new(MapType::ARRAY, 4, 8, 1).numa_node(0);
    let flags = near.create().unwrap().info().create_flags;
    assert_eq!(flags, 1 << 2, "BPF_F_NUMA_NODE");
}

fn maps_of_maps_are_created_without_an_object() {
    let inner = |entries| CreateOptions::new(MapType::ARRAY, 4, 8, entries).create();
    let like = inner(2).unwrap();
    let outer = CreateOptions::new(MapType::HASH_OF_MAPS, 4, 4, 8).inner_map(&like);
    let outer = outer.create().unwrap();
    let fd = |map: &Map| (map.as_fd().as_raw_fd() as u32).to_ne_bytes();
    let key = 1u32.to_ne_bytes();
    outer
        .update_bytes(&key, &fd(&inner(2).unwrap()), UpdateFlag::Any)
        .unwrap();
    let found = outer.lookup_bytes(&key).unwrap().unwrap();
    let id = u32::from_ne_bytes(found.try_into().unwrap());
    assert_eq!(Map::from_id(id).unwrap().info().max_entries, 2);
    // Another length is another kind of map.
    let error = outer.update_bytes(&key, &fd(&inner(3).unwrap()), UpdateFlag::Any);
    assert!(error.is_err());
}

fn what_the_kernel_does_not_create_is_told() {
    let error = CreateOptions::new(MapType::ARRAY, 3, 8, 1)
        .name("odd")
        .create();
    let error = error.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22));
    let text = error.to_string();
    assert!(
        text.contains("create map `odd` of the type array"),
        "{text}"
    );
    let error = CreateOptions::new(MapType::ARRAY, 4, 8, 1)
        .name("a\0b")
        .create();
    assert!(error.unwrap_err().to_string().contains("NUL"));
}

fn values_have_types_of_the_btf_that_is_given() {
    let mut open = OpenObject::from_bytes("functions", FUNCTIONS).unwrap();
    let btf = open.btf().unwrap().unwrap();
    let object = open.load().unwrap();
    let key = btf
        .find("unsigned int", libbpf_safe::btf::Kind::Int)
        .unwrap();
    let value = btf
        .find("unsigned long long", libbpf_safe::btf::Kind::Int)
        .unwrap();
    let options = CreateOptions::new(MapType::ARRAY, 4, 8, 1);
    let fd = object.btf_fd().unwrap();
    options.clone().types(fd, key, value).create().unwrap();
    // The kernel holds the sizes of the types against those of the map.
    let error = options.types(fd, value, key).create().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(22), "{error}");
}

fn load(program_type: ProgramType, instructions: &[Instruction]) -> KernelProgram {
    let options = LoadOptions::new(program_type, "GPL", instructions).name("by_hand");
    options.load().unwrap().program
}

fn programs_are_loaded_from_instructions() {
    let program = load(ProgramType::XDP, &[returned(2), EXIT]);
    assert_eq!(program.name(), "by_hand");
    let info = program.info().unwrap();
    assert_eq!(
        (info.program_type, &*info.name),
        (ProgramType::XDP, "by_hand")
    );
    assert_eq!(program.code().unwrap().instructions.last(), Some(&EXIT));
    drop(program);
    assert!(is_gone(|| program_exists(info.id)));
    // Flags are looked at: no XDP program sleeps.
    let instructions = [returned(2), EXIT];
    let options = LoadOptions::new(ProgramType::XDP, "GPL", &instructions);
    let error = options.flags(ProgramFlags::SLEEPABLE).load().unwrap_err();
    assert!(error.to_string().contains("type xdp"), "{error}");
}

fn instructions_are_checked_for_where_the_program_will_be_attached() {
    // r0 = ctx->user_ip6[0], which there is for IPv6 only
    let read = Instruction::new(0x61, 0, 1, 8, 0);
    let instructions = [read, returned(1), EXIT];
    let options = LoadOptions::new(ProgramType::CGROUP_SOCK_ADDR, "GPL", &instructions);
    let load = |at| options.clone().expected_attach_type(at).load();
    load(AttachType::CGROUP_INET6_CONNECT).unwrap();
    let error = load(AttachType::CGROUP_INET4_CONNECT).unwrap_err();
    let log = error.verifier_log().unwrap();
    assert!(log.contains("invalid bpf_context access"), "{log}");
}

fn a_program_that_is_rejected_has_its_log() {
    // r0 was never written.
    let error = LoadOptions::new(ProgramType::XDP, "GPL", &[EXIT])
        .name("bad")
        .load();
    let error = error.unwrap_err();
    let ErrorKind::VerifierRejected { program, log } = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(program, "bad");
    assert!(log.contains("R0 !read_ok"), "{log}");
    let error = LoadOptions::new(ProgramType(999), "GPL", &[returned(0), EXIT]).load();
    let error = error.unwrap_err();
    assert!(error.verifier_log().is_none(), "{error:?}");
    assert_eq!(error.raw_os_error(), Some(22));
}

fn what_the_verifier_wrote_is_kept() {
    let mut instructions = vec![returned(0); 4000];
    instructions.push(EXIT);
    let options = LoadOptions::new(ProgramType::XDP, "GPL", &instructions);
    let quiet = options.clone().load().unwrap();
    assert_eq!(quiet.log, "");
    // Longer than what is tried first.
    let level = LogLevel::STATES | LogLevel::STATISTICS;
    let log = options.log_level(level).load().unwrap().log;
    assert!(log.len() > 1 << 16, "{}", log.len());
    assert!(log.contains("processed 4001 insns"));
}

/// Loads the address of a map (two instructions), and returns the value of its element 0, or 1 where there is none.
fn lookup(map: Instruction) -> Vec<Instruction> {
    vec![
        // *(u32 *)(r10 - 4) = 0
        Instruction::new(0x62, 10, 0, -4, 0),
        // r2 = r10 - 4
        Instruction::new(0xbf, 2, 10, 0, 0),
        Instruction::new(0x07, 2, 0, 0, -4),
        // r1 = map
        map,
        Instruction::default(),
        // call bpf_map_lookup_elem
        Instruction::new(0x85, 0, 0, 0, 1),
        // if r0 != 0 goto +2
        Instruction::new(0x55, 0, 0, 2, 0),
        returned(1),
        EXIT,
        // r0 = *(u64 *)r0
        Instruction::new(0x79, 0, 0, 0, 0),
        EXIT,
    ]
}

fn instructions_name_maps_by_their_place() {
    let array = |value: u64| {
        let map = CreateOptions::new(MapType::ARRAY, 4, 8, 1)
            .create()
            .unwrap();
        Array::<u64>::try_from(map.clone())
            .unwrap()
            .update(0, &value)
            .unwrap();
        map
    };
    let maps = [array(10), array(20)];
    // BPF_LD | BPF_IMM | BPF_DW with BPF_PSEUDO_MAP_IDX
    let instructions = lookup(Instruction::new(0x18, 1, 5, 0, 1));
    let options = LoadOptions::new(ProgramType::SOCKET_FILTER, "GPL", &instructions);
    let program = options.maps(&maps).load().unwrap().program;
    let used = program.code().unwrap().map_ids;
    assert_eq!(used, [maps[1].info().id]);
    // The kernel would go on reading behind the list.
    for place in [2, -1, i32::MAX] {
        let instructions = lookup(Instruction::new(0x18, 1, 5, 0, place));
        let options = LoadOptions::new(ProgramType::SOCKET_FILTER, "GPL", &instructions);
        let error = options.maps(&maps).load().unwrap_err();
        assert!(error.to_string().contains("of a list of 2"), "{error}");
    }
}

fn a_program_keeps_all_maps_of_its_list() {
    let array = || {
        CreateOptions::new(MapType::ARRAY, 4, 8, 1)
            .create()
            .unwrap()
    };
    let maps = [array(), array()];
    let instructions = [returned(2), EXIT];
    let options = LoadOptions::new(ProgramType::XDP, "GPL", &instructions);
    let plain = options.clone().maps(&maps).load().unwrap().program;
    assert!(plain.code().unwrap().map_ids.is_empty());
    let program = options.maps(&maps).keep_maps().load().unwrap().program;
    let mut ids = maps.map(|map| map.info().id);
    ids.sort_unstable();
    let mut kept = program.code().unwrap().map_ids;
    kept.sort_unstable();
    assert_eq!(kept, ids);
    assert!(map_exists(ids[0]));
    drop(program);
    assert!(is_gone(|| map_exists(ids[0]) || map_exists(ids[1])));
}

fn a_program_keeps_a_map_that_is_bound_to_it() {
    let program = load(ProgramType::XDP, &[returned(2), EXIT]);
    let map = CreateOptions::new(MapType::ARRAY, 4, 8, 1)
        .create()
        .unwrap();
    let id = map.info().id;
    program.bind_map(&map).unwrap();
    drop(map);
    assert_eq!(program.code().unwrap().map_ids, [id]);
    assert!(map_exists(id));
    drop(program);
    assert!(is_gone(|| map_exists(id)));
}

fn a_raw_tracepoint_is_opened_by_its_name() {
    let _statistics = enable_run_statistics().unwrap();
    let program = load(ProgramType::RAW_TRACEPOINT, &[returned(0), EXIT]);
    let runs = || program.info().unwrap().run_count;
    let attached = program.open_raw_tracepoint("sys_enter", 0).unwrap();
    std::thread::yield_now();
    let during = runs();
    assert!(during > 0);
    drop(attached);
    // It goes when the kernel has seen to it that nobody runs it any more.
    assert!(is_gone(|| {
        let before = runs();
        std::thread::yield_now();
        runs() > before
    }));
    let error = program.open_raw_tracepoint("no_such", 0).unwrap_err();
    assert!(error.to_string().contains("`no_such`"), "{error}");
    assert!(program.open_raw_tracepoint("a\0b", 0).is_err());
}

fn code_is_read_with_its_lines() {
    let object = OpenObject::from_bytes("functions", FUNCTIONS)
        .unwrap()
        .load()
        .unwrap();
    let program = object.program("count").unwrap();
    let code = program.code().unwrap();
    assert!(code.instructions.len() > 10);
    assert_eq!(code.instructions.last(), Some(&EXIT));
    let names: Vec<_> = code.functions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["count", "add"]);
    let counts = object.map("counts").unwrap().info().id;
    assert!(code.map_ids.contains(&counts), "{:?}", code.map_ids);
    let adding = code.lines.iter().find(|line| line.text == "*value += by;");
    let adding = adding.unwrap();
    assert_eq!(code.line_of(adding.instruction), Some(adding));
    assert!(code.line_of(code.instructions.len()).is_none());
    // The JIT is on, and its code is shown to root.
    assert!(!code.machine_code.is_empty());
    let add = &code.functions[1];
    let start = add.address.unwrap();
    let size = u64::from(add.size.unwrap());
    let at = adding.address.unwrap();
    assert!((start..start + size).contains(&at));
    assert_eq!(code.line_at(at), Some(adding));
    assert!(code.line_at(start + size).is_none_or(|line| line != adding));
    assert!(code.line_at(1).is_none());
    // Another handle of it says the same.
    let id = program.info().unwrap().id;
    let same = KernelProgram::from_id(id).unwrap().code().unwrap();
    assert_eq!(same.lines, code.lines);
    program.test_run(TestRun::new()).unwrap();
}

fn what_has_no_btf_has_no_lines() {
    let code = load(ProgramType::XDP, &[returned(2), EXIT]).code().unwrap();
    assert!(code.lines.is_empty() && code.functions.is_empty());
    assert!(code.line_of(0).is_none());
}

fn programs_speak_through_streams() {
    let mut open = OpenObject::from_bytes("functions", FUNCTIONS).unwrap();
    open.program_mut("speak").unwrap().set_autoload(true);
    let object = open.load().unwrap();
    let speak = object.program("speak").unwrap();
    let mut text = [0; 100];
    assert_eq!(speak.read_stream(Stream::Output, &mut text).unwrap(), 0);
    for _ in 0..2 {
        let result = speak.test_run(TestRun::new()).unwrap();
        assert_eq!(result.return_value, 0);
    }
    let length = speak.read_stream(Stream::Output, &mut text[..5]).unwrap();
    assert_eq!(&text[..length], b"count");
    let other = speak.to_kernel_program().unwrap();
    let length = other.read_stream(Stream::Output, &mut text).unwrap();
    assert_eq!(&text[..length], b"ed to 3\ncounted to 3\n");
    assert_eq!(speak.read_stream(Stream::Output, &mut text).unwrap(), 0);
    assert_eq!(speak.read_stream(Stream::Errors, &mut text).unwrap(), 0);
}

fn kernels_without_streams_say_so() {
    let program = load(ProgramType::XDP, &[returned(2), EXIT]);
    let read = program.read_stream(Stream::Errors, &mut [0; 8]);
    if libbpf_tests::features::running_release() >= (6, 17) {
        assert_eq!(read.unwrap(), 0);
    } else {
        let error = read.unwrap_err();
        assert!(error.hint().unwrap().contains("6.17"), "{error}");
    }
}
