//! `[[source]]`: what is polled, how often, and what is known of it. What belongs to its kind stands in `kind`, how it is asked in
//! `access`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::values::Measure;
use super::{Context, access, kind};
use crate::config::SourcePlan;
use crate::config::fields::Texts;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawPolling, RawSource};
use crate::model::{Access, FirstPoll, Owner, Source, SourceId, UrlFilter};

const INTERVAL: Measure = Measure { key: "interval", default: "15m", low: "1m", high: "7d" };
/// Below an hour every night would be silence; a year is never.
const STALE_AFTER: Measure = Measure { key: "stale_after", default: "3d", low: "1h", high: "365d" };

/// Most items `last:<n>` may ask for; feeds carry 10 to 100.
const MOST_LAST: u32 = 1000;

const HEALING: [(&str, bool); 2] = [("propose", false), ("apply", true)];

const OWNERS: [Owner; 5] = [Owner::State, Owner::Private, Owner::Agency, Owner::Ngo, Owner::International];

/// The enabled sources. Disabled ones are checked as well: they will be enabled one day.
pub(super) fn sources(raw: &Raw, context: &Context<'_>) -> Vec<Arc<SourcePlan>> {
    let usual = Polling::read(&raw.defaults.source, &Polling::default(), context);
    let mut compiler =
        Compiler { context, usual, plain: Plain::default(), ids: BTreeMap::new(), urls: BTreeMap::new() };
    raw.sources.iter().filter_map(|source| compiler.plan(source).filter(|_| source.enabled)).map(Arc::new).collect()
}

/// The part of a source that `[defaults.source]` may say for all.
#[derive(Clone, Copy)]
struct Polling {
    interval: Duration,
    first_poll: FirstPoll,
    full_text: bool,
    stale_after: Option<Duration>,
    heal: bool,
}

impl Default for Polling {
    fn default() -> Self {
        let (interval, first_poll) = (Source::DEFAULT_INTERVAL, FirstPoll::Skip);
        Self { interval, first_poll, full_text: false, stale_after: None, heal: false }
    }
}

impl Polling {
    /// What was typed; for what was not, what is usual.
    fn read(raw: &RawPolling, usual: &Self, context: &Context<'_>) -> Self {
        let duration =
            |typed: &Option<Typed<String>>, measure| typed.as_ref().map(|typed| context.duration(Some(typed), measure));
        let heal = raw.heal.as_ref().and_then(|typed| context.choice(typed, "heal", &HEALING));
        Self {
            interval: duration(&raw.interval, &INTERVAL).unwrap_or(usual.interval),
            first_poll: first_poll(raw.on_first_run.as_ref(), context).unwrap_or(usual.first_poll),
            full_text: raw.full_text.as_ref().map_or(usual.full_text, |typed| typed.value),
            stale_after: duration(&raw.stale_after, &STALE_AFTER).or(usual.stale_after),
            heal: heal.unwrap_or(usual.heal),
        }
    }
}

/// What is said of a source of which nothing is said: kept once for all of them.
#[derive(Default)]
struct Plain {
    filter: Arc<UrlFilter>,
    access: Arc<Access>,
}

/// What was typed, or the plain value that it equals.
fn shared<T: PartialEq>(typed: T, plain: &Arc<T>) -> Arc<T> {
    if typed == **plain { plain.clone() } else { Arc::new(typed) }
}

/// What the sources of one configuration share.
struct Compiler<'a> {
    context: &'a Context<'a>,
    /// What `[defaults.source]` says.
    usual: Polling,
    plain: Plain,
    /// Where each id was given first.
    ids: BTreeMap<SourceId, Place>,
    /// What an enabled source polls, and where that is written.
    urls: BTreeMap<Url, Place>,
}

impl Compiler<'_> {
    fn plan(&mut self, raw: &RawSource) -> Option<SourcePlan> {
        let context = self.context;
        let id = context.unique_id(raw.id.as_ref(), "source", SourceId::new, &mut self.ids);
        let found = kind::kind(raw, context);
        let reader = found.as_ref().and_then(|(kind, _)| kind::reader(kind, raw, context));
        let name = raw.name.as_ref().and_then(|typed| context.line(typed, "name"));
        let lang = raw.lang.as_ref().and_then(|typed| lang(typed, context));
        let tags = tags(&raw.tags, context);
        let tier = context.number(raw.tier.as_ref(), "tier", Source::DEFAULT_TIER, TIERS);
        let owner = raw.owner.as_ref().and_then(|typed| owner(typed, context));
        let Polling { interval, first_poll, full_text, stale_after, heal } =
            Polling::read(&raw.polling, &self.usual, context);
        let filter = shared(filter(raw, context), &self.plain.filter);
        let access = shared(access::access(&raw.access, context), &self.plain.access);
        let (kind, url) = found?;
        access::warn_of_headers(&raw.access, &kind, &url, context);
        if raw.enabled {
            self.warn_of_second_poll(&url, raw);
        }
        let id = id?;
        let name = name.map_or_else(|| id.text(), Arc::from);
        let allow_private = raw.allow_private;
        let source = Source {
            name,
            lang,
            tier,
            tags,
            owner,
            interval,
            first_poll,
            allow_private,
            full_text,
            filter,
            stale_after,
            heal,
            access,
            ..Source::new(id, kind, url)
        };
        Some(SourcePlan { source, reader: reader? })
    }

    fn warn_of_second_poll(&mut self, url: &Url, raw: &RawSource) {
        let Some(at) = raw.url.as_ref().map(|typed| &typed.at).or(raw.command.as_ref().map(|typed| &typed.at)) else {
            return;
        };
        let mut without_fragment = url.clone();
        without_fragment.set_fragment(None);
        match self.urls.get(&without_fragment) {
            Some(first) if raw.url.is_some() => {
                let finding = Finding::warning(at, "another source polls the same url").first_at(first);
                self.context.findings.push(finding.hint("remove one: it costs the publisher twice and brings nothing"));
            }
            Some(first) => {
                let finding = Finding::warning(at, "another source runs the same command").first_at(first);
                self.context.findings.push(finding.hint("remove one: it brings nothing"));
            }
            None => {
                self.urls.insert(without_fragment, at.clone());
            }
        }
    }
}

fn filter(raw: &RawSource, context: &Context<'_>) -> UrlFilter {
    let parts = |key: &str, typed: &Option<Typed<Texts>>| {
        let part = |typed: &Typed<String>| {
            if typed.value.is_empty() {
                let message = format!("`{key}` holds an empty text, which every address contains");
                context.error(&typed.at, message, "write a part of an address, like \"/communique/\"");
            }
            typed.value.clone()
        };
        typed.as_ref().map(|list| list.value.iter().map(part).collect()).unwrap_or_default()
    };
    UrlFilter { include: parts("url_include", &raw.url_include), exclude: parts("url_exclude", &raw.url_exclude) }
}

/// Trusted to unverified.
pub(super) const TIERS: RangeInclusive<u8> = 1..=3;

pub(super) fn tags(typed: &Texts, context: &Context<'_>) -> Vec<String> {
    typed.iter().filter_map(|tag| context.line(tag, "tags")).collect()
}

pub(super) fn owner(typed: &Typed<String>, context: &Context<'_>) -> Option<Owner> {
    context.choice(typed, "owner", &OWNERS.map(|owner| (owner.as_str(), owner)))
}

fn first_poll(typed: Option<&Typed<String>>, context: &Context<'_>) -> Option<FirstPoll> {
    let typed = typed?;
    if let Some(count) = typed.value.strip_prefix("last:") {
        match count.parse() {
            Ok(count) if (1..=MOST_LAST).contains(&count) => return Some(FirstPoll::Last(count)),
            _ => {
                let hint = format!("write a number from 1 to {MOST_LAST}, like last:5");
                context.error(&typed.at, format!("`on_first_run` cannot be `{}`", typed.value), hint);
                return None;
            }
        }
    }
    // The stand-in for `last:<n>` was dealt with; it is listed for the hint alone.
    let choices = [("skip", FirstPoll::Skip), ("alert", FirstPoll::Alert), ("last:<n>", FirstPoll::Skip)];
    context.choice(typed, "on_first_run", &choices)
}

/// A language tag as in BCP 47: `fr`, `ar`, `pt-BR`. Not looked up, since it only is shown.
pub(super) fn lang(typed: &Typed<String>, context: &Context<'_>) -> Option<String> {
    let mut parts = typed.value.split('-');
    let primary = parts.next().unwrap_or_default();
    let is_primary = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    if is_primary && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        return Some(typed.value.clone());
    }
    context.error(&typed.at, format!("`{}` is not a language tag", typed.value), "write it like fr, ar, ha or pt-BR");
    None
}
