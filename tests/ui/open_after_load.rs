//! Load takes the open object: nothing of it can be used, or even kept, past load.

use libbpf_safe::{OpenObject, Result};
use libbpf_tests::skeletons::tcp_shadow::{OpenSkeleton, Skeleton};

fn a_shadow_is_written_after_load(mut open: OpenSkeleton) -> Result<Skeleton> {
    let ops = open.parts().struct_ops.shadowed;
    let skeleton = open.load()?; //~ E0505
    ops.flags = 1;
    Ok(skeleton)
}

fn rodata_is_written_after_load(mut open: OpenSkeleton) -> Result<Skeleton> {
    let rodata = open.parts().rodata;
    let skeleton = open.load()?; //~ E0505
    rodata.step = 2;
    Ok(skeleton)
}

fn a_section_is_read_after_load(mut open: OpenSkeleton) -> Result<u64> {
    let written = &open.parts().data.written;
    open.load()?; //~ E0505
    Ok(*written)
}

fn parts_are_kept_across_load(mut open: OpenSkeleton) -> Result<()> {
    let mut parts = open.parts();
    open.load()?; //~ E0505
    parts.programs.original.set_autoload(false);
    Ok(())
}

fn a_map_is_resized_after_load(mut open: OpenSkeleton) -> Result<()> {
    let mut counts = open.parts().maps.counts;
    open.load()?; //~ E0505
    counts.set_max_entries(16)
}

fn a_callback_is_kept_across_load(mut open: OpenSkeleton) -> Result<String> {
    let callback = open.parts().programs.spare.callback();
    open.load()?; //~ E0505
    Ok(format!("{callback:?}"))
}

fn parts_are_taken_after_load(mut open: OpenSkeleton) -> Result<()> {
    open.load()?;
    open.parts().data.written = 1; //~ E0382
    Ok(())
}

fn a_skeleton_is_loaded_twice(open: OpenSkeleton) -> Result<()> {
    open.load()?;
    open.load()?; //~ E0382
    Ok(())
}

fn an_object_is_loaded_twice(open: OpenObject) -> Result<()> {
    open.load()?;
    open.load()?; //~ E0382
    Ok(())
}

fn an_object_is_changed_after_load(mut open: OpenObject) -> Result<()> {
    let mut program = open.program_mut("original")?;
    open.load()?; //~ E0505
    program.set_autoload(false);
    Ok(())
}

fn main() {}
