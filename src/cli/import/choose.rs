//! Which candidates become sources, and under which ids: nothing twice, and nothing that the configuration would
//! refuse, since one bad source would keep out all the good ones. Pure.

use std::collections::BTreeSet;

use url::Url;

use super::candidate::{Candidate, Found, Skipped};
use crate::config::edit::{NewSource, unused_id};
use crate::extract::page::Template;
use crate::model::PageSelectors;

/// Longest name and tag, in characters; the configuration takes up to 200.
const LONGEST: usize = 100;

/// `polled` gives the id of the source that polls an address already.
pub(super) fn choose(
    found: Found,
    polled: impl Fn(&Url) -> Option<String>,
    taken: impl Fn(&str) -> bool,
) -> (Vec<NewSource>, Vec<Skipped>) {
    let Found { taken: candidates, mut skipped } = found;
    let (mut sources, mut ids, mut urls) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for candidate in candidates {
        let usable = address(&candidate).and_then(|url| match polled(&url) {
            Some(id) => Err(format!("`{id}` polls it already")),
            None if !urls.insert(url.clone()) => Err("it stands in the list twice".to_owned()),
            None => checked(&candidate).map(|()| url),
        });
        match usable {
            Ok(url) => {
                let name = candidate.name.as_deref();
                let id = unused_id(name, Some(&url), |id| taken(id) || ids.contains(id));
                ids.insert(id.clone());
                sources.push(source(id, candidate));
            }
            Err(why) => skipped.push(Skipped { what: candidate.label(), why }),
        }
    }
    (sources, skipped)
}

/// The address, without its fragment, where it is one that can be polled.
fn address(candidate: &Candidate) -> Result<Url, String> {
    let mut url = Url::parse(candidate.url.trim()).map_err(|error| format!("its address cannot be read: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("its address has the scheme `{}`, and only http and https are polled", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("its address holds a user name or password, which would end in logs and in mail".to_owned());
    }
    url.set_fragment(None);
    Ok(url)
}

fn checked(candidate: &Candidate) -> Result<(), String> {
    let part = |name: &str| candidate.select.iter().find(|(part, _)| part == name).map(|(_, css)| css.clone());
    let (Some(item), Some(title)) = (part("item"), part("title")) else { return Ok(()) };
    let selectors = PageSelectors { item, title, ..PageSelectors::default() };
    match Template::compile(&selectors) {
        Ok(_) => Ok(()),
        Err(bad) => {
            let problem = bad.first().map(|bad| bad.problem.as_str()).unwrap_or_default();
            Err(format!("its selector is none: {problem}"))
        }
    }
}

fn source(id: String, candidate: Candidate) -> NewSource {
    NewSource {
        id,
        name: candidate.name.as_deref().and_then(line),
        kind: candidate.kind.to_owned(),
        url: Some(candidate.url.trim().to_owned()),
        lang: candidate.lang.as_deref().and_then(language),
        tags: candidate.tags.iter().filter_map(|tag| line(tag)).collect(),
        select: candidate.select,
        note: candidate.note,
        ..NewSource::default()
    }
}

/// One short line.
fn line(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A language as the configuration takes it (BCP 47): `fr-FR` of `FR_fr` and the like. None of what is no code.
fn language(given: &str) -> Option<String> {
    let given = given.trim().replace('_', "-");
    let mut parts = given.split('-');
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_primary = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    let rest: Vec<&str> = parts.collect();
    let good = |part: &&str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_primary && rest.iter().all(good)).then(|| [&[primary.as_str()], rest.as_slice()].concat().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feeds(list: &[(&str, &str)]) -> Found {
        let feed = |(name, url): &(&str, &str)| Candidate {
            name: Some((*name).to_owned()).filter(|name| !name.is_empty()),
            ..Candidate::feed((*url).to_owned())
        };
        Found { taken: list.iter().map(feed).collect(), skipped: Vec::new() }
    }

    #[test]
    fn nothing_is_taken_twice_and_ids_are_unique() {
        let found = feeds(&[
            ("Echo", "https://a.example/feed"),
            ("Echo", "https://b.example/feed"),
            ("", "https://b.example/feed#x"),
            ("", "https://c.example/feed"),
            ("", "https://d.example/feed"),
        ]);
        let polled = |url: &Url| (url.host_str() == Some("c.example")).then(|| "old".to_owned());
        let (sources, skipped) = choose(found, polled, |id| id == "echo");
        let ids: Vec<&str> = sources.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(ids, ["echo-2", "echo-3", "d"]);
        let told: Vec<_> = skipped.iter().map(|s| (s.what.as_str(), s.why.as_str())).collect();
        assert_eq!(told, [("b.example", "it stands in the list twice"), ("c.example", "`old` polls it already")]);
    }

    #[test]
    fn what_the_configuration_would_refuse_stays_out_and_no_secret_is_told() {
        for (url, expected) in [
            ("ftp://a.example/", "scheme `ftp`"),
            ("feed", "cannot be read"),
            ("https://me:hunter2@a.example/?token=hunter2", "user name or password"),
        ] {
            let (sources, skipped) = choose(feeds(&[("", url)]), |_| None, |_| false);
            assert!(sources.is_empty() && skipped[0].why.contains(expected), "{skipped:?}");
            assert!(!format!("{skipped:?}").contains("hunter2"));
        }
        let select = vec![("item".to_owned(), "li[".to_owned()), ("title".to_owned(), "a".to_owned())];
        let page = Candidate { kind: "page", select, ..Candidate::feed("https://a.example/".to_owned()) };
        let found = Found { taken: vec![page], skipped: Vec::new() };
        let (sources, skipped) = choose(found, |_| None, |_| false);
        assert!(sources.is_empty() && skipped[0].why.contains("selector"), "{skipped:?}");
    }

    #[test]
    fn languages_are_written_as_the_configuration_takes_them() {
        for (given, expected) in
            [("fr", Some("fr")), ("FR_fr", Some("fr-fr")), ("pt-BR", Some("pt-BR")), ("unknown", None), ("", None)]
        {
            assert_eq!(language(given).as_deref(), expected, "{given}");
        }
    }
}
