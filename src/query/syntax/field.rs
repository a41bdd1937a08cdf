//! The fields a query can ask for, and reading what is asked of those that are no text: source, language, country,
//! figures.

use std::ops::Range;

use super::lexer::is_space;
use super::problem::Problem;
use super::signs;
use super::tree::{Compare, Facet, Pattern, TextField};
use crate::model::TollKind;
use crate::query::vocabulary::nearest;
use crate::text::Tokens;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Text(TextField),
    Source,
    Lang,
    Author,
    Url,
    Country,
    Toll(TollKind),
}

/// Names of all fields, each with an example of its use.
const FIELDS: [(&str, Field, &str); 11] = [
    ("title", Field::Text(TextField::Title), "title:embuscade"),
    ("body", Field::Text(TextField::Body), "body:embuscade"),
    ("source", Field::Source, "source:rfi*"),
    ("lang", Field::Lang, "lang:ar"),
    ("author", Field::Author, "author:\"A. Diallo\""),
    ("url", Field::Url, "url:/communique/"),
    ("country", Field::Country, "country:BF"),
    ("killed", Field::Toll(TollKind::Killed), "killed:>=10"),
    ("wounded", Field::Toll(TollKind::Wounded), "wounded:>=10"),
    ("kidnapped", Field::Toll(TollKind::Kidnapped), "kidnapped:>=10"),
    ("displaced", Field::Toll(TollKind::Displaced), "displaced:>=10"),
];

/// What other tools and other languages call our fields.
const ELSEWHERE: [(&str, &str); 22] = [
    ("hd", "title"),
    ("headline", "title"),
    ("intitle", "title"),
    ("allintitle", "title"),
    ("titre", "title"),
    ("text", "body"),
    ("texte", "body"),
    ("content", "body"),
    ("site", "url"),
    ("domain", "url"),
    ("inurl", "url"),
    ("link", "url"),
    ("language", "lang"),
    ("langue", "lang"),
    ("la", "lang"),
    ("auteur", "author"),
    ("by", "author"),
    ("pays", "country"),
    ("dead", "killed"),
    ("deaths", "killed"),
    ("injured", "wounded"),
    ("abducted", "kidnapped"),
];

/// Languages by the names people type for them.
const LANGUAGES: [(&str, &str); 18] = [
    ("arabic", "ar"),
    ("arabe", "ar"),
    ("french", "fr"),
    ("francais", "fr"),
    ("english", "en"),
    ("anglais", "en"),
    ("hausa", "ha"),
    ("haoussa", "ha"),
    ("fulfulde", "ff"),
    ("fulani", "ff"),
    ("peul", "ff"),
    ("bambara", "bm"),
    ("portuguese", "pt"),
    ("portugais", "pt"),
    ("spanish", "es"),
    ("espagnol", "es"),
    ("german", "de"),
    ("turkish", "tr"),
];

/// Countries of the region by name and by three-letter code (ISO 3166-1).
const COUNTRIES: [(&str, &str); 36] = [
    ("mali", "ML"),
    ("mli", "ML"),
    ("burkina", "BF"),
    ("bfa", "BF"),
    ("niger", "NE"),
    ("ner", "NE"),
    ("chad", "TD"),
    ("tchad", "TD"),
    ("tcd", "TD"),
    ("mauritania", "MR"),
    ("mauritanie", "MR"),
    ("mrt", "MR"),
    ("benin", "BJ"),
    ("ben", "BJ"),
    ("togo", "TG"),
    ("tgo", "TG"),
    ("ghana", "GH"),
    ("gha", "GH"),
    ("nigeria", "NG"),
    ("nga", "NG"),
    ("algeria", "DZ"),
    ("algerie", "DZ"),
    ("dza", "DZ"),
    ("libya", "LY"),
    ("libye", "LY"),
    ("lby", "LY"),
    ("cameroon", "CM"),
    ("cameroun", "CM"),
    ("cmr", "CM"),
    ("sudan", "SD"),
    ("soudan", "SD"),
    ("sdn", "SD"),
    ("senegal", "SN"),
    ("sen", "SN"),
    ("guinea", "GN"),
    ("civ", "CI"),
];

impl Field {
    pub(super) fn of(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, field, _)| *field)
    }

    fn row(self) -> (&'static str, &'static str) {
        FIELDS
            .iter()
            .find(|(_, field, _)| *field == self)
            .map_or(("title", "title:word"), |(name, _, example)| (name, example))
    }

    pub(super) fn name(self) -> &'static str {
        self.row().0
    }

    pub(super) fn example(self) -> &'static str {
        self.row().1
    }

    /// Whether words of the text are looked for in it.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Reads what is asked of a field that is no text field.
    pub(super) fn facet(self, query: &str, value: &str, span: Range<usize>) -> Result<Facet, Problem> {
        let value = value.trim_matches(is_space);
        match self {
            Self::Text(_) | Self::Author => {
                let words: Vec<String> = Tokens::of(value).folded_words().map(str::to_owned).collect();
                let none = || Problem::new(span.clone(), "an author has no letter to look for").help(example(self));
                if words.is_empty() { Err(none()) } else { Ok(Facet::Author(words.join(" "))) }
            }
            Self::Source => pattern(value, span).map(Facet::Source),
            Self::Lang => language(query, value, span).map(Facet::Lang),
            Self::Url if value.is_empty() => {
                Err(Problem::new(span, "no part of an address is given").help(example(self)))
            }
            Self::Url => Ok(Facet::Url(value.to_lowercase())),
            Self::Country => country(query, value, span).map(Facet::Country),
            Self::Toll(kind) => toll(self, kind, value, span),
        }
    }
}

fn example(field: Field) -> String {
    format!("For example {}.", field.example())
}

fn pattern(value: &str, span: Range<usize>) -> Result<Pattern, Problem> {
    let (text, prefix) = value.strip_suffix('*').map_or((value, false), |text| (text, true));
    if text.is_empty() {
        return Err(Problem::new(span, "no source is named").help(example(Field::Source)));
    }
    if text.contains('*') {
        return Err(Problem::new(span, "a wildcard `*` can only end the id of a source").help(example(Field::Source)));
    }
    Ok(Pattern { text: text.to_lowercase(), prefix })
}

fn by_name<'t>(table: &[(&str, &'t str)], value: &str) -> Option<&'t str> {
    let folded = Tokens::of(value).folded_words().next().map(str::to_owned)?;
    table.iter().find(|(name, _)| *name == folded).map(|(_, code)| *code)
}

fn language(query: &str, value: &str, span: Range<usize>) -> Result<String, Problem> {
    let code = value.to_ascii_lowercase();
    if (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(code);
    }
    let problem = Problem::new(span.clone(), format!("`{value}` is not a language code of two or three letters"));
    let primary =
        code.split(['-', '_']).next().filter(|primary| (2..=3).contains(&primary.len()) && primary.len() < code.len());
    Err(match by_name(&LANGUAGES, value).or(primary) {
        Some(code) => problem.replacing(query, span, code),
        None => problem.help("For example lang:ar, lang:fr, lang:en, lang:ha."),
    })
}

fn country(query: &str, value: &str, span: Range<usize>) -> Result<String, Problem> {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(value.to_ascii_uppercase());
    }
    let problem = Problem::new(span.clone(), format!("`{value}` is not a country code of two letters"));
    Err(match by_name(&COUNTRIES, value) {
        Some(code) => problem.replacing(query, span, code),
        None => problem.help("For example country:ML, country:BF, country:NE (ISO 3166)."),
    })
}

fn toll(field: Field, kind: TollKind, value: &str, span: Range<usize>) -> Result<Facet, Problem> {
    const SIGNS: [(&str, Compare); 7] = [
        (">=", Compare::AtLeast),
        ("≥", Compare::AtLeast),
        ("<=", Compare::AtMost),
        ("≤", Compare::AtMost),
        (">", Compare::Above),
        ("<", Compare::Below),
        ("=", Compare::Equal),
    ];
    let (compare, digits) = SIGNS
        .iter()
        .find_map(|(sign, compare)| Some((*compare, value.strip_prefix(sign)?)))
        .unwrap_or((Compare::Equal, value));
    let Some(number) = signs::number(digits) else {
        let name = field.name();
        let help =
            format!("Write {name}:>=10, or {name}:>=10 {name}:<=20 for a range; numbers have no spaces or commas.");
        return Err(Problem::new(span, format!("{name}: takes a number, and `{value}` is none")).help(help));
    };
    Ok(Facet::Toll { kind, compare, number })
}

/// A name before a colon that is no field.
pub(super) fn unknown(query: &str, name: &str, span: Range<usize>) -> Problem {
    let problem = Problem::new(span.clone(), format!("there is no field `{name}`"));
    let lower = name.to_lowercase();
    let known = FIELDS.iter().map(|(known, ..)| *known).chain(["concept"]);
    let near = match ELSEWHERE.iter().find(|(other, _)| *other == lower) {
        Some((_, ours)) => vec![*ours],
        None => nearest(&lower, known),
    };
    match near[..] {
        [] => {
            let names: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).collect();
            problem.help(format!("Fields are {} and concept.\nIn a text, leave the colon out.", names.join(", ")))
        }
        [first, ..] => problem.help(format!("Did you mean {}?", near.join(" or "))).replacing(query, span, first),
    }
}
