//! Taking turns at a host: so many requests at a time, so long between two starts. Knows nothing of HTTP; a host is a name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Below this many hosts, forgetting the idle ones is not worth a look.
const FEW: usize = 64;

/// All hosts anybody asks or recently asked. Whoever waits holds no lock, and is served first come, first served.
#[derive(Debug)]
pub(super) struct Hosts {
    per_host: usize,
    delay: Duration,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    hosts: HashMap<Box<str>, Arc<Host>>,
    /// How many hosts there may be before the idle ones are forgotten: twice as many as were busy the last time, so that a
    /// sweep costs a constant per host on average and memory follows the number of busy hosts.
    sweep_at: usize,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// When the next request may start.
    next: Mutex<Instant>,
}

/// A turn at a host; the next in line gets it when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _slot: OwnedSemaphorePermit,
    /// Keeps the host from being forgotten.
    _host: Arc<Host>,
}

impl Hosts {
    /// At most `per_host` turns at once (at least one), and `delay` from the start of one to the start of the next.
    pub(super) fn new(per_host: usize, delay: Duration) -> Self {
        Self { per_host: per_host.max(1), delay, known: Mutex::default() }
    }

    /// Waits for a turn at `host`; the next one comes no sooner than `pause` later, if that is longer than the usual delay.
    pub(super) async fn turn(&self, host: &str, pause: Duration) -> Turn {
        let host = self.host(host);
        let slot = host.slots.clone().acquire_owned().await.expect("the semaphore is never closed");
        if let Some(start) = host.reserve(self.delay.max(pause)) {
            sleep_until(start).await;
        }
        Turn { _slot: slot, _host: host }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = known.hosts.get(name) {
            return host.clone();
        }
        let now = Instant::now();
        if known.hosts.len() >= known.sweep_at.max(FEW) {
            known.hosts.retain(|_, host| !host.is_idle(now));
            known.sweep_at = known.hosts.len() * 2;
        }
        let host = Arc::new(Host { slots: Arc::new(Semaphore::new(self.per_host)), next: Mutex::new(now) });
        known.hosts.insert(name.into(), host.clone());
        host
    }
}

impl Host {
    /// When the caller's request may start, if not at once; the one after it starts no sooner than `delay` later. "At once" is
    /// told apart because a sleep until now still waits for the timer's next tick, which made an unchanged poll three times as
    /// dear (110 µs of CPU instead of 35).
    fn reserve(&self, delay: Duration) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let start = (*next).max(now);
        *next = start + delay;
        (start > now).then_some(start)
    }

    /// Whether nobody holds or awaits a turn and a new entry would be as good. Only exact under the lock of `Hosts::known`.
    fn is_idle(self: &Arc<Self>, now: Instant) -> bool {
        Arc::strong_count(self) == 1 && *self.next.lock().unwrap_or_else(PoisonError::into_inner) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Starts `requests` at one host that each last `length`; their starts and the most that ran at once.
    async fn run(hosts: &Arc<Hosts>, requests: usize, length: Duration) -> (Vec<Duration>, usize) {
        let begin = Instant::now();
        let running = Arc::new(Mutex::new((0, 0)));
        let mut tasks = Vec::new();
        for _ in 0..requests {
            let (hosts, running) = (hosts.clone(), running.clone());
            tasks.push(tokio::spawn(async move {
                let turn = hosts.turn("example.org", Duration::ZERO).await;
                let start = begin.elapsed();
                {
                    let mut running = running.lock().unwrap();
                    running.0 += 1;
                    running.1 = running.0.max(running.1);
                }
                tokio::time::sleep(length).await;
                running.lock().unwrap().0 -= 1;
                drop(turn);
                start
            }));
        }
        let mut starts = Vec::new();
        for task in tasks {
            starts.push(task.await.unwrap());
        }
        let most = running.lock().unwrap().1;
        (starts, most)
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_host_start_in_turn_and_apart() {
        let hosts = Arc::new(Hosts::new(2, SECOND));
        // Short requests are held apart by the delay, in the order they came.
        let (starts, _) = run(&hosts, 4, SECOND / 10).await;
        assert_eq!(starts.iter().map(Duration::as_secs).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() {
        let hosts = Hosts::new(1, SECOND);
        let begin = Instant::now();
        let mut starts = Vec::new();
        for pause in [10 * SECOND, SECOND / 10, Duration::ZERO, Duration::ZERO] {
            drop(hosts.turn("example.org", pause).await);
            starts.push(begin.elapsed().as_secs());
        }
        assert_eq!(starts, [0, 10, 11, 12]);
    }

    #[tokio::test(start_paused = true)]
    async fn long_requests_run_at_most_so_many_at_a_time() {
        let hosts = Arc::new(Hosts::new(2, SECOND));
        let (starts, most) = run(&hosts, 6, 10 * SECOND).await;
        assert_eq!(most, 2);
        assert_eq!(starts.iter().map(Duration::as_secs).collect::<Vec<_>>(), [0, 1, 10, 11, 20, 21]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_host_delays_no_other() {
        let hosts = Arc::new(Hosts::new(1, 60 * SECOND));
        let begin = Instant::now();
        let _held = hosts.turn("slow.example", Duration::ZERO).await;
        let other = hosts.clone();
        let waiting = tokio::spawn(async move { other.turn("slow.example", Duration::ZERO).await });
        tokio::task::yield_now().await;
        hosts.turn("quick.example", Duration::ZERO).await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
        waiting.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_given_up_while_waiting_is_passed_on() {
        let hosts = Hosts::new(1, Duration::ZERO);
        let held = hosts.turn("example.org", Duration::ZERO).await;
        assert!(tokio::time::timeout(SECOND, hosts.turn("example.org", Duration::ZERO)).await.is_err());
        drop(held);
        tokio::time::timeout(SECOND, hosts.turn("example.org", Duration::ZERO)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten_and_busy_ones_kept() {
        let hosts = Hosts::new(1, SECOND);
        let held = hosts.turn("busy.example", Duration::ZERO).await;
        for host in 0..10_000 {
            hosts.turn(&format!("{host}.example"), Duration::ZERO).await;
            tokio::time::advance(SECOND).await;
        }
        let known = hosts.known.lock().unwrap().hosts.len();
        assert!(known <= FEW, "{known}");
        assert!(hosts.known.lock().unwrap().hosts.contains_key("busy.example"));
        drop(held);
    }
}
