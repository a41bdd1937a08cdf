//! Invented outlets, polled for years, to weigh what is called silence and how polls are spread. Everything is drawn
//! from a seed, so that the same figures come out each time.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use crate::health::{Reading, Saw, Sight, after};
use crate::model::{Health, Source, SourceId, SourceKind, Standing};
use crate::schedule;

pub(crate) const HOUR: f64 = 3600.0;
pub(crate) const DAY: f64 = 24.0 * HOUR;
const YEAR: f64 = 365.0 * DAY;
/// A Monday, 2027-01-04.
const START: i64 = 1_799_020_800;

/// An outlet, by how it publishes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlet {
    pub(crate) name: &'static str,
    /// Items a day, on the days it works.
    pub(crate) rate: f64,
    /// The hours it works in, UTC.
    pub(crate) hours: (f64, f64),
    /// Days of the week it works on, from Monday.
    pub(crate) days: usize,
    /// One item at much the same time, instead of some at random.
    pub(crate) regular: bool,
    /// How far its days differ: standard deviation over mean of their rates.
    pub(crate) moody: f64,
    /// Items that come together.
    pub(crate) batch: usize,
    /// A month of fewer items, five hours later, each year.
    pub(crate) ramadan: bool,
}

const PLAIN: Outlet =
    Outlet { name: "", rate: 1.0, hours: (5.0, 21.0), days: 7, regular: false, moody: 0.0, batch: 1, ramadan: false };

pub(crate) const OUTLETS: [Outlet; 11] = [
    Outlet { name: "one a day at random", ..PLAIN },
    Outlet { name: "five a day at random", rate: 5.0, ..PLAIN },
    Outlet { name: "thirty a day at random", rate: 30.0, ..PLAIN },
    Outlet { name: "one each morning", hours: (7.0, 10.0), regular: true, ..PLAIN },
    Outlet { name: "one each weekday morning", hours: (7.0, 10.0), regular: true, days: 5, ..PLAIN },
    Outlet { name: "eight each weekday", rate: 8.0, hours: (7.0, 18.0), days: 5, ..PLAIN },
    Outlet { name: "one each Monday", hours: (8.0, 16.0), regular: true, days: 1, ..PLAIN },
    Outlet { name: "five a day, moody", rate: 5.0, moody: 0.8, batch: 2, ..PLAIN },
    Outlet { name: "thirty a day, moody", rate: 30.0, moody: 0.8, batch: 4, ..PLAIN },
    Outlet { name: "thirty a day, Ramadan hours", rate: 30.0, hours: (6.0, 18.0), moody: 0.3, ramadan: true, ..PLAIN },
    Outlet { name: "a hundred a day", rate: 100.0, moody: 0.3, batch: 2, ..PLAIN },
];

impl Outlet {
    /// When its items appear, in seconds since the start, for this many days.
    pub(crate) fn items(&self, days: usize, rng: &mut Rng) -> Vec<f64> {
        let mut items = Vec::new();
        for day in (0..days).filter(|day| day % 7 < self.days) {
            let is_ramadan = self.ramadan && (200..230).contains(&(day % 365));
            let later = if is_ramadan { 5.0 } else { 0.0 };
            let rate = self.rate * self.mood(rng) * if is_ramadan { 0.6 } else { 1.0 };
            let visits = match self.regular {
                // Now and then somebody is ill.
                true => usize::from(rng.f64() > 0.02),
                false => poisson(rate / self.batch as f64, rng),
            };
            for _ in 0..visits {
                let hour = self.hours.0 + later + rng.f64() * (self.hours.1 - self.hours.0);
                let size = if self.batch > 1 { rng.usize(1..2 * self.batch) } else { 1 };
                items.extend((0..size).map(|place| day as f64 * DAY + hour * HOUR + place as f64 * 240.0));
            }
        }
        items.sort_by(f64::total_cmp);
        items
    }

    /// The factor of a day: a gamma variable of mean 1.
    fn mood(&self, rng: &mut Rng) -> f64 {
        if self.moody == 0.0 {
            return 1.0;
        }
        // A sum of exponentials; shapes below one and a half become one.
        let shape = (1.0 / (self.moody * self.moody)).round().max(1.0);
        (0..shape as usize).map(|_| -(1.0 - rng.f64()).ln()).sum::<f64>() / shape
    }
}

fn poisson(mean: f64, rng: &mut Rng) -> usize {
    let (limit, mut product, mut count) = ((-mean).exp(), rng.f64(), 0);
    while product > limit {
        product *= rng.f64();
        count += 1;
    }
    count
}

/// What came of an outlet that was polled every quarter of an hour until long after it died.
#[derive(Debug, Default)]
pub(crate) struct Life {
    pub(crate) false_alarms: u32,
    pub(crate) years: f64,
    /// Hours from its last item to the moment it was called silent.
    pub(crate) noticed: Option<f64>,
}

/// Polls an outlet that dies after `days`.
pub(crate) fn live(outlet: &Outlet, days: usize, rng: &mut Rng) -> Life {
    let items = outlet.items(days, rng);
    let (source, mut standing, mut life) = (source(), Standing::default(), Life::default());
    let died = items.last().copied().unwrap_or_default();
    let (mut next, mut now, mut last) = (0, 0.0, None);
    while now < died + 90.0 * DAY {
        let before = next;
        next += items[next..].iter().take_while(|item| **item <= now).count();
        let was = standing.health;
        standing = poll(&standing, &source, now, last, next - before).unwrap_or(standing);
        last = Some(now);
        if standing.health == Health::Silent && was != Health::Silent {
            if now > died {
                life.noticed = Some((now - died) / HOUR);
                break;
            }
            life.false_alarms += 1;
        }
        now += 900.0;
    }
    life.years = died / YEAR;
    life
}

/// What the pace of an outlet's polls came to, once its habit was known.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Pace {
    /// Polls.
    pub(crate) polls: f64,
    /// Items.
    pub(crate) items: f64,
    /// Minutes from the appearance of each item to the poll that found it, summed up.
    pub(crate) delay: f64,
    /// Minutes that were watched.
    pub(crate) minutes: f64,
}

impl Pace {
    /// Mean delay of an item, in minutes.
    pub(crate) fn mean(&self) -> f64 {
        self.delay / self.items.max(1.0)
    }

    /// Mean delay under a fixed interval with the same number of polls.
    pub(crate) fn fixed(&self) -> f64 {
        self.minutes / self.polls / 2.0
    }
}

/// Polls an outlet at the pace of its habit, from a quarter of an hour as configured, and counts from the ninth week
/// on.
pub(crate) fn pace(outlet: &Outlet, days: usize, rng: &mut Rng) -> Pace {
    let items = outlet.items(days, rng);
    let (source, mut standing, mut pace) = (source(), Standing::default(), Pace::default());
    let (mut next, mut now, mut last) = (0, 0.0, None);
    while now < days as f64 * DAY {
        let found = items[next..].iter().take_while(|item| **item <= now).count();
        standing = poll(&standing, &source, now, last, found).unwrap_or(standing);
        if now > 56.0 * DAY {
            pace.polls += 1.0;
            pace.items += found as f64;
            pace.delay += items[next..next + found].iter().map(|item| (now - item) / 60.0).sum::<f64>();
            pace.minutes += (now - last.unwrap_or(now)) / 60.0;
        }
        next += found;
        last = Some(now);
        now += schedule::interval(source.interval, &standing, moment(now)).as_secs_f64();
    }
    pace
}

/// A poll that brought so many items.
pub(crate) fn poll(
    standing: &Standing,
    source: &Source,
    now: f64,
    last: Option<f64>,
    items: usize,
) -> Option<Standing> {
    let fresh = u32::try_from(items).unwrap_or(u32::MAX);
    let first = last.is_none();
    let reading = Reading { shown: 20, fresh: fresh.min(19), new: fresh, first, complete: true, ..Reading::default() };
    let saw = if items > 0 || first { Saw::Read(reading) } else { Saw::Unchanged };
    after(standing, source, &Sight { at: moment(now), last_answer: last.map(moment), moved_to: None, saw })
}

/// So many seconds after the start.
pub(crate) fn moment(seconds: f64) -> Timestamp {
    Timestamp::from_second(START + seconds as i64).unwrap_or_default()
}

pub(crate) fn source() -> Source {
    let id = SourceId::new("outlet").expect("a test id");
    let url = "https://outlet.example/feed".parse().expect("a test address");
    Source { interval: Duration::from_secs(900), ..Source::new(id, SourceKind::Feed, url) }
}
