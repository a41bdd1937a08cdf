//! What was typed about the way to people: timing, digests, quiet hours, readers, pace.

use crate::config::fields::{Fields, Switch, Texts};
use crate::config::problem::Typed;

/// The keys that a `[[watch]]` and `[defaults.watch]` share.
#[derive(Default)]
pub(in crate::config) struct RawDelivery {
    pub(in crate::config) deliver: Option<Typed<String>>,
    pub(in crate::config) timing: RawTiming,
    pub(in crate::config) updates: Option<Typed<Texts>>,
}

#[derive(Default)]
pub(in crate::config) struct RawTiming {
    pub(in crate::config) wait: Option<Typed<String>>,
    pub(in crate::config) update_every: Option<Typed<String>>,
    pub(in crate::config) throttle: Option<Typed<String>>,
}

pub(in crate::config) struct RawDigest {
    pub(in crate::config) id: Option<Typed<String>>,
    pub(in crate::config) name: Option<Typed<String>>,
    pub(in crate::config) schedule: RawSchedule,
    pub(in crate::config) timezone: Option<Typed<String>>,
    pub(in crate::config) to: Option<Typed<Texts>>,
    pub(in crate::config) watches: Option<Typed<Texts>>,
    pub(in crate::config) max_stories: Option<Typed<i64>>,
    pub(in crate::config) send_empty: bool,
}

#[derive(Default)]
pub(in crate::config) struct RawSchedule {
    pub(in crate::config) at: Option<Typed<Texts>>,
    pub(in crate::config) days: Option<Typed<String>>,
}

pub(in crate::config) struct RawQuiet {
    pub(in crate::config) from: Option<Typed<String>>,
    pub(in crate::config) until: Option<Typed<String>>,
    pub(in crate::config) severity_below: Option<Typed<String>>,
    pub(in crate::config) mode: Option<Typed<String>>,
    /// People look for it here, where it is not.
    pub(in crate::config) timezone: Option<Typed<String>>,
}

pub(in crate::config) struct RawReader {
    pub(in crate::config) who: Option<Typed<Texts>>,
    pub(in crate::config) lang: Option<Typed<String>>,
    pub(in crate::config) profile: Option<Typed<String>>,
    pub(in crate::config) subject: Option<Typed<String>>,
    pub(in crate::config) timezone: Option<Typed<String>>,
    pub(in crate::config) quiet: Option<Typed<Switch<RawQuiet>>>,
    pub(in crate::config) openpgp_key: Option<Typed<String>>,
    pub(in crate::config) keyword: Option<Typed<String>>,
}

#[derive(Default)]
pub(in crate::config) struct RawPace {
    pub(in crate::config) per_source: Option<Typed<String>>,
    pub(in crate::config) overload: Option<Typed<String>>,
    pub(in crate::config) roundup: Option<Typed<String>>,
    pub(in crate::config) outage: Option<Typed<String>>,
}

impl RawDelivery {
    /// Takes the shared keys out of a table that has others.
    pub(super) fn take(fields: &mut Fields<'_>) -> Self {
        Self {
            deliver: fields.text("deliver"),
            timing: fields.table("timing", "timing").map(RawTiming::read).unwrap_or_default(),
            updates: fields.texts("updates"),
        }
    }

    /// `[defaults.watch]`, which has no other keys.
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self::take(&mut fields);
        fields.finish(&[]);
        raw
    }
}

impl RawTiming {
    fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self {
            wait: fields.measure("wait", "60s"),
            update_every: fields.measure("update_every", "30m"),
            throttle: fields.measure("throttle", "12/h"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawDigest {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["id"], "a short name, like id = \"morning\"");
        fields.require(&["schedule"], "when does it go out? schedule = { at = [\"06:30\"], days = \"mon..fri\" }");
        fields.require(&["to"], "who is to be told? to = [\"@group\", \"amina@example.org\"]");
        let raw = Self {
            id: fields.text("id"),
            name: fields.text("name"),
            schedule: fields.table("schedule", "schedule").map(RawSchedule::read).unwrap_or_default(),
            timezone: fields.text("timezone"),
            to: fields.texts("to"),
            watches: fields.texts("watches"),
            max_stories: fields.whole("max_stories"),
            send_empty: fields.flag("send_empty").is_some_and(|flag| flag.value),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawSchedule {
    fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["at"], "at which times of the day? at = [\"06:30\"]");
        let raw = Self { at: fields.texts("at"), days: fields.text("days") };
        fields.finish(&[]);
        raw
    }
}

impl RawQuiet {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["from"], "when do they begin? from = \"22:00\"");
        fields.require(&["until"], "when do they end? until = \"06:00\"");
        let raw = Self {
            from: fields.text("from"),
            until: fields.text("until"),
            severity_below: fields.text("severity_below"),
            mode: fields.text("mode"),
            timezone: fields.text("timezone"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawReader {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["who"], "whom is it about? who = [\"amina@example.org\", \"@group\"]");
        let raw = Self {
            who: fields.texts("who"),
            lang: fields.text("lang"),
            profile: fields.text("profile"),
            subject: fields.text("subject"),
            timezone: fields.text("timezone"),
            quiet: fields
                .table_or_false("quiet_hours", "quiet_hours")
                .map(|given| Typed { at: given.at, value: given.value.map(RawQuiet::read) }),
            openpgp_key: fields.text("openpgp_key"),
            keyword: fields.text("keyword"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawPace {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self {
            per_source: fields.measure("per_source", "5/h"),
            overload: fields.measure("overload", "20/h"),
            roundup: fields.measure("roundup", "15m"),
            outage: fields.measure("outage", "15m"),
        };
        fields.finish(&[]);
        raw
    }
}
