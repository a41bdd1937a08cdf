//! `[[watch]]`: what is looked for, who is told, and its examples.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Context;
use super::delivery::Delivery;
use super::query;
use super::recipients::Groups;
use super::values::Measure;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawTest, RawWatch};
use crate::model::{Asks, Severity, Watch, WatchId, WatchTest};
use crate::query::Vocabulary;

/// How far back a new watch may look: texts are kept for 90 days by default, but news that old is no alert.
const BACKFILL: Measure = Measure { key: "backfill", default: "24h", low: "0s", high: "30d" };

const SEVERITIES: [(&str, Severity); 3] =
    [("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];

/// The watches, groups resolved.
pub(super) fn watches(
    raw: &Raw,
    vocabulary: &Vocabulary,
    groups: &mut Groups<'_>,
    context: &Context<'_>,
) -> Vec<Watch> {
    let usual = Delivery::read(&raw.defaults.watch, &Delivery::default(), context);
    let mut compiler = Compiler { context, vocabulary, groups, usual, ids: BTreeMap::new() };
    raw.watches.iter().filter_map(|watch| compiler.watch(watch)).collect()
}

/// What the watches of one configuration share.
struct Compiler<'a, 'g> {
    context: &'a Context<'a>,
    vocabulary: &'a Vocabulary,
    groups: &'a mut Groups<'g>,
    /// What `[defaults.watch]` says.
    usual: Delivery,
    /// Where each id was given first.
    ids: BTreeMap<WatchId, Place>,
}

impl Compiler<'_, '_> {
    fn watch(&mut self, raw: &RawWatch) -> Option<Watch> {
        let context = self.context;
        let id = context.unique_id(raw.id.as_ref(), "watch", WatchId::new, &mut self.ids);
        let name = raw.name.as_ref().and_then(|typed| context.line(typed, "name"));
        let severity = raw.severity.as_ref().and_then(|typed| context.choice(typed, "severity", &SEVERITIES));
        let asks = self.asks(raw);
        let backfill = raw.backfill.as_ref().map_or(Duration::ZERO, |typed| context.duration(Some(typed), &BACKFILL));
        let tests = raw.tests.iter().filter_map(|test| example(test, context)).collect();
        let Delivery { deliver, timing, updates } = Delivery::read(&raw.delivery, &self.usual, context);
        let (to, through) = self.groups.recipients(raw.to.as_ref(), "watch").into_iter().unzip();
        let id = id?;
        let name = name.unwrap_or_else(|| id.to_string());
        Some(Watch {
            id,
            name,
            severity: severity.unwrap_or_default(),
            asks,
            to,
            through,
            timing,
            deliver,
            updates,
            ignore_quiet_hours: raw.ignore_quiet_hours,
            backfill,
            tests,
        })
    }

    /// What the watch looks for; every query and every entry of a list is checked by reading it.
    fn asks(&self, raw: &RawWatch) -> Asks {
        let context = self.context;
        if let Some(typed) = &raw.query {
            if let Some(list) = raw.any.as_ref().or(raw.all.as_ref()).or(raw.none.as_ref()) {
                let finding = Finding::error(&list.at, "the watch has both a query and lists").first_at(&typed.at);
                context.findings.push(finding.hint("put everything into the query, or keep the lists"));
            }
            query::check(typed, self.vocabulary, context);
            return Asks::Query(typed.value.clone());
        }
        let [any, all, none] = [&raw.any, &raw.all, &raw.none].map(|terms| {
            let terms = terms.as_ref().map(|terms| terms.value.as_slice()).unwrap_or_default();
            terms.iter().for_each(|entry| query::check_entry(entry, self.vocabulary, context));
            terms.iter().map(|entry| entry.value.clone()).collect::<Vec<_>>()
        });
        if let Some(empty) = raw.any.as_ref().or(raw.all.as_ref()).filter(|_| any.is_empty() && all.is_empty()) {
            context.error(&empty.at, "the watch matches nothing", "say what to look for: [\"attaque*\", \"هجوم\"]");
        }
        self.warn_of_contradictions(raw);
        Asks::Lists { any, all, none }
    }

    fn warn_of_contradictions(&self, raw: &RawWatch) {
        let [any, all, none] = [&raw.any, &raw.all, &raw.none].map(|terms| terms.iter().flat_map(|list| &list.value));
        let wanted: Vec<_> = any.chain(all).collect();
        for excluded in none {
            let wanted = wanted.iter().find(|wanted| wanted.value == excluded.value);
            if let Some(wanted) = wanted {
                let message = format!("`{}` is looked for and excluded by the same watch", excluded.value);
                let finding = Finding::warning(&excluded.at, message).first_at(&wanted.at);
                self.context.findings.push(finding.hint("an item with it never matches: remove one"));
            }
        }
    }
}

fn example(raw: &RawTest, context: &Context<'_>) -> Option<WatchTest> {
    let expectations = [("match", true), ("no-match", false)];
    let matches = context.choice(raw.expect.as_ref()?, "expect", &expectations)?;
    let text = |typed: &Option<Typed<String>>| typed.as_ref().map(|typed| typed.value.clone());
    let (title, text, lang) =
        (text(&raw.title).unwrap_or_default(), text(&raw.text).unwrap_or_default(), text(&raw.lang));
    let given = raw.title.is_some() || raw.text.is_some();
    if given && title.trim().is_empty() && text.trim().is_empty() {
        context.error(&raw.at, "the test has no text", "write the example: { text = \"…\", expect = \"match\" }");
    }
    Some(WatchTest { title, text, lang, matches })
}
