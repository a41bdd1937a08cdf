//! `[[source]]`: where to poll, how often, and how to read what comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Context;
use super::values::Measure;
use crate::config::SourcePlan;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawSelect, RawSource};
use crate::extract::Reader;
use crate::model::{FirstPoll, PageSelectors, Source, SourceId, SourceKind};

const INTERVAL: Measure = Measure { key: "interval", default: "15m", low: "1m", high: "7d" };

/// Neither trusted nor doubted.
const DEFAULT_TIER: u8 = 2;

/// Most items `last:<n>` may ask for; feeds carry 10 to 100.
const MOST_LAST: u32 = 1000;

/// The enabled sources. Disabled ones are checked as well: they will be enabled one day.
pub(super) fn sources(raw: &Raw, context: &Context<'_>) -> Vec<Arc<SourcePlan>> {
    let mut compiler = Compiler {
        context,
        interval: context.duration(raw.defaults.interval.as_ref(), &INTERVAL),
        first_poll: first_poll(raw.defaults.on_first_run.as_ref(), context).unwrap_or(FirstPoll::Skip),
        ids: BTreeMap::new(),
        urls: BTreeMap::new(),
    };
    raw.sources.iter().filter_map(|source| compiler.plan(source).filter(|_| source.enabled)).map(Arc::new).collect()
}

/// What the sources of one configuration share.
struct Compiler<'a> {
    context: &'a Context<'a>,
    interval: Duration,
    first_poll: FirstPoll,
    /// Where each id was given first.
    ids: BTreeMap<SourceId, Place>,
    /// Which enabled source polls a URL, and where that is written.
    urls: BTreeMap<Url, Place>,
}

impl Compiler<'_> {
    fn plan(&mut self, raw: &RawSource) -> Option<SourcePlan> {
        let context = self.context;
        let id = context.unique_id(raw.id.as_ref(), "source", SourceId::new, &mut self.ids);
        let url = self.url(raw);
        let kind = kind(raw, context);
        let reader = kind.as_ref().and_then(|kind| reader(kind, raw, context));
        let name = raw.name.as_ref().and_then(|typed| context.line(typed, "name"));
        let lang = raw.lang.as_ref().and_then(|typed| lang(typed, context));
        let tags = raw.tags.iter().filter_map(|tag| context.line(tag, "tags")).collect();
        let tier = context.number(raw.tier.as_ref(), "tier", DEFAULT_TIER, 1..=3);
        let interval = raw.interval.as_ref().map_or(self.interval, |typed| context.duration(Some(typed), &INTERVAL));
        let first_poll = first_poll(raw.on_first_run.as_ref(), context).unwrap_or(self.first_poll);
        let (id, url, kind) = (id?, url?, kind?);
        let name = name.unwrap_or_else(|| id.to_string());
        let allow_private = raw.allow_private;
        let source = Source { id, name, kind, url, lang, tier, tags, interval, first_poll, allow_private };
        Some(SourcePlan { source, reader: reader? })
    }

    fn url(&mut self, raw: &RawSource) -> Option<Url> {
        let typed = raw.url.as_ref()?;
        let url = match Url::parse(typed.value.trim()) {
            Ok(url) => url,
            Err(problem) => {
                let hint = "write the whole address, with https://";
                self.context.error(&typed.at, format!("`url` cannot be read: {problem}"), hint);
                return None;
            }
        };
        if let Some((problem, hint)) = unusable(&url) {
            self.context.error(&typed.at, problem, hint);
            return None;
        }
        if raw.enabled {
            self.warn_of_second_poll(&url, &typed.at);
        }
        Some(url)
    }

    fn warn_of_second_poll(&mut self, url: &Url, at: &Place) {
        let mut without_fragment = url.clone();
        without_fragment.set_fragment(None);
        match self.urls.get(&without_fragment) {
            Some(first) => {
                let finding = Finding::warning(at, "another source polls the same url").first_at(first);
                self.context.findings.push(finding.hint("remove one: it costs the publisher twice and brings nothing"));
            }
            None => {
                self.urls.insert(without_fragment, at.clone());
            }
        }
    }
}

/// Why a URL is not polled, and what to do.
fn unusable(url: &Url) -> Option<(String, &'static str)> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some((format!("`url` has the scheme `{}`", url.scheme()), "only http and https are polled"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let problem = "`url` contains a user name or password".to_owned();
        return Some((problem, "remove the part before @: it would end in logs and in mail"));
    }
    None
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
fn lang(typed: &Typed<String>, context: &Context<'_>) -> Option<String> {
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

#[derive(Clone, Copy)]
enum Kind {
    Feed,
    Page,
}

fn kind(raw: &RawSource, context: &Context<'_>) -> Option<SourceKind> {
    let typed = raw.kind.as_ref()?;
    if let "sitemap" | "json" = typed.value.as_str() {
        let message = format!("`kind` cannot be `{}`", typed.value);
        context.error(&typed.at, message, "not supported in this version; one of: feed, page");
        return None;
    }
    match (context.choice(typed, "kind", &[("feed", Kind::Feed), ("page", Kind::Page)])?, &raw.select) {
        (Kind::Feed, None) => Some(SourceKind::Feed),
        (Kind::Page, Some(select)) => selectors(select).map(SourceKind::Page),
        (Kind::Feed, Some(select)) => {
            context.error(
                &select.at,
                "`select` is for pages, and this is a feed",
                "remove it, or write kind = \"page\"",
            );
            None
        }
        (Kind::Page, None) => {
            let hint = "say which elements are items: select = { item = \"article\", title = \"h2 a\" }";
            context.error(&typed.at, "a page needs `select`", hint);
            None
        }
    }
}

fn selectors(raw: &RawSelect) -> Option<PageSelectors> {
    let optional = |typed: &Option<Typed<String>>| typed.as_ref().map(|typed| typed.value.clone());
    Some(PageSelectors {
        item: optional(&raw.item)?,
        title: optional(&raw.title)?,
        link: optional(&raw.link),
        date: optional(&raw.date),
        summary: optional(&raw.summary),
    })
}

fn reader(kind: &SourceKind, raw: &RawSource, context: &Context<'_>) -> Option<Reader> {
    let report = |bad: crate::extract::page::BadSelector| {
        let at = raw.select.as_ref().and_then(|select| select.place_of(bad.key)).unwrap_or(&raw.at);
        context.error(
            at,
            format!("`{}` is not a selector: {}", bad.key, bad.problem),
            "CSS, like \"h3 a\" or \"a@href\"",
        );
    };
    Reader::compile(kind).map_err(|all| all.into_iter().for_each(report)).ok()
}

impl RawSelect {
    fn place_of(&self, key: &str) -> Option<&Place> {
        let typed = match key {
            "item" => &self.item,
            "title" => &self.title,
            "link" => &self.link,
            "date" => &self.date,
            "summary" => &self.summary,
            _ => &None,
        };
        typed.as_ref().map(|typed| &typed.at)
    }
}
