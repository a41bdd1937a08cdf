//! When the disk will be full at the rate of the last week, and where the store levels off because as much is forgotten as comes. Pure.

use serde::{Deserialize, Serialize};

/// What to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forecast {
    /// The disk is full in so many days.
    FullIn {
        /// Days.
        days: u64,
    },
    /// Before that, retention holds it at so many bytes of rows.
    LevelsOff {
        /// Bytes of rows.
        bytes: u64,
    },
}

/// What it is made of. Bytes are of rows; `factor` is how many bytes of the disk one of them takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) live: u64,
    pub(super) free: u64,
    pub(super) factor: f64,
    /// Bytes a day: texts, and the rest.
    pub(super) texts: u64,
    pub(super) rest: u64,
    /// Days until the first texts, and the first items, are old enough to go.
    pub(super) texts_stay: u64,
    pub(super) items_stay: u64,
    pub(super) max_size: Option<u64>,
}

impl Course {
    pub(super) fn forecast(&self) -> Forecast {
        let room = (self.free as f64 / self.factor.max(1.0)) as u64;
        let ceiling = self.max_size.map_or(room, |most| room.min(most.saturating_sub(self.live)));
        // Both grow until the texts of the first day go; then the rest alone, until its first day goes.
        let (daily, first) = (self.texts.saturating_add(self.rest), self.texts_stay.min(self.items_stay));
        let at_first = daily.saturating_mul(first);
        let in_all = at_first.saturating_add(self.rest.saturating_mul(self.items_stay - first));
        if in_all <= ceiling {
            return Forecast::LevelsOff { bytes: self.live.saturating_add(in_all) };
        }
        if ceiling < room {
            return Forecast::LevelsOff { bytes: self.live.saturating_add(ceiling) };
        }
        let days = if at_first > room { room / daily.max(1) } else { first + (room - at_first) / self.rest.max(1) };
        Forecast::FullIn { days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_or_levels_off() {
        let base = Course {
            live: 1000,
            free: 2000,
            factor: 2.0,
            texts: 10,
            rest: 1,
            texts_stay: 90,
            items_stay: 400,
            max_size: None,
        };
        let full = |days| Forecast::FullIn { days };
        let level = |bytes| Forecast::LevelsOff { bytes };
        for (course, expected) in [
            // 11 a day for 90 days are 990 of the 1,000; 10 days of the rest fill it.
            (base, full(100)),
            (Course { free: 200, ..base }, full(9)),
            (Course { free: 3000, ..base }, level(1000 + 990 + 310)),
            (Course { texts_stay: 0, items_stay: 0, free: 0, ..base }, level(1000)),
            (Course { texts: 0, rest: 0, free: 0, ..base }, level(1000)),
            // A size takes hold before the disk is full, or does not.
            (Course { max_size: Some(1500), ..base }, level(1500)),
            (Course { max_size: Some(500), ..base }, level(1000)),
            (Course { max_size: Some(9000), ..base }, full(100)),
            // Items that go before their texts would take them along.
            (Course { items_stay: 30, ..base }, level(1330)),
            (Course { texts: u64::MAX, ..base }, full(0)),
        ] {
            assert_eq!(course.forecast(), expected, "{course:?}");
        }
    }
}
