//! What is compiled against the generated `vmlinux.h` loads, also into other kernels than that it was made from.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_safe::OpenObject;
use libbpf_safe::btf::Btf;
use libbpf_tests::kernel::{Case, Needs, run_cases};
use libbpf_tests::skeletons::reads;
use std::process::ExitCode;
use tempfile::TempDir;

const SOURCE: &str = "\
#include \"vmlinux.h\"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC(\"license\") = \"GPL\";
int pid;
SEC(\"raw_tp/sys_enter\") int task_pid(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	pid = task->pid;
	return 0;
}
";

fn main() -> ExitCode {
    run_cases(vec![
        Case::new(
            "a_program_that_reads_kernel_structs_loads",
            Needs::Kernel,
            a_program_that_reads_kernel_structs_loads,
        ),
        // It is compiled where clang is, which is not in a guest.
        Case::new(
            "a_program_with_some_of_the_kernels_types_loads",
            Needs::Kernel,
            a_program_with_some_of_the_kernels_types_loads,
        )
        .with_tool("clang"),
    ])
}

fn a_program_that_reads_kernel_structs_loads() {
    let skeleton = reads::OpenSkeleton::open().unwrap().load().unwrap();
    assert!(
        skeleton
            .programs
            .reads
            .info()
            .unwrap()
            .verified_instructions
            > 0
    );
}

fn a_program_with_some_of_the_kernels_types_loads() {
    let folder = TempDir::new().unwrap();
    let kernel = Btf::from_kernel().unwrap();
    let header = skelgen::vmlinux_header(&kernel, &["struct task_struct".into()]).unwrap();
    std::fs::write(folder.path().join("vmlinux.h"), header).unwrap();
    let source = folder.path().join("task.bpf.c");
    std::fs::write(&source, SOURCE).unwrap();
    let generated = skelgen::Builder::new()
        .source(&source)
        .include_path(folder.path())
        .out_dir(folder.path().join("out"))
        .generate()
        .unwrap();
    let object = OpenObject::from_file(&generated[0].object).unwrap();
    let object = object.load().unwrap();
    let program = object.program("task_pid").unwrap();
    assert!(program.info().unwrap().verified_instructions > 0);
}
