//! Records are borrowed from their ring, and a ring from whoever is reading it.

use libbpf_safe::map::{PerfEventArray, RingBuf};
use libbpf_safe::perf_buffer::PerfBuffer;
use libbpf_safe::ring_buffer::{Record, Ring, RingBuffer, UserRingBuffer};
use std::rc::Rc;
use std::thread;

fn a_record_outlives_its_turn(mut ring: Ring) {
    let record = ring.next_record().unwrap().unwrap();
    let _ = ring.next_record(); //~ E0499
    drop(record);
}

fn a_record_outlives_its_ring(mut ring: Ring) {
    let record = ring.next_record();
    drop(ring); //~ E0505
    drop(record);
}

fn a_value_outlives_its_record(mut ring: Ring) {
    let record = ring.next_record().unwrap().unwrap();
    let value = record.value::<u64>();
    drop(record); //~ E0505
    drop(value);
}

fn a_copy_of_a_record_outlives_it(mut ring: Ring) {
    let taken = ring.next_record().unwrap().unwrap();
    let record = taken.record();
    drop(taken); //~ E0505
    drop(record.bytes());
}

fn a_record_outlives_its_batch(mut ring: Ring) {
    let batch = ring.records().unwrap();
    let records: Vec<Record<'_>> = batch.iter().map(Result::unwrap).collect();
    drop(batch); //~ E0505
    drop(records);
}

fn a_record_leaves_its_closure(mut ring: Ring) {
    let mut kept = None;
    let _ = ring.consume(|record| kept = Some(record.bytes())); //~ E0521
    drop(kept);
}

fn a_closure_calls_its_ring(mut ring: Ring) {
    let _ = ring.consume(|_| drop(ring.next_record())); //~ E0499
}

fn a_closure_calls_its_ring_buffer(map: &RingBuf) {
    let mut rings = RingBuffer::<Box<dyn FnMut(Record<'_>)>>::new().unwrap();
    let _ = rings.add(map, Box::new(|_| drop(rings.consume()))); //~ E0499 E0597
}

fn a_closure_calls_its_perf_buffer(map: &PerfEventArray) {
    let mut buffer = PerfBuffer::new(map, 1, |_| ()).unwrap();
    let mut other = PerfBuffer::new(map, 1, |_| drop(buffer.consume())).unwrap();
    let _ = buffer.consume(); //~ E0499
    let _ = other.consume();
}

fn a_closure_that_stays_takes_its_ring_along(map: &RingBuf) {
    let shared = Rc::new(1);
    let mut rings = RingBuffer::new().unwrap();
    rings.add(map, move |_| drop(Rc::clone(&shared))).unwrap();
    thread::spawn(move || rings.consume()); //~ E0277
}

fn so_does_one_of_a_perf_buffer(map: &PerfEventArray) {
    let shared = Rc::new(1);
    let mut buffer = PerfBuffer::new(map, 1, move |_| drop(Rc::clone(&shared))).unwrap();
    thread::spawn(move || buffer.consume()); //~ E0277
}

fn a_record_is_written_to(mut ring: Ring) {
    let record = ring.next_record().unwrap().unwrap();
    record[0] = 1; //~ E0594
}

fn a_record_is_read_as_what_not_every_bit_pattern_is(record: Record<'_>) {
    let _ = record.value::<bool>(); //~ E0277
    let _ = record.value::<&'static u8>(); //~ E0277
    let _ = record.prefix::<char>(); //~ E0277
}

fn a_ring_is_read_by_two(ring: &Ring) {
    let _ = ring.next_record(); //~ E0596
}

fn a_ring_has_no_copies_and_its_map_no_elements(ring: &Ring, map: &RingBuf) {
    let _ = Ring::clone(ring); //~ E0277
    let _ = map.lookup(0); //~ E0599
}

fn two_samples_have_the_same_room(mut ring: UserRingBuffer) {
    let first = ring.reserve(8).unwrap().unwrap();
    let second = ring.reserve(8); //~ E0499
    drop((first, second));
}

fn a_sample_is_submitted_twice(mut ring: UserRingBuffer) {
    let sample = ring.reserve(8).unwrap().unwrap();
    let _ = sample.submit();
    let _ = sample.submit(); //~ E0382
}

fn a_sample_is_written_after_it_was_submitted(mut ring: UserRingBuffer) {
    let mut sample = ring.reserve(8).unwrap().unwrap();
    let bytes: &mut [u8] = &mut sample;
    let _ = sample.submit(); //~ E0505
    bytes[0] = 1;
}

fn a_sample_outlives_its_ring(mut ring: UserRingBuffer) {
    let sample = ring.reserve(8);
    drop(ring); //~ E0505
    drop(sample);
}

fn main() {}
