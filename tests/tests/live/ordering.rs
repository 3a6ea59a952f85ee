//! What is written before a release is there after the acquire, on both sides.

use libbpf_safe::program::TestRun;
use libbpf_tests::skeletons::letters::OpenSkeleton;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The program answers in a thread of its own what is posted here: each letter is another, so that a word that came
/// too early or too late is found out by its value.
pub(crate) fn what_was_written_before_a_release_is_read_after_the_acquire() {
    const LETTERS: u64 = 300;
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let bss = &skeleton.bss;
    let done = AtomicBool::new(false);
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(20) {
                skeleton.programs.answer.test_run(TestRun::new()).unwrap();
            }
        });
        for number in (1..=LETTERS).map(|letter| letter * 1000) {
            for (index, word) in (0..).zip(bss.letter.elements()) {
                word.set(number + index);
            }
            bss.posted.set_release(number);
            while bss.answered.get_acquire() != number {
                if start.elapsed() > Duration::from_secs(20) {
                    break;
                }
                thread::yield_now();
            }
            let words: Vec<u64> = bss.reply.elements().iter().map(|word| word.get()).collect();
            let expected: Vec<u64> = (0..16).map(|index| 2 * (number + index)).collect();
            if words != expected {
                done.store(true, Ordering::Relaxed);
                panic!("the answer to {number} was {words:?}");
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(bss.torn.get(), 0);
    assert_eq!(bss.answered.get_acquire(), LETTERS * 1000);
}

/// Values of several words, each of which is released.
pub(crate) fn values_of_several_words_are_released_and_acquired() {
    let skeleton = OpenSkeleton::open().unwrap().load().unwrap();
    let bss = &skeleton.bss;
    let mut letter = [0; 16];
    for (index, word) in (0..).zip(&mut letter) {
        *word = 5000 + index;
    }
    bss.letter.set_release(letter);
    bss.posted.set_release(5000);
    let run = skeleton.programs.answer.test_run(TestRun::new()).unwrap();
    assert_eq!(run.return_value, 1);
    assert_eq!(bss.answered.get_acquire(), 5000);
    assert_eq!(bss.reply.get_acquire(), letter.map(|word| 2 * word));
    assert_eq!(bss.torn.get(), 0);
}
