//! A report: what an item says of its event in words for people, read from the same title and lead as its `features`.
//! Knows nothing of other items.

use std::ops::Range;

use super::features::{CLAIM, distinct, lead, places};
use super::notice::notice;
use crate::model::{ConceptKind, Field, Place, Placement, Report, StoredItem};
use crate::query::{Entry, Mention, Scan};

/// Words that deny in the sentence of a claim, as folded: "no group has claimed responsibility" is how most reports
/// say that nobody did.
const DENIALS: [&str; 20] = [
    "no", "not", "nobody", "none", "never", "yet", "aucun", "aucune", "pas", "personne", "jamais", "لم", "ولم", "لا",
    "دون", "babu", "ba", "nenhum", "nenhuma", "nao",
];

/// Claims of an item that are looked at: a bound on what one item may cost.
const MOST_CLAIMS: usize = 8;

/// What an item reports; `lang` is its language where that could be told.
#[must_use]
pub fn report(stored: &StoredItem, scan: &Scan<'_>, lang: &str, placement: &Placement) -> Report {
    let read = lead(scan);
    let item = &stored.item;
    Report {
        item: stored.id,
        source: stored.source.clone(),
        seen: stored.first_seen,
        published: item.published.as_ref().and_then(|date| date.at),
        lang: if lang.is_empty() { "und" } else { lang }.to_owned(),
        title: item.title.clone(),
        link: item.link.clone(),
        places: where_it_happened(scan, &read),
        tolls: scan.tolls().records.iter().filter(|found| found.leads).map(|found| found.toll.clone()).collect(),
        claimed_by: claimed_by(stored, scan, &read),
        notice: notice(item),
        copy_of: placement.copy_of,
        revision: stored.revision,
    }
}

fn where_it_happened(scan: &Scan<'_>, read: &[Mention<'_>]) -> Vec<Place> {
    let title = scan.title_words();
    let (mut found, _) = places(scan, read, title);
    if found.is_empty() {
        let countries = || read.iter().filter(|mention| mention.entry.kind == ConceptKind::Country);
        found = distinct(countries().filter(|mention| mention.first < title).map(|mention| mention.entry));
        if found.is_empty() {
            found = distinct(countries().map(|mention| mention.entry));
        }
    }
    found.into_iter().map(|entry| place(scan, entry)).collect()
}

fn place<'a>(scan: &Scan<'a>, entry: &'a Entry) -> Place {
    let above = |entry, kind| scan.above(entry).filter(move |above| above.kind == kind);
    // Of regions one inside another, as where one was carved out of it, the narrowest.
    let region = above(entry, ConceptKind::Region).max_by_key(|region| above(region, ConceptKind::Region).count());
    let country =
        if entry.kind == ConceptKind::Country { Some(entry) } else { above(entry, ConceptKind::Country).next() };
    Place {
        id: entry.id.to_string(),
        name: entry.name.to_string(),
        region: region.map(|region| region.name.to_string()),
        country: entry.country.as_deref().map(str::to_owned),
        country_name: country.map(|country| country.name.to_string()),
    }
}

/// Who is said to claim it: the group, or its leader, named nearest in the sentence of the claim, or else the only
/// one named.
fn claimed_by(stored: &StoredItem, scan: &Scan<'_>, read: &[Mention<'_>]) -> Vec<String> {
    let claims: Vec<&Mention<'_>> =
        read.iter().filter(|mention| &*mention.entry.id == CLAIM).take(MOST_CLAIMS).collect();
    if claims.is_empty() {
        return Vec::new();
    }
    let groups: Vec<&Mention<'_>> = read.iter().filter(|mention| is_group(scan, mention.entry)).collect();
    let sentences = Sentences::of(stored, scan);
    let words: Vec<&str> = scan.folded_words().collect();
    let mut names: Vec<&Entry> = Vec::new();
    for claim in claims {
        let sentence = sentences.around(claim.first);
        let said = words.get(sentence.start as usize..claim.last as usize + 1).unwrap_or_default();
        if said.iter().any(|word| DENIALS.contains(word)) {
            continue;
        }
        let distance =
            |group: &&&Mention<'_>| claim.first.saturating_sub(group.last) + group.first.saturating_sub(claim.last);
        let near = groups.iter().filter(|group| sentence.contains(&group.first)).min_by_key(distance);
        let only = distinct(groups.iter().map(|group| group.entry));
        let by = near.map(|group| group.entry).or(if only.len() == 1 { Some(only[0]) } else { None });
        names.extend(by.filter(|by| !names.iter().any(|known| known.id == by.id)));
    }
    names.into_iter().map(|entry| entry.name.to_string()).collect()
}

/// An armed group, or a person of one; the wide word for many ("jihadists") names nobody.
fn is_group<'a>(scan: &Scan<'a>, entry: &'a Entry) -> bool {
    let of_group = || scan.above(entry).any(|above| above.kind == ConceptKind::ArmedGroup);
    match entry.kind {
        ConceptKind::ArmedGroup => !entry.id.ends_with("-groups"),
        ConceptKind::Person => of_group(),
        _ => false,
    }
}

/// The sentences of an item, as the numbers of the words that begin one.
struct Sentences(Vec<u32>);

impl Sentences {
    fn of(stored: &StoredItem, scan: &Scan<'_>) -> Self {
        let (mut begins, mut number) = (vec![0], 0);
        for field in [Field::Title, Field::Summary, Field::Body] {
            let text = stored.item.field(field);
            let Some(tokens) = scan.tokens(field) else { continue };
            let mut end = None;
            for token in tokens.words() {
                let between = end.and_then(|end: u32| text.get(end as usize..token.start as usize));
                if between.is_none_or(|between| between.contains(['.', '!', '?', '؟', ';', '؛', '\n'])) {
                    begins.push(number);
                }
                (end, number) = (Some(token.end), number + 1);
            }
        }
        Self(begins)
    }

    /// The words of the sentence in which this one stands.
    fn around(&self, word: u32) -> Range<u32> {
        let after = self.0.partition_point(|begin| *begin <= word);
        let start = self.0.get(after.saturating_sub(1)).copied().unwrap_or(0);
        start..self.0.get(after).copied().unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::tests::PLAN;
    use super::*;
    use crate::model::{Item, ItemId, PrintedDate, Reason, SourceId, TollKind};
    use crate::query::Subject;

    fn reported(lang: &str, title: &str, text: &str) -> Report {
        let published = PrintedDate { printed: "2 May".to_owned(), at: Some(Timestamp::UNIX_EPOCH) };
        let item = Item {
            title: title.to_owned(),
            body: text.to_owned(),
            published: Some(published),
            link: "https://example.org/1".parse().ok(),
            ..Item::default()
        };
        let stored = StoredItem {
            id: ItemId(2),
            source: SourceId::new("rfi").expect("an id"),
            first_seen: Timestamp::MAX,
            revision: 3,
            reason: Reason::New,
            item,
        };
        let placement = Placement { story: ItemId(1), copy_of: Some(ItemId(1)), link: None };
        report(&stored, &PLAN.scan(Subject { item: &stored.item, source: "rfi", lang }), lang, &placement)
    }

    #[test]
    fn a_report_names_its_item() {
        let report = reported("fr", "Attaque à Djibo : douze soldats tués", "Rectificatif du bilan.");
        assert_eq!((report.item, report.copy_of, report.revision), (ItemId(2), Some(ItemId(1)), 3));
        assert_eq!((report.seen, report.published), (Timestamp::MAX, Some(Timestamp::UNIX_EPOCH)));
        assert_eq!((report.source.as_str(), &*report.lang), ("rfi", "fr"));
        assert_eq!(report.title, "Attaque à Djibo : douze soldats tués");
        assert_eq!(report.link.as_ref().map(url::Url::as_str), Some("https://example.org/1"));
        assert_eq!(report.notice, None);
        let tolls: Vec<_> = report.tolls.iter().map(|toll| (toll.kind, toll.figure())).collect();
        assert_eq!(tolls, [(TollKind::Killed, 12)]);
        assert_eq!(reported("", "CORRECTION: Djibo", "").lang, "und");
        assert_eq!(reported("", "CORRECTION: Djibo", "").notice, Some(crate::model::Notice::Correction));
    }

    #[track_caller]
    fn check_places(title: &str, text: &str, expected: &[&str]) {
        let places: Vec<String> = reported("fr", title, text)
            .places
            .into_iter()
            .map(|place| {
                let wider = [place.region, place.country_name, place.country].into_iter().flatten();
                [place.name].into_iter().chain(wider).collect::<Vec<_>>().join(", ")
            })
            .collect();
        assert_eq!(places, expected, "{title}");
    }

    #[test]
    fn places_are_the_most_specific_of_the_title_or_else_of_the_lead() {
        check_places("Attaque à Djibo", "Des hommes armés venus d’Arbinda.", &["Djibo, Soum, Burkina Faso, BF"]);
        check_places(
            "Attaque contre un camp",
            "Le camp de Ménaka a été attaqué.",
            &["Ménaka, Ménaka (region), Mali, ML"],
        );
        check_places("Mali : attaque contre un camp", "Un camp a été attaqué.", &["Mali, Mali, ML"]);
        check_places(
            "Attaque contre un camp",
            "Le Mali et le Niger enquêtent.",
            &["Mali, Mali, ML", "Niger, Niger, NE"],
        );
        check_places("Le prix du lait monte", "Les éleveurs protestent.", &[]);
    }

    #[track_caller]
    fn check_claim(lang: &str, title: &str, text: &str, expected: &[&str]) {
        assert_eq!(reported(lang, title, text).claimed_by, expected, "{title} {text}");
    }

    #[test]
    fn a_claim_has_the_name_of_who_makes_it() {
        check_claim("en", "JNIM claims responsibility for attack on Djibo", "", &["JNIM"]);
        check_claim("fr", "Attaque de Djibo : le JNIM revendique l’attaque", "", &["JNIM"]);
        check_claim("fr", "Attaque de Djibo", "L’attaque a été revendiquée par le GSIM.", &["JNIM"]);
        check_claim("ar", "جماعة نصرة الإسلام والمسلمين تتبنى الهجوم على جيبو", "", &["JNIM"]);
        // Named once, in another sentence.
        check_claim("en", "JNIM fighters storm Djibo base", "The group claimed responsibility for it.", &["JNIM"]);
        // The nearest of two.
        for (near, far) in [("JNIM", "Boko Haram"), ("Boko Haram", "JNIM")] {
            let text =
                format!("In an area of {far}, where many have fled, {near} claimed responsibility for the attack.");
            check_claim("en", "Attack on Djibo", &text, &[near]);
        }
    }

    #[test]
    fn nobody_claims_what_nobody_claimed() {
        check_claim("en", "Attack on Djibo", "No group has claimed responsibility. JNIM is active there.", &[]);
        check_claim("en", "Attack on Djibo", "Nobody immediately claimed responsibility, but JNIM is blamed.", &[]);
        check_claim(
            "fr",
            "Attaque de Djibo",
            "L’attaque n’a pas été revendiquée. Le JNIM est actif dans la zone.",
            &[],
        );
        check_claim("fr", "Attaque de Djibo", "Aucun groupe n’a revendiqué cette attaque dans une zone du JNIM.", &[]);
        check_claim("ar", "هجوم على جيبو", "ولم تعلن أي جهة مسؤوليتها عن الهجوم", &[]);
        check_claim("en", "JNIM fighters storm Djibo base", "Twelve soldiers died.", &[]);
        // Nobody is named, or many, or those who did not do it.
        check_claim("en", "Attack on Djibo", "Jihadists claimed responsibility for the attack.", &[]);
        check_claim("en", "JNIM and Boko Haram", "They claimed responsibility for the attack.", &[]);
        check_claim("en", "General Assimi Goïta in Djibo", "The gunmen claimed responsibility for the attack.", &[]);
    }
}
