//! `[[coverage]]`: how many live sources of a kind there must be. Whether they are live is judged later (`crate::health`); here it
//! is asked whether so many are configured at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Context;
use super::source::{self, TIERS};
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawFloor};
use crate::config::{SourcePlan, suggest};
use crate::model::{Floor, Source};

/// The floors. `sources` are those that compiled.
pub(super) fn floors(raw: &Raw, sources: &[Arc<SourcePlan>], context: &Context<'_>) -> Vec<Floor> {
    // What is wrong with a source is told of already, and it may be the one that counts.
    let all_are_known = sources.len() == raw.sources.iter().filter(|source| source.enabled).count();
    let mut names = BTreeMap::new();
    let compile = |typed: &RawFloor| {
        let floor = floor(typed, &mut names, context)?;
        if all_are_known {
            report_shortage(typed, &floor, raw, sources, context);
        }
        Some(floor)
    };
    raw.floors.iter().filter_map(compile).collect()
}

/// One floor; `names` remembers where each name was given first.
fn floor(raw: &RawFloor, names: &mut BTreeMap<String, Place>, context: &Context<'_>) -> Option<Floor> {
    let name = raw.name.as_ref().and_then(|typed| unique_name(typed, names, context));
    let at_least = raw.at_least.as_ref().map(|typed| context.number(Some(typed), "at_least", 1, 1..=1000));
    let lang = raw.lang.as_ref().map(|typed| source::lang(typed, context));
    let owner = raw.owner.as_ref().map(|typed| source::owner(typed, context));
    let tags = source::tags(&raw.tags, context);
    let tier = raw.tier.as_ref().map(|typed| context.number(Some(typed), "tier", Source::DEFAULT_TIER, TIERS));
    // A criterion that cannot be read must not count as none, or everything would be counted.
    if lang == Some(None) || owner == Some(None) || tags.len() != raw.tags.len() {
        return None;
    }
    Some(Floor { name: name?, at_least: at_least?, lang: lang.flatten(), tags, owner: owner.flatten(), tier })
}

fn unique_name(typed: &Typed<String>, names: &mut BTreeMap<String, Place>, context: &Context<'_>) -> Option<String> {
    let name = context.line(typed, "name")?;
    if let Some(first) = names.get(&name) {
        let finding = Finding::error(&typed.at, format!("two coverage floors are called `{name}`")).first_at(first);
        context.findings.push(finding.hint("rename one: reports call them by name"));
        return None;
    }
    names.insert(name.clone(), typed.at.clone());
    Some(name)
}

/// Reports a floor that no source, or fewer than it asks for, could ever meet.
fn report_shortage(typed: &RawFloor, floor: &Floor, raw: &Raw, sources: &[Arc<SourcePlan>], context: &Context<'_>) {
    let count = sources.iter().filter(|plan| floor.counts(&plan.source)).count();
    if count == 0 {
        let (at, hint) = culprit(typed, raw, sources);
        let message = format!("no source {}", wanted(floor));
        context.findings.push_absence(Finding::error(at, message).hint(hint));
    } else if let Some(typed) = typed.at_least.as_ref().filter(|_| count < floor.at_least) {
        let message = match count {
            1 => format!("`{}` asks for {} live sources, and 1 counts for it", floor.name, floor.at_least),
            _ => format!("`{}` asks for {} live sources, and {count} count for it", floor.name, floor.at_least),
        };
        let hint = "add sources, or ask for fewer: this would be reported for ever";
        context.findings.push_absence(Finding::warning(&typed.at, message).hint(hint));
    }
}

/// What a source must be to count, as the end of "no source …".
fn wanted(floor: &Floor) -> String {
    let tags = floor.tags.iter().map(|tag| format!("is tagged `{tag}`"));
    let lang = floor.lang.iter().map(|lang| format!("has lang `{lang}`"));
    let owner = floor.owner.iter().map(|owner| format!("has owner `{}`", owner.as_str()));
    let tier = floor.tier.iter().map(|tier| format!("is of tier {tier} or better"));
    let wanted: Vec<String> = tags.chain(lang).chain(owner).chain(tier).collect();
    if wanted.is_empty() { "is enabled".to_owned() } else { wanted.join(" and ") }
}

/// The criterion that no source meets by itself, or else the whole floor; and what to do.
fn culprit<'a>(floor: &'a RawFloor, raw: &Raw, sources: &[Arc<SourcePlan>]) -> (&'a Place, String) {
    let known: BTreeSet<&str> = sources.iter().flat_map(|plan| &plan.source.tags).map(String::as_str).collect();
    if let Some(typed) = floor.tags.iter().find(|typed| !known.contains(typed.value.trim())) {
        let mut asleep = raw.sources.iter().filter(|source| !source.enabled).flat_map(|source| &source.tags);
        let hint = match suggest::nearest(&typed.value, known) {
            _ if asleep.any(|tag| tag.value == typed.value) => "the sources tagged so are not enabled".to_owned(),
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("tag the sources that are to count: tags = [\"{}\"]", typed.value),
        };
        return (&typed.at, hint);
    }
    (&floor.at, "add such a source, or remove the floor: it could never be met".to_owned())
}
