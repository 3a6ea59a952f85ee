use super::ProgramType;
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::time::Duration;

/// What the kernel knows about a program: `struct bpf_prog_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_prog_info")]
pub struct ProgramInfo {
    /// The id, unique while the program is in the kernel.
    pub id: u32,
    /// The type.
    pub program_type: ProgramType,
    /// The name as the kernel keeps it: the first 15 bytes.
    pub name: String,
    /// A hash of the instructions.
    pub tag: [u8; 8],
    /// How often the program ran while [run statistics](super::enable_run_statistics) were on. Since
    /// Linux 5.1.
    pub run_count: u64,
    /// How long it ran in all, over the same time.
    pub run_time: Duration,
    /// How often it was skipped because it was running already. Since Linux 5.12.
    pub recursion_misses: u64,
    /// How many instructions the verifier followed. Since Linux 5.16.
    pub verified_instructions: u32,
    /// When it was loaded, since boot.
    pub loaded_at: Duration,
    /// The user that loaded it.
    pub created_by_uid: u32,
    /// Whether its license lets it call functions that are for GPL programs only.
    pub gpl_compatible: bool,
    /// The network device that it is loaded into or bound to, by its index; 0 for none.
    pub device: u32,
    /// The id of its BTF; 0 where it has none.
    pub btf_id: u32,
    /// The id of the BTF that has the function or hook which it was loaded for, the kernel's, a module's or a program's;
    /// 0 where it was loaded for none. Since Linux 5.17.
    pub attach_btf_object_id: u32,
    /// The type of that function or hook. Since Linux 5.17.
    pub attach_btf_type_id: u32,
}

impl ProgramInfo {
    pub(super) fn from_c(info: &ffi::bpf_prog_info) -> ProgramInfo {
        ProgramInfo {
            id: info.id,
            program_type: ProgramType(info.type_),
            name: kernel_name(&info.name),
            tag: info.tag,
            run_count: info.run_cnt,
            run_time: Duration::from_nanos(info.run_time_ns),
            recursion_misses: info.recursion_misses,
            verified_instructions: info.verified_insns,
            loaded_at: Duration::from_nanos(info.load_time),
            created_by_uid: info.created_by_uid,
            gpl_compatible: info.gpl_compatible() != 0,
            device: info.ifindex,
            btf_id: info.btf_id,
            attach_btf_object_id: info.attach_btf_obj_id,
            attach_btf_type_id: info.attach_btf_id,
        }
    }
}

/// A name as the kernel keeps it: at most 15 bytes and a NUL.
pub(crate) fn kernel_name(name: &[std::ffi::c_char; 16]) -> String {
    let bytes: &[u8] = bytemuck::cast_slice(name);
    CStr::from_bytes_until_nul(bytes)
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
