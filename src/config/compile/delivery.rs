//! When a watch's alerts go out and by which way, and the bounds on what one reader gets (`[pace]`).

use super::Context;
use super::values::Measure;
use crate::config::raw::{RawDelivery, RawPace};
use crate::model::{Deliver, Pace, Timing, UpdateOn};

/// What waits longer than an hour is no alert any more; `deliver = "digest"` is meant for that.
const WAIT: Measure = Measure { key: "wait", default: "60s", low: "0s", high: "1h" };
const UPDATE_EVERY: Measure = Measure { key: "update_every", default: "30m", low: "1s", high: "7d" };
/// The first must not wait longer than people who read alerts would: what is held comes at the end of it.
const ROUNDUP: Measure = Measure { key: "roundup", default: "15m", low: "1s", high: "1h" };
const OUTAGE: Measure = Measure { key: "outage", default: "15m", low: "1s", high: "24h" };

const WAYS: [(&str, Deliver); 3] =
    [("instant", Deliver::Instant), ("digest", Deliver::Digest), ("both", Deliver::Both)];

const UPDATES: [(&str, UpdateOn); 5] = [
    ("new_source", UpdateOn::NewSource),
    ("toll", UpdateOn::Toll),
    ("correction", UpdateOn::Correction),
    ("claim", UpdateOn::Claim),
    ("place", UpdateOn::Place),
];

/// The part of a watch that `[defaults.watch]` may say for all.
pub(super) struct Delivery {
    pub(super) deliver: Deliver,
    pub(super) timing: Timing,
    pub(super) updates: Vec<UpdateOn>,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { deliver: Deliver::default(), timing: Timing::default(), updates: UpdateOn::ALL.to_vec() }
    }
}

impl Delivery {
    /// What was typed; for what was not, what is usual.
    pub(super) fn read(raw: &RawDelivery, usual: &Self, context: &Context<'_>) -> Self {
        let timing = &raw.timing;
        let Timing { wait, update_every, throttle } = usual.timing;
        let deliver = raw.deliver.as_ref().and_then(|typed| context.choice(typed, "deliver", &WAYS));
        Self {
            deliver: deliver.unwrap_or(usual.deliver),
            timing: Timing {
                wait: timing.wait.as_ref().map_or(wait, |typed| context.duration(Some(typed), &WAIT)),
                update_every: timing
                    .update_every
                    .as_ref()
                    .map_or(update_every, |typed| context.duration(Some(typed), &UPDATE_EVERY)),
                throttle: context.rate(timing.throttle.as_ref(), "throttle", throttle),
            },
            updates: updates(raw, context).unwrap_or_else(|| usual.updates.clone()),
        }
    }
}

/// In the order of the model, whatever the order typed, so that another order is no change.
fn updates(raw: &RawDelivery, context: &Context<'_>) -> Option<Vec<UpdateOn>> {
    let typed = raw.updates.as_ref()?;
    let chosen: Vec<UpdateOn> =
        typed.value.iter().filter_map(|word| context.choice(word, "updates", &UPDATES)).collect();
    Some(UpdateOn::ALL.into_iter().filter(|update| chosen.contains(update)).collect())
}

pub(super) fn pace(raw: &RawPace, context: &Context<'_>) -> Pace {
    let usual = Pace::default();
    Pace {
        per_source: context.rate(raw.per_source.as_ref(), "per_source", usual.per_source),
        overload: context.rate(raw.overload.as_ref(), "overload", usual.overload),
        roundup: context.duration(raw.roundup.as_ref(), &ROUNDUP),
        outage: context.duration(raw.outage.as_ref(), &OUTAGE),
        // Not worth a setting: every source is polled at once after a loss.
        ..Pace::default()
    }
}
