//! `[[concept]]`: what a configuration changes in the shipped lexicon, and whether the lexicon is still sound after it.

use std::collections::BTreeMap;

use super::Context;
use crate::config::fields::Texts;
use crate::config::problem::Place;
use crate::config::raw::{RawConcept, RawNames};
use crate::config::suggest;
use crate::lexicon::{self, Change};
use crate::model::{Aliases, Concept, ConceptKind};

const KINDS: [(&str, ConceptKind); 11] = [
    ("country", ConceptKind::Country),
    ("region", ConceptKind::Region),
    ("district", ConceptKind::District),
    ("place", ConceptKind::Place),
    ("zone", ConceptKind::Zone),
    ("armed-group", ConceptKind::ArmedGroup),
    ("force", ConceptKind::Force),
    ("organisation", ConceptKind::Organisation),
    ("person", ConceptKind::Person),
    ("event", ConceptKind::Event),
    ("topic", ConceptKind::Topic),
];

/// The shipped lexicon with the configuration's changes; what is unsound in those is a finding.
pub(super) fn lexicon(raw: &[RawConcept], context: &Context<'_>) -> Vec<Concept> {
    let shipped = lexicon::shipped();
    if raw.is_empty() {
        return shipped;
    }
    let changes: Vec<Change> = raw.iter().filter_map(|concept| change(concept, &shipped, context)).collect();
    let place = |raw: &RawConcept| Some((raw.id.as_ref()?.value.clone(), raw.at.clone()));
    let places: BTreeMap<String, Place> = raw.iter().filter_map(place).collect();
    let lexicon = lexicon::apply(shipped, changes);
    for flaw in lexicon::flaws_of(&lexicon, |concept| places.contains_key(&concept.id)) {
        context.error(&places[&flaw.id], format!("concept `{}`: {}", flaw.id, flaw.message), flaw.hint);
    }
    lexicon
}

fn change(raw: &RawConcept, shipped: &[Concept], context: &Context<'_>) -> Option<Change> {
    let id = raw.id.as_ref()?;
    let known = shipped.iter().find(|concept| concept.id == id.value);
    if raw.extend && known.is_none() {
        let message = format!("there is no concept `{}` to extend", id.value);
        let near = suggest::nearest(&id.value, shipped.iter().map(|concept| concept.id.as_str()));
        let new = "leave out `extend` to make a new one".to_owned();
        context.error(&id.at, message, near.map_or(new, |near| format!("did you mean `{near}`?")));
    }
    let kind = raw.kind.as_ref().and_then(|typed| context.choice(typed, "kind", &KINDS));
    if raw.kind.is_none() && known.is_none() && !raw.extend {
        context.error(&raw.at, "a new concept needs a `kind`", "kind = \"place\", \"armed-group\", \"event\" …");
    }
    let geo = match raw.geo.as_slice() {
        [] => None,
        [latitude, longitude] => Some([latitude.value, longitude.value]),
        [first, ..] => {
            context.error(&first.at, "`geo` takes two numbers", "latitude and longitude: geo = [16.27, -0.04]");
            None
        }
    };
    let text = |typed: &Option<crate::config::problem::Typed<String>>| typed.as_ref().map(|typed| typed.value.clone());
    let concept = Concept {
        id: id.value.clone(),
        name: text(&raw.name).unwrap_or_default(),
        kind: kind.or(known.map(|known| known.kind)).unwrap_or(ConceptKind::Topic),
        country: text(&raw.country),
        geo,
        wikidata: text(&raw.wikidata),
        parent: texts(&raw.parent),
        strong: aliases(&raw.strong),
        weak: aliases(&raw.weak),
        context: texts(&raw.context),
        not: texts(&raw.not),
        note: String::new(),
    };
    Some(Change { concept, extend: raw.extend, remove: texts(&raw.remove) })
}

fn texts(typed: &Texts) -> Vec<String> {
    typed.iter().map(|text| text.value.clone()).collect()
}

fn aliases(names: &RawNames) -> Aliases {
    let named = names.iter().filter_map(|list| Some((list.name.value.clone(), texts(&list.texts.as_ref()?.value))));
    named.collect()
}
