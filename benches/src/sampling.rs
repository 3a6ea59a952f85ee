//! Samples of several contenders in turns, so that what else the machine does hits all alike.

use std::hint::black_box;
use std::time::Instant;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    C,
    Safe,
    LibbpfRs,
    Aya,
}

pub struct Contender<'a> {
    peer: Peer,
    /// Takes one sample, in nanoseconds for one of what is measured.
    sample: Box<dyn FnMut() -> f64 + 'a>,
}

pub fn contender<'a>(peer: Peer, sample: impl FnMut() -> f64 + 'a) -> Contender<'a> {
    let sample = Box::new(sample);
    Contender { peer, sample }
}

/// What one contender took.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub peer: Peer,
    /// The median.
    pub median: f64,
    /// The median of the rounds' ratios to the first contender's sample of the same round.
    pub ratio: f64,
}

/// `rounds` samples of each, each round beginning with another one.
pub fn in_turns(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Taken> {
    let mut samples = vec![Vec::with_capacity(rounds); contenders.len()];
    for contender in &mut contenders {
        (contender.sample)();
    }
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            samples[index].push((contenders[index].sample)());
        }
    }
    let peers = contenders.iter().map(|contender| contender.peer);
    summary(peers.zip(samples).collect())
}

/// Of samples that were taken in rounds.
pub fn summary(samples: Vec<(Peer, Vec<f64>)>) -> Vec<Taken> {
    let first = samples
        .first()
        .map(|(_, first)| first.clone())
        .unwrap_or_default();
    let taken = samples.into_iter().map(|(peer, samples)| Taken {
        peer,
        ratio: median(
            samples
                .iter()
                .zip(&first)
                .map(|(one, first)| one / first)
                .collect(),
        ),
        median: median(samples),
    });
    taken.collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What one of `count` takes, each of which is computed.
pub fn each<T>(count: usize, mut one: impl FnMut(usize) -> T) -> f64 {
    let start = Instant::now();
    for index in 0..count {
        black_box(one(index));
    }
    start.elapsed().as_nanos() as f64 / count as f64
}

/// What one call takes, and what it returned.
pub fn once<T>(call: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let returned = black_box(call());
    (start.elapsed().as_nanos() as f64, returned)
}
