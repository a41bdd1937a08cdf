//! `[[concept]]` as typed.

use crate::config::fields::{Fields, NamedList, Texts};
use crate::config::problem::{Place, Typed};

/// Names by language, each with its place.
pub(in crate::config) type RawNames = Vec<NamedList>;

pub(in crate::config) struct RawConcept {
    pub(in crate::config) at: Place,
    pub(in crate::config) id: Option<Typed<String>>,
    pub(in crate::config) name: Option<Typed<String>>,
    pub(in crate::config) kind: Option<Typed<String>>,
    pub(in crate::config) country: Option<Typed<String>>,
    pub(in crate::config) geo: Vec<Typed<f64>>,
    pub(in crate::config) wikidata: Option<Typed<String>>,
    pub(in crate::config) parent: Texts,
    pub(in crate::config) strong: RawNames,
    pub(in crate::config) weak: RawNames,
    pub(in crate::config) context: Texts,
    pub(in crate::config) not: Texts,
    pub(in crate::config) extend: bool,
    pub(in crate::config) remove: Texts,
}

impl RawConcept {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["id"], "what queries call it, like id = \"our-compound\" for @our-compound");
        let names = |list: Option<Fields<'_>>| list.map(Fields::named_lists).unwrap_or_default();
        let texts = |list: Option<Typed<Texts>>| list.map(|list| list.value).unwrap_or_default();
        let raw = Self {
            at: fields.at.clone(),
            id: fields.text("id"),
            name: fields.text("name"),
            kind: fields.text("kind"),
            country: fields.text("country"),
            geo: fields.numbers("geo"),
            wikidata: fields.text("wikidata"),
            parent: texts(fields.texts("parent")),
            strong: names(fields.table("strong", "strong")),
            weak: names(fields.table("weak", "weak")),
            context: texts(fields.texts("context")),
            not: texts(fields.texts("not")),
            extend: fields.flag("extend").is_some_and(|flag| flag.value),
            remove: texts(fields.texts("remove")),
        };
        // For people.
        fields.text("note");
        fields.finish(&[]);
        raw
    }
}
