//! What is compiled against the generated `vmlinux.h` loads into the kernel that it was made from.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use libbpf_safe::OpenObject;
use libbpf_tests::kernel_tests;
use skelgen::Builder;
use std::fs;

kernel_tests![a_program_that_reads_kernel_structs_loads];

const SOURCE: &str = r#"
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";
int pid;

SEC("raw_tp/sys_enter")
int reads(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	pid = task->pid + task->group_leader->tgid;
	return 0;
}
"#;

fn a_program_that_reads_kernel_structs_loads() {
    let folder = tempfile::TempDir::new().unwrap();
    let source = folder.path().join("reads.bpf.c");
    fs::write(&source, SOURCE).unwrap();
    let generated = Builder::new()
        .source(source)
        .out_dir(folder.path())
        .generate()
        .unwrap();
    let object = fs::read(&generated[0].object).unwrap();
    let object = OpenObject::from_bytes("reads", &object)
        .unwrap()
        .load()
        .unwrap();
    object.program("reads").unwrap();
}
