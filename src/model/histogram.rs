//! How long something took, each time it was done: counts of durations between bounds, from which a monitor reads how long most
//! of them, and the slowest, took. Knows no clock and no monitor.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Durations by how long they are. Takes a few dozen bytes, however many were recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Ascending, in seconds.
    bounds: &'static [f64],
    /// One for each bound, and one for what is longer than the last.
    counts: Vec<u64>,
    sum: f64,
}

impl Histogram {
    /// An empty one. A duration belongs to the first of `bounds`, ascending and in seconds, that it does not exceed.
    #[must_use]
    pub fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0.0 }
    }

    /// Counts one duration.
    pub fn record(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.counts[self.bounds.partition_point(|bound| *bound < seconds)] += 1;
        self.sum += seconds;
    }

    /// Each bound in seconds, infinity at last, with how many durations belong to it and to no bound before.
    #[must_use]
    pub fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(self.counts.iter().copied()).collect()
    }

    /// How many were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How long they took together, in seconds.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.sum
    }
}

/// A histogram that one thread writes while another reads: the lock is held for some ten nanoseconds.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Mutex<Histogram>>);

impl Recorder {
    /// See [`Histogram::new`].
    #[must_use]
    pub fn new(bounds: &'static [f64]) -> Self {
        Self(Arc::new(Mutex::new(Histogram::new(bounds))))
    }

    /// See [`Histogram::record`].
    pub fn record(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).record(took);
    }

    /// What was recorded so far.
    #[must_use]
    pub fn read(&self) -> Histogram {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen failing with `<=` in place of `<`: what is exactly as long as a bound was counted above it.
    #[test]
    fn a_duration_belongs_to_the_first_bound_it_does_not_exceed() {
        let mut histogram = Histogram::new(&[0.001, 0.25]);
        [0, 1, 2, 250, 251, 60_000].into_iter().for_each(|ms| histogram.record(Duration::from_millis(ms)));
        assert_eq!(histogram.buckets(), [(0.001, 2), (0.25, 2), (f64::INFINITY, 2)]);
        assert_eq!(histogram.count(), 6);
        assert!((histogram.sum() - 60.504).abs() < 1e-9, "{}", histogram.sum());
    }
}
