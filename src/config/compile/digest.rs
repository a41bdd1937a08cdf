//! `[[digest]]`: when it goes out, to whom, and of which watches it tells; and whether everybody whom a watch leaves to a digest
//! is told by one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Context;
use super::recipients::Groups;
use crate::config::fields::Texts;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawDigest, RawWatch};
use crate::config::{clock, suggest};
use crate::model::{Deliver, Digest, DigestId, Watch, WatchId};

/// Forty stories of three lines are what a person reads in the morning; two hundred are still below what Gmail cuts off.
const MAX_STORIES: usize = 40;
const MOST_STORIES: usize = 200;

/// The digests. `watches` are those that compiled; what `raw` has besides is a finding already and no unknown id.
pub(super) fn digests(
    raw: &Raw,
    watches: &[Watch],
    groups: &mut Groups<'_>,
    zone: &TimeZone,
    context: &Context<'_>,
) -> Vec<Digest> {
    let typed_ids = raw.watches.iter().filter_map(|watch| watch.id.as_ref()).map(|id| id.value.as_str()).collect();
    let ids = BTreeMap::new();
    let mut compiler = Compiler { context, watches, typed_ids, groups, zone, ids, incomplete: false };
    let digests: Vec<Digest> = raw.digests.iter().filter_map(|digest| compiler.digest(digest)).collect();
    let whole = !compiler.incomplete && digests.len() == raw.digests.len() && compiler.groups.resolved();
    if whole {
        report_untold(raw, watches, &digests, context);
    }
    digests
}

/// What the digests of one configuration share.
struct Compiler<'a, 'g> {
    context: &'a Context<'a>,
    watches: &'a [Watch],
    typed_ids: BTreeSet<&'a str>,
    groups: &'a mut Groups<'g>,
    /// Of a digest that names none.
    zone: &'a TimeZone,
    /// Where each id was given first.
    ids: BTreeMap<DigestId, Place>,
    /// Whether a digest names a watch that is not there.
    incomplete: bool,
}

impl Compiler<'_, '_> {
    fn digest(&mut self, raw: &RawDigest) -> Option<Digest> {
        let context = self.context;
        let id = context.unique_id(raw.id.as_ref(), "digest", DigestId::new, &mut self.ids);
        let name = raw.name.as_ref().and_then(|typed| context.line(typed, "name"));
        let at = raw.schedule.at.as_ref().map(|times| self.times(times)).unwrap_or_default();
        let days = raw.schedule.days.as_ref().and_then(|typed| self.days(typed)).unwrap_or([true; 7]);
        let zone = raw.timezone.as_ref().and_then(|typed| context.zone(typed));
        let (to, through) = self.groups.recipients(raw.to.as_ref(), "digest").into_iter().unzip();
        let watches = self.watches(raw);
        let max_stories = context.number(raw.max_stories.as_ref(), "max_stories", MAX_STORIES, 1..=MOST_STORIES);
        let id = id?;
        Some(Digest {
            name: name.unwrap_or_else(|| id.to_string()),
            id,
            at,
            days,
            zone: zone.unwrap_or_else(|| self.zone.clone()),
            to,
            through,
            watches,
            max_stories,
            send_empty: raw.send_empty,
        })
    }

    /// The times of the day, in order.
    fn times(&self, typed: &Typed<Texts>) -> Vec<Time> {
        let context = self.context;
        if typed.value.is_empty() {
            context.error(&typed.at, "the digest never goes out", "at which times of the day? at = [\"06:30\"]");
        }
        let mut times: BTreeMap<Time, &Place> = BTreeMap::new();
        for typed in &typed.value {
            let Some(time) = context.time(typed, "at") else { continue };
            match times.get(&time) {
                Some(first) => {
                    let finding = Finding::error(&typed.at, format!("`{}` is given twice", typed.value));
                    context.findings.push(finding.first_at(first).hint("keep one of them"));
                }
                None => {
                    times.insert(time, &typed.at);
                }
            }
        }
        times.into_keys().collect()
    }

    fn days(&self, typed: &Typed<String>) -> Option<[bool; 7]> {
        let report = |part: String| {
            let problem =
                if part.is_empty() { "a day is missing".to_owned() } else { format!("`{part}` is not a day") };
            let hint = match clock::probable_days(&typed.value) {
                Some(probable) => format!("did you mean \"{probable}\"?"),
                None => "write them like \"mon..fri\", \"mon,wed,fri\" or \"daily\"".to_owned(),
            };
            self.context.error(&typed.at, format!("`days` cannot be read: {problem}"), hint);
        };
        clock::days(&typed.value).map_err(report).ok()
    }

    /// The watches it tells of, in the order of the files; all of them when the digest does not say.
    fn watches(&mut self, raw: &RawDigest) -> Vec<WatchId> {
        let all = self.watches.iter().map(|watch| watch.id.clone());
        let Some(typed) = &raw.watches else { return all.collect() };
        let (mut taken, mut left_out) = (BTreeMap::new(), BTreeMap::new());
        let mut takes_all = false;
        for entry in &typed.value {
            match entry.value.strip_prefix('!') {
                _ if entry.value == "*" => takes_all = true,
                Some(id) if self.knows(id, entry) => drop(left_out.insert(id, entry)),
                None if self.knows(&entry.value, entry) => drop(taken.insert(entry.value.as_str(), entry)),
                _ => self.incomplete = true,
            }
        }
        for (id, out) in &left_out {
            if let Some(first) = taken.get(id) {
                let finding = Finding::warning(&out.at, format!("watch `{id}` is both taken and left out"));
                self.context.findings.push(finding.first_at(&first.at).hint("it is left out: remove one"));
            }
        }
        let takes = |id: &str| (takes_all || taken.contains_key(id)) && !left_out.contains_key(id);
        let says_something = self.typed_ids.iter().any(|id| takes(id)) || (takes_all && self.typed_ids.is_empty());
        if !says_something && !self.incomplete {
            let hint = match !takes_all && taken.is_empty() && !left_out.is_empty() {
                true => "begin with all of them: [\"*\", \"!id\"]",
                false => "name some, or all of them: watches = [\"*\"]",
            };
            self.context.error(&typed.at, "the digest tells of no watch", hint);
        }
        all.filter(|id| takes(id.as_str())).collect()
    }

    /// Whether there is a watch of this id; that there is none is a finding.
    fn knows(&self, id: &str, entry: &Typed<String>) -> bool {
        let known = self.typed_ids.contains(id);
        if !known {
            let ids: Vec<&str> = self.typed_ids.iter().copied().collect();
            let hint = match suggest::nearest(id, ids.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "give the id of a [[watch]], \"*\" for all, or \"!id\" for all but one".to_owned(),
            };
            let finding = Finding::error(&entry.at, format!("there is no watch `{id}`"));
            self.context.findings.push_absence(finding.hint(hint));
        }
        known
    }
}

/// Reports the recipients of a watch who are left to a digest that does not come.
fn report_untold(raw: &Raw, watches: &[Watch], digests: &[Digest], context: &Context<'_>) {
    let mut told: BTreeMap<&WatchId, BTreeSet<String>> = BTreeMap::new();
    for digest in digests {
        for watch in &digest.watches {
            let addresses = digest.to.iter().map(|mailbox| mailbox.address.to_ascii_lowercase());
            told.entry(watch).or_default().extend(addresses);
        }
    }
    let typed: BTreeMap<&str, &RawWatch> =
        raw.watches.iter().rev().filter_map(|watch| Some((watch.id.as_ref()?.value.as_str(), watch))).collect();
    for watch in watches.iter().filter(|watch| watch.deliver != Deliver::Instant) {
        let is_told = |address: &str| {
            told.get(&watch.id).is_some_and(|addresses| addresses.contains(&address.to_ascii_lowercase()))
        };
        let untold: Vec<&str> =
            watch.to.iter().map(|mailbox| mailbox.address.as_str()).filter(|address| !is_told(address)).collect();
        let Some(raw) = typed.get(watch.id.as_str()) else { continue };
        let Some(at) = raw.delivery.deliver.as_ref().map(|typed| &typed.at).or(raw.to.as_ref().map(|to| &to.at)) else {
            continue;
        };
        if let Some(finding) = untold_finding(watch, &untold, at) {
            context.findings.push_absence(finding);
        }
    }
}

fn untold_finding(watch: &Watch, untold: &[&str], at: &Place) -> Option<Finding> {
    let [first, others @ ..] = untold else { return None };
    let who = match others.len() {
        0 => (*first).to_owned(),
        more => format!("{first} and {more} more"),
    };
    let message = match watch.deliver {
        Deliver::Both => format!("watch `{}` is to come in a digest too, but none brings it to {who}", watch.id),
        _ => format!("nobody would ever tell {who} of watch `{}`: no digest brings it", watch.id),
    };
    let hint =
        format!("name them in the `to` of a [[digest]] that takes `{}`, or write deliver = \"instant\"", watch.id);
    Some(Finding::error(at, message).hint(hint))
}
