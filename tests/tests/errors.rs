//! probe
#![allow(clippy::unwrap_used)]
use libbpf_safe::*;
use libbpf_safe::map::*;
use libbpf_tests::skeletons::*;
use std::error::Error as _;
fn show<T>(what: &str, r: Result<T>) -> Option<T> {
    match r { Ok(v) => { println!("== {what}: OK"); Some(v) }
      Err(e) => { println!("== {what}\n  kind {:?}\n  DISPLAY {e}\n  DEBUG {e:?}\n  errno {:?} source {:?}", match e.kind() { ErrorKind::VerifierRejected{program,..} => format!("rejected {program}"), k => format!("{k:?}") }, e.raw_os_error(), e.source().map(|s| s.to_string())); None } }
}
fn only(name: &str) -> Result<Object> {
    let mut o = OpenObject::from_bytes("verifier", &verifier::OBJECT.0)?;
    for n in ["fine","unchecked","no_field","no_kfunc","no_function","no_tracepoint","nowhere"] { let on = n == name || n == "fine"; o.program_mut(n)?.set_autoload(on); }
    o.load()
}
fn misfit(names: &[&str]) -> Result<Object> {
    let mut o = OpenObject::from_bytes("misfits", &misfits::OBJECT.0)?;
    for n in names { o.map_mut(n)?.set_autocreate(true)?; }
    o.load()
}
fn tcp(f: impl FnOnce(&mut tcp_shadow::shadow::tcp_congestion_ops<'_>)) -> Result<()> {
    let mut o = tcp_shadow::OpenSkeleton::open()?;
    f(o.parts().struct_ops.shadowed);
    let s = o.load()?;
    s.struct_ops.shadowed.attach().map(drop)
}
fn main() {
    for n in ["unchecked","no_field","no_kfunc","no_function"] { show(n, only(n)); }
    for n in ["no_tracepoint","nowhere"] { if let Some(o) = show(n, only(n)) { show("attach", o.program(n).unwrap().attach()); show("attach off", o.program("unchecked").unwrap().attach()); } }
    show("kfunc", kfunc::OpenSkeleton::open().unwrap().load());
    show("lacking zero", lacking::OpenSkeleton::open().unwrap().load());
    let mut o = lacking::OpenSkeleton::open().unwrap();
    { let p = o.parts(); p.struct_ops.lacking.no_such_setting = 3; p.struct_ops.lacking.no_such_callback = Some(p.programs.cong_avoid.callback()); }
    show("lacking", o.load());
    show("misfits ok", misfit(&[]));
    for n in ["lacks","wrong_size","wrong_kind","wrong_callback","unknown","unregistered"] { show(n, misfit(&[n])); }
    show("all", misfit(&["lacks","wrong_size","wrong_kind","wrong_callback","unknown","unregistered"]));
    show("no ssthresh", tcp(|o| o.ssthresh = None));
    show("several", tcp(|o| {o.ssthresh = None; o.cong_avoid = None; o.name.set("my-cc").unwrap(); o.key = 3;}));
    show("empty", tcp(|o| {o.name.set("").unwrap();}));
    show("utf8", tcp(|o| {o.name.set("é").unwrap();}));
    show("nonul", tcp(|o| {*o.name.as_array_mut() = [b'a'; 16];}));
    show("flag", tcp(|o| {o.flags = 1<<30;}));
    show("flag+reason", tcp(|o| {o.flags = 1<<30; o.ssthresh = None;}));
    show("key", tcp(|o| {o.key = 3;}));
    show("owner", tcp(|o| {o.owner = libbpf_safe::data::Pointer::from_address(0x1234);}));
    show("nobtf", OpenObject::from_bytes("no_btf", NO_BTF).and_then(OpenObject::load));
    show("other", OpenObject::from_bytes("other", OTHER_ORDER).and_then(OpenObject::load));
    show("garbage", OpenObject::from_bytes("garbage", b"hello world"));
    show("emptybytes", OpenObject::from_bytes("garbage", b""));
    show("exe", OpenObject::from_file("/proc/self/exe"));
    show("x86 so", OpenObject::from_file("/usr/bin/true"));
    show("missing", OpenObject::from_file("/no/such.bpf.o"));
    show("notdir", OpenObject::from_file("/etc/passwd/such.bpf.o"));
    show("dir", OpenObject::from_file("/tmp"));
    show("nul", OpenObject::from_file("/tmp/a\0b"));
    show("emptypath", OpenObject::from_file(""));
    show("nulname", OpenObject::from_bytes("a\0b", b""));
    show("noname", OpenOptions::new().open_bytes(b""));
    show("btf path", OpenOptions::new().name("x").btf_path("/no/such").open_bytes(&verifier::OBJECT.0).and_then(OpenObject::load));
    let bytes = &tcp_shadow::OBJECT.0;
    let mut seen = std::collections::BTreeMap::new();
    for len in (0..bytes.len()).step_by(bytes.len()/300) {
        match OpenObject::from_bytes("cut", &bytes[..len]) { Ok(_) => {seen.entry("OK".to_owned()).or_insert(len);}, Err(e) => {seen.entry(format!("{e} {:?}", e.raw_os_error())).or_insert(len);} }
    }
    println!("{seen:#?}");
    let s = tcp_shadow::OpenSkeleton::open().unwrap().load().unwrap();
    let mut l = s.struct_ops.shadowed.attach().unwrap();
    let s2 = tcp_shadow::OpenSkeleton::open().unwrap().load().unwrap();
    show("exists", s2.struct_ops.shadowed.attach());
    show("same map twice", s.struct_ops.shadowed.attach());
    show("upd other name", l.update(&s.struct_ops.second));
    show("upd plain", l.update(&s.struct_ops.plain));
    show("upd same", l.update(&s.struct_ops.shadowed));
    show("upd same name", l.update(&s2.struct_ops.shadowed));
    let p = show("plain", s.struct_ops.plain.attach()).unwrap();
    show("plain again", s.struct_ops.plain.attach());
    show("plain again, other object", s2.struct_ops.plain.attach());
    drop(p);
    show("plain after detach", s.struct_ops.plain.attach());
    let m = misfit(&[]).unwrap();
    show("attach uncreated", m.struct_ops("lacks").unwrap().attach());
    show("to_map uncreated", m.struct_ops("lacks").unwrap().to_map());
    show("map uncreated", m.map("lacks"));
    show("upd uncreated", l.update(&m.struct_ops("lacks").unwrap()));
    show("struct_ops of marks", s.object.struct_ops("marks"));
    show("prog attach", s.programs.original.attach());
    show("prog spare", s.programs.spare.attach());
    show("prog spare info", s.programs.spare.info());
    let mm = small_maps::OpenSkeleton::open().unwrap().load().unwrap();
    show("off", mm.programs.off.attach());
    show("off fd", mm.programs.off.fd());
    let two = &mm.maps.two;
    show("key size", two.as_map().lookup_bytes(&[1]));
    show("val size", two.as_map().update_bytes(&[1;4], &[0;3], UpdateFlag::Any));
    show("exist", two.update(&1, &1, UpdateFlag::Exist));
    two.update(&1, &1, UpdateFlag::Any).unwrap();
    show("noexist", two.update(&1, &1, UpdateFlag::NoExist));
    two.update(&2, &1, UpdateFlag::Any).unwrap();
    show("full", two.update(&3, &1, UpdateFlag::Any));
    show("beyond", mm.maps.four.update(4, &1));
    show("noexist arr", mm.maps.four.as_map().update_bytes(&[0;4], &[0;8], UpdateFlag::NoExist));
    show("delete arr", mm.maps.four.as_map().delete_bytes(&[0;4]));
    show("percpu", mm.object.map("each_cpu").unwrap().lookup_bytes(&[0;4]));
    let ro = mm.object.map("small_ma.rodata").or_else(|_| mm.object.map("small_maps.rodata")).unwrap();
    show("ro", ro.update_bytes(&[0;4], &[0;4], UpdateFlag::Any));
    show("readable", mm.object.map("readable").unwrap().update_bytes(&[0;4], &[0;8], UpdateFlag::Any));
    show("struct_ops bytes lookup", s.struct_ops.shadowed.to_map().unwrap().lookup_bytes(&[0;4]).map(|v| println!("{v:?}")));
    show("struct_ops bytes update", s.struct_ops.second.to_map().unwrap().update_bytes(&[0;4], &[0;256], UpdateFlag::Any));
    show("struct_ops delete", s.struct_ops.second.to_map().unwrap().delete_bytes(&[0;4]));
    show("wrong types", HashMap::<u8,u8>::try_from(two.as_map().clone()));
    show("wrong types2", HashMap::<u32,u8>::try_from(two.as_map().clone()));
    show("wrong types3", Array::<u64>::try_from(two.as_map().clone()));
    show("no map", s.object.map("nope"));
    let mut o = tcp_shadow::OpenSkeleton::open().unwrap();
    o.parts().programs.undo_cwnd.set_autoload(false);
    show("off prog", o.load());
    let (mut a, mut b) = (tcp_shadow::OpenSkeleton::open().unwrap(), tcp_shadow::OpenSkeleton::open().unwrap());
    { std::mem::swap(a.parts().struct_ops.shadowed, b.parts().struct_ops.shadowed); }
    drop(b);
    show("swapped", a.load());
    let mut o = OpenObject::from_bytes("small", &small_maps::OBJECT.0).unwrap();
    show("rodata entries", o.map_mut("small.rodata").unwrap().set_max_entries(2));
    show("autocreate", o.map_mut("two").unwrap().set_autocreate(false));
    show("zero entries", o.map_mut("two").unwrap().set_max_entries(0));
    show("no prog", o.program_mut("zzz"));
    show("zero entries load", o.load());
    let mut o = OpenObject::from_bytes("small", &small_maps::OBJECT.0).unwrap();
    o.map_mut("two").unwrap().set_max_entries(u32::MAX).unwrap();
    show("huge load", o.load());
}
