//! A struct that parts of an object are assigned to has fields for them and nothing else.

use libbpf_safe::collection::{Collection, ProgramDefinition};
use libbpf_safe::link::Link;
use libbpf_safe::map::{HashMap, Map};
use libbpf_safe::{Object, ObjectFile, Result, assign};

assign! {
    struct Number {
        counts: u64 = "counts",
    }
}

fn a_number_is_no_part_of_an_object(file: &ObjectFile) -> Result<Number> {
    file.loader().load_and_assign::<Number>() //~ E0277
}

assign! {
    struct Described {
        counter: ProgramDefinition = "counter",
    }
}

fn what_a_file_says_is_not_loaded(object: &Object) -> Result<Described> {
    object.assign::<Described>() //~ E0277
}

assign! {
    struct Attached {
        link: Link = "counter",
    }
}

fn a_collection_has_no_links(collection: &Collection) -> Result<Attached> {
    collection.assign::<Attached>() //~ E0277
}

assign! {
    struct Maps {
        counts: Map = "counts",
    }
}

fn a_file_has_no_maps_in_the_kernel(file: &ObjectFile) -> Result<Maps> {
    file.assign::<Maps>() //~ E0277
}

fn a_reference_is_not_filled_in(object: &Object) -> Result<&mut Maps> {
    object.assign::<&mut Maps>() //~ E0277
}

assign! {
    struct Nested {
        counts: HashMap<u32, u64> = "counts",
        inner: Inner,
    }
}

struct Inner;

fn a_field_without_a_name_is_such_a_struct(object: &Object) -> Result<Nested> {
    object.assign::<Nested>() //~ E0277
}

// By value it would be of infinite size, as any struct.
assign! {
    struct Endless {
        counts: Map = "counts",
        again: Option<Box<Endless>>,
    }
}

fn a_struct_is_not_within_itself(object: &Object) -> Result<Endless> {
    object.assign::<Endless>() //~ E0277
}

fn main() {}
