//! Outlines of OPML 1 and 2 read as feeds. Folders become tags, or where an outline names its own, its `category`
//! (OPML 2.0).
//!
//! Exports are often not well-formed: bare ampersands, names of HTML entities, elements closed in the wrong order or
//! not at all. Only where a tag itself cannot be told does reading end, and what came before it stays.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::candidate::{Candidate, Found, Skipped};

/// Reads a document. None when it is none: no `opml` and no outline is in it.
pub(super) fn read(text: &str) -> Option<Found> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let (mut found, mut folders, mut is_opml) = (Found::default(), Vec::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if is(&tag, "outline") => {
                let folder = outline(&tag, &folders, &mut found);
                folders.push(folder);
            }
            Ok(Event::Empty(tag)) if is(&tag, "outline") => drop(outline(&tag, &folders, &mut found)),
            Ok(Event::End(tag)) if tag.name().as_ref().eq_ignore_ascii_case("outline") => drop(folders.pop()),
            Ok(Event::Start(tag) | Event::Empty(tag)) => is_opml |= is(&tag, "opml"),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let what = format!("what follows byte {}", reader.error_position());
                found.skipped.push(Skipped { what, why: format!("the document is broken there ({error})") });
                break;
            }
        }
    }
    (is_opml || !found.taken.is_empty()).then_some(found)
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.name().as_ref().eq_ignore_ascii_case(name)
}

/// Takes an outline: a feed where it has an address. Gives its title when it is a folder.
fn outline(tag: &BytesStart<'_>, folders: &[Option<String>], found: &mut Found) -> Option<String> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let value = htmlize::unescape_attribute(attribute.value.as_ref()).into_owned();
        attributes.push((attribute.key.as_ref().to_ascii_lowercase(), value));
    }
    let get = |name: &str| {
        let value = attributes.iter().find(|(key, _)| key == name).map(|(_, value)| line(value));
        value.filter(|value| !value.is_empty())
    };
    let title = get("title").or_else(|| get("text"));
    let Some(url) = get("xmlurl") else {
        // A bookmark or a note is neither a feed nor a folder that says anything.
        return title;
    };
    let own: Vec<String> = get("category").map(|list| categories(&list)).unwrap_or_default();
    let tags = if own.is_empty() { folders.iter().flatten().cloned().collect() } else { own };
    found.taken.push(Candidate { name: title, lang: get("language"), tags: once(tags), ..Candidate::feed(url) });
    None
}

/// `/ML/north,/private` → ML, north, private.
fn categories(list: &str) -> Vec<String> {
    list.split([',', '/']).map(line).filter(|tag| !tag.is_empty()).collect()
}

fn once(tags: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

/// On one line.
fn line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn feed(name: &str, url: &str, tags: &[&str]) -> Candidate {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Candidate { name: Some(name.to_owned()), tags, ..Candidate::feed(url.to_owned()) }
    }

    #[test]
    fn folders_become_tags() {
        let text = r#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
            <outline text="Mali"><outline title="Nord"><outline text="Echo" xmlUrl="https://a.example/"/></outline>
            <outline text="T" title="Tribune" xmlUrl="https://b.example/" language="fr"
                category="/ML,/private/radio"></outline>
            </outline><outline text="Seul" XMLURL="https://c.example/?a=1&amp;b=2"/></body></opml>"#;
        let found = read(text).unwrap();
        let mut tribune = feed("Tribune", "https://b.example/", &["ML", "private", "radio"]);
        tribune.lang = Some("fr".to_owned());
        let echo = feed("Echo", "https://a.example/", &["Mali", "Nord"]);
        assert_eq!(found.taken, [echo, tribune, feed("Seul", "https://c.example/?a=1&b=2", &[])]);
        assert!(found.skipped.is_empty());
    }

    #[test]
    fn broken_documents_give_what_they_have() {
        let bare = "<opml><head><title>A & B</title></head></wrong><body>\
                    <outline text='A & B &eacute;' xmlUrl='https://a.example/?x=1&y=2'></nor></this></body>";
        let found = read(bare).unwrap();
        assert_eq!(found.taken, [feed("A & B é", "https://a.example/?x=1&y=2", &[])]);
        assert_eq!(found.skipped, []);
        let cut = "<opml><body><outline text='A' xmlUrl='https://a.example/'/><outline text='B' xmlU";
        let found = read(cut).unwrap();
        assert_eq!((found.taken.len(), found.skipped.len()), (1, 1));
        assert!(found.skipped[0].what.starts_with("what follows byte "));
    }

    #[test]
    fn what_is_no_outline_is_none() {
        for text in ["", "<html><body></body></html>", "{}", "<rss><channel/></rss>"] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read("<opml version='1.0'/>").is_some_and(|found| found.taken.is_empty()));
    }

    proptest! {
        #[test]
        fn no_document_makes_reading_panic(text in "(<opml>|<outline |xmlUrl=|['\"<>&;/= ]|</outline>|\\PC){0,40}") {
            drop(read(&text));
        }
    }
}
