//! `[[watch]]` and the groups: what is looked for, and who is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Context;
use super::query;
use super::values::Measure;
use crate::config::fields::NamedList;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawTest, RawWatch};
use crate::config::suggest;
use crate::model::{Asks, Mailbox, Severity, Watch, WatchId, WatchTest};
use crate::query::Vocabulary;

/// How far back a new watch may look: texts are kept for 90 days by default, but news that old is no alert.
const BACKFILL: Measure = Measure { key: "backfill", default: "24h", low: "0s", high: "30d" };

/// Most recipients of a watch. Every alert is one mail to each of them; a larger circle is a mailing list's work.
const MOST_RECIPIENTS: usize = 500;

/// The watches, groups resolved.
pub(super) fn watches(raw: &Raw, vocabulary: &Vocabulary, context: &Context<'_>) -> Vec<Watch> {
    let groups = raw.groups.iter().map(|list| (list.name.value.as_str(), group(list, context))).collect();
    let mut compiler =
        Compiler { context, vocabulary, groups, used: BTreeSet::new(), unresolved: false, ids: BTreeMap::new() };
    let watches = raw.watches.iter().filter_map(|watch| compiler.watch(watch)).collect();
    // A mistake in a `to` may be what leaves a group unused, and is told of already.
    let unused = raw.groups.iter().map(|list| &list.name).filter(|name| !compiler.used.contains(&name.value));
    for name in unused.filter(|_| !compiler.unresolved) {
        let finding = Finding::warning(&name.at, format!("no watch tells group `{}`", name.value));
        context.findings.push_absence(finding.hint(format!("name it in a watch: to = [\"@{}\"]", name.value)));
    }
    watches
}

fn group(list: &NamedList, context: &Context<'_>) -> Vec<Mailbox> {
    let NamedList { name, texts } = list;
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.value.is_empty() || !name.value.chars().all(is_plain) {
        context.error(&name.at, format!("a group cannot be called `{}`", name.value), "use letters, digits, - and _");
    }
    let Some(members) = texts else { return Vec::new() };
    if members.value.is_empty() {
        let message = format!("group `{}` has no address", name.value);
        context.error(&name.at, message, "who is to be told? [\"amina@example.org\"]");
    }
    members.value.iter().filter_map(|member| context.mailbox(member)).collect()
}

/// What the watches of one configuration share.
struct Compiler<'a> {
    context: &'a Context<'a>,
    vocabulary: &'a Vocabulary,
    groups: BTreeMap<&'a str, Vec<Mailbox>>,
    used: BTreeSet<String>,
    /// Whether a `to` is missing or names a group that is not there.
    unresolved: bool,
    /// Where each id was given first.
    ids: BTreeMap<WatchId, Place>,
}

impl Compiler<'_> {
    fn watch(&mut self, raw: &RawWatch) -> Option<Watch> {
        let context = self.context;
        let id = context.unique_id(raw.id.as_ref(), "watch", WatchId::new, &mut self.ids);
        let name = raw.name.as_ref().and_then(|typed| context.line(typed, "name"));
        let severities = [("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];
        let severity = raw.severity.as_ref().and_then(|typed| context.choice(typed, "severity", &severities));
        let asks = self.asks(raw);
        let backfill = raw.backfill.as_ref().map_or(Duration::ZERO, |typed| context.duration(Some(typed), &BACKFILL));
        let tests = raw.tests.iter().filter_map(|test| example(test, context)).collect();
        let (to, through) = self.recipients(raw).into_iter().unzip();
        let id = id?;
        let name = name.unwrap_or_else(|| id.to_string());
        Some(Watch { id, name, severity: severity.unwrap_or_default(), asks, to, through, backfill, tests })
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

    /// Each address once, with the group it was found in first.
    fn recipients(&mut self, raw: &RawWatch) -> Vec<(Mailbox, Option<String>)> {
        let Some(to) = &raw.to else {
            self.unresolved = true;
            return Vec::new();
        };
        if to.value.is_empty() {
            self.unresolved = true;
            self.context.error(&to.at, "`to` names nobody", "who is to be told? [\"@group\", \"amina@example.org\"]");
        }
        let mut seen = BTreeSet::new();
        let mut recipients = Vec::new();
        for typed in &to.value {
            for (mailbox, through) in self.resolve(typed) {
                if seen.insert(mailbox.address.to_ascii_lowercase()) {
                    recipients.push((mailbox, through));
                }
            }
        }
        if recipients.len() > MOST_RECIPIENTS {
            let message = format!("the watch has {} recipients", recipients.len());
            self.context.error(&to.at, message, format!("at most {MOST_RECIPIENTS}; for more, use a mailing list"));
        }
        recipients
    }

    fn resolve(&mut self, typed: &Typed<String>) -> Vec<(Mailbox, Option<String>)> {
        let Some(name) = typed.value.strip_prefix('@') else {
            return self.context.mailbox(typed).map(|mailbox| (mailbox, None)).into_iter().collect();
        };
        if let Some(members) = self.groups.get(name) {
            self.used.insert(name.to_owned());
            return members.iter().map(|mailbox| (mailbox.clone(), Some(name.to_owned()))).collect();
        }
        self.unresolved = true;
        let names: Vec<&str> = self.groups.keys().copied().collect();
        let hint = match names.is_empty() {
            true => format!("define it: group.{name} = [\"amina@example.org\"]"),
            false => suggest::hint(name, "groups", &names),
        };
        self.context.findings.push_absence(Finding::error(&typed.at, format!("there is no group `{name}`")).hint(hint));
        Vec::new()
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
