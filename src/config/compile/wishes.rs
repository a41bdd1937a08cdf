//! What one `[[reader]]` entry says, and the quiet hours, which the configuration as a whole may have too.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Context;
use crate::config::fields::Switch;
use crate::config::problem::Typed;
use crate::config::raw::{RawQuiet, RawReader};
use crate::model::{KeyFile, Profile, QuietHours, Secret, Severity, SubjectStyle, Tongue};

pub(super) const TONGUES: [(&str, Tongue); 3] = [("en", Tongue::En), ("fr", Tongue::Fr), ("ar", Tongue::Ar)];
const PROFILES: [(&str, Profile); 2] = [("full", Profile::Full), ("plain", Profile::Plain)];
const SUBJECTS: [(&str, SubjectStyle); 2] = [("full", SubjectStyle::Full), ("neutral", SubjectStyle::Neutral)];

/// The only way there is: what is held comes when they end. It can be written so that nobody need look it up.
const MODES: [(&str, ()); 1] = [("hold", ())];

/// What quiet hours may hold. High severity is what a person is woken for, and nothing holds it.
const HELD_BELOW: [(&str, Severity); 2] = [("high", Severity::High), ("medium", Severity::Medium)];

/// The keys of an entry that are given and right, each with its place.
pub(super) struct Wishes {
    pub(super) lang: Option<Typed<Tongue>>,
    pub(super) profile: Option<Typed<Profile>>,
    pub(super) subject: Option<Typed<SubjectStyle>>,
    pub(super) zone: Option<Typed<TimeZone>>,
    /// None within it stands for `false`.
    pub(super) quiet: Option<Typed<Option<QuietHours>>>,
    pub(super) openpgp: Option<Typed<Arc<KeyFile>>>,
    pub(super) keyword: Option<Typed<Secret>>,
}

impl Wishes {
    pub(super) fn read(raw: &RawReader, context: &Context<'_>) -> Self {
        let quiet = raw.quiet.as_ref().map(|typed| {
            let value = match &typed.value {
                Switch::Off => None,
                Switch::On(quiet) => self::quiet(quiet, context),
            };
            Typed { value, at: typed.at.clone() }
        });
        Self {
            lang: wish(&raw.lang, |typed| context.choice(typed, "lang", &TONGUES)),
            profile: wish(&raw.profile, |typed| context.choice(typed, "profile", &PROFILES)),
            subject: wish(&raw.subject, |typed| context.choice(typed, "subject", &SUBJECTS)),
            zone: wish(&raw.timezone, |typed| context.zone(typed)),
            quiet,
            openpgp: wish(&raw.openpgp_key, |typed| context.openpgp_key(typed)),
            keyword: wish(&raw.keyword, |typed| context.line(typed, "keyword").map(Secret::new)),
        }
    }
}

fn wish<T>(typed: &Option<Typed<String>>, read: impl FnOnce(&Typed<String>) -> Option<T>) -> Option<Typed<T>> {
    let typed = typed.as_ref()?;
    Some(Typed { value: read(typed)?, at: typed.at.clone() })
}

/// Quiet hours; None when they cannot be read.
pub(super) fn quiet(raw: &RawQuiet, context: &Context<'_>) -> Option<QuietHours> {
    let from = raw.from.as_ref().and_then(|typed| context.time(typed, "from"));
    let until = raw.until.as_ref().and_then(|typed| context.time(typed, "until"));
    if let (Some(from), Some(until), Some(typed)) = (from, until, &raw.until)
        && from == until
    {
        let message = "`from` and `until` are the same: quiet hours would hold for ever or never";
        context.error(&typed.at, message, "write two times, like from = \"22:00\", until = \"06:00\"");
    }
    let severity_below = match &raw.severity_below {
        Some(typed) if typed.value == "low" => {
            let hint = "\"high\" holds medium and low, \"medium\" holds low";
            context.error(&typed.at, "nothing is below low: quiet hours would hold nothing", hint);
            None
        }
        Some(typed) => context.choice(typed, "severity_below", &HELD_BELOW),
        None => Some(Severity::High),
    };
    if let Some(typed) = &raw.mode {
        context.choice(typed, "mode", &MODES);
    }
    if let Some(typed) = &raw.timezone {
        let hint = "write `timezone` in [[reader]] for some, or at the top of the file for all";
        context.error(&typed.at, "quiet hours have no zone of their own: they follow the reader's", hint);
    }
    Some(QuietHours { from: from?, until: until?, severity_below: severity_below? })
}
