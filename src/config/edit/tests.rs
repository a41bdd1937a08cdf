//! Each edit on a file with everything people write into one, and the laws of all edits.

use proptest::prelude::*;
use toml::{Table, Value};

use super::*;

const FILE: &str = r#"# Ours.

# ---- Mali
# Asked for by Amina.
[[source]]   # first
id = "a"
kind = "feed"
url = "https://a.example/"  # moved in May
tags = [
  "ML",  # one
]
# interval = "5m"

[[source]]
id = 'b'
kind = "page"
url = "https://b.example/"
enabled = false  # until June
[source.select]
item = "li"
title = """
a"""

# About c.
[[source]]
id = "c"
kind = "feed"
url = "https://c.example/"
enabled = false
# ---- Watches
[[watch]]
id = "w"
"#;

fn lines_gone(before: &str, after: &str) -> Vec<String> {
    let mut rest = after.lines().peekable();
    before.lines().filter(|line| rest.next_if_eq(line).is_none()).map(str::to_owned).collect()
}

#[test]
fn sources_are_found_with_their_lines() {
    let found = sources(FILE).unwrap();
    let facts: Vec<_> = found.iter().map(|s| (s.id.as_str(), s.enabled, s.line, s.enabled_line, s.last_line)).collect();
    assert_eq!(facts, [("a", true, 5, None, 11), ("b", false, 14, Some(18), 18), ("c", false, 25, Some(29), 29)]);
    assert_eq!(found[1].url.as_deref(), Some("https://b.example/"));
}

#[test]
fn a_source_goes_with_its_own_comments_only() {
    let without = |id| remove_source(FILE, id).unwrap();
    let gone = lines_gone(FILE, &without("a"));
    assert_eq!((gone.first().map(String::as_str), gone.len()), (Some("# Asked for by Amina."), 10));
    assert!(without("a").contains("# ---- Mali\n[[source]]\nid = 'b'"));
    assert!(without("b").contains("# interval = \"5m\"\n\n# About c."));
    assert!(without("c").ends_with("a\"\"\"\n\n# ---- Watches\n[[watch]]\nid = \"w\"\n"));
}

#[test]
fn a_source_is_switched_off_and_on() {
    let off = set_enabled(FILE, "a", false).unwrap();
    assert!(off.contains("]\nenabled = false\n# interval"), "{off}");
    assert_eq!(set_enabled(&off, "a", true).as_deref(), Ok(FILE));
    assert_eq!(set_enabled(FILE, "a", true).as_deref(), Ok(FILE));
    let on = set_enabled(FILE, "b", true).unwrap();
    assert_eq!(on, FILE.replace("enabled = false  # until", "enabled = true  # until"));
    assert_eq!(set_enabled(&on, "b", false).as_deref(), Ok(FILE));
}

#[test]
fn what_cannot_be_edited_safely_is_refused() {
    let inline = "x = 1\nsource = [{ id = \"a\" }]\n";
    assert_eq!(remove_source(inline, "a"), Err(EditError::Entangled { id: "a".into(), line: 2 }));
    let scattered = "[[source]]\nid = \"a\"\n[http]\ncontact = \"x\"\n[source.select]\nitem = \"li\"\n";
    assert_eq!(remove_source(scattered, "a"), Err(EditError::Entangled { id: "a".into(), line: 1 }));
    assert_eq!(remove_source(FILE, "w"), Err(EditError::Unknown("w".into())));
    assert!(matches!(sources("a = 1\nb = = 2"), Err(EditError::NotToml { line: 2, .. })));
}

#[test]
fn line_ends_stay_what_they_are() {
    let dos = FILE.replace('\n', "\r\n");
    let off = set_enabled(&dos, "a", false).unwrap();
    assert!(off.contains("]\r\nenabled = false\r\n#") && !off.replace("\r\n", "").contains('\n'));
    assert_eq!(remove_source(&dos, "c"), Ok(remove_source(FILE, "c").unwrap().replace('\n', "\r\n")));
    let unended = "[[source]]\nid = \"a\"";
    assert_eq!(set_enabled(unended, "a", false).as_deref(), Ok("[[source]]\nid = \"a\"\nenabled = false\n"));
}

#[test]
fn a_new_source_reads_like_the_sample() {
    let source = NewSource {
        id: "ministry".into(),
        name: Some("Ministry \"of\" Security".into()),
        kind: "page".into(),
        url: Some("https://example.org/news".into()),
        lang: Some("fr".into()),
        tier: Some(1),
        tags: vec!["BF".into(), "it's".into()],
        owner: Some("state".into()),
        select: vec![("item".into(), "li[a=\"b\"]".into()), ("title".into(), "h3 a".into())],
        full_text: true,
        allow_private: true,
        interval: Some("30m".into()),
        note: Some("two\nlines".into()),
        command: Vec::new(),
    };
    let expected = r#"# Ours.

[[source]]
id = "ministry"
name = 'Ministry "of" Security'
kind = "page"
url = "https://example.org/news"
lang = "fr"
tier = 1
tags = ["BF", "it's"]
owner = "state"
select = { item = 'li[a="b"]', title = "h3 a" }
full_text = true
allow_private = true
interval = "30m"
note = "two\nlines"
"#;
    assert_eq!(append_source("# Ours.", &source), expected);
}

/// A file of blocks that people could have written.
fn file() -> impl Strategy<Value = String> {
    let comment = prop::sample::select(vec!["", "# ---- Group\n", "# Why.\n", "# Two\n# lines.\n"]);
    let keys = prop::sample::select(vec![
        "url = \"https://x.example/\" # here\n",
        "url = 'https://y.example/'\nenabled = true\n",
        "enabled = false\nkind = \"feed\"\n",
        "select = { item = \"li\", title = \"a\" }\n",
        "[source.select]\nitem = '''\nli'''\n",
        "# id = \"z\"\ntags = [\n\"#\",\n]\n# below\n",
    ]);
    let gap = prop::sample::select(vec!["", "\n", "\n\n"]);
    let blocks = prop::collection::vec((comment, keys, gap), 0..6);
    (blocks, any::<bool>()).prop_map(|(blocks, dos)| {
        let mut text = String::from("# Head.\n\n");
        for (number, (comment, keys, gap)) in blocks.into_iter().enumerate() {
            text.push_str(&format!("{comment}[[source]]\nid = \"s{number}\"\n{keys}{gap}"));
        }
        if dos { text.replace('\n', "\r\n") } else { text }
    })
}

fn new_source() -> impl Strategy<Value = NewSource> {
    let text = "\\PC{0,12}|[\"'\\\\\t\n]{0,4}";
    let select = prop::collection::vec(("[a-z]{1,3}", text), 0..3);
    (text, prop::option::of(text), prop::collection::vec(text, 0..3), select).prop_map(
        |(url, name, tags, mut select)| {
            select.sort();
            select.dedup_by(|a, b| a.0 == b.0);
            NewSource {
                id: "new".into(),
                kind: "page".into(),
                url: Some(url),
                name,
                tags,
                select,
                ..NewSource::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_added_is_read_as_it_was_meant(text in file(), source in new_source()) {
        let added = append_source(&text, &source);
        prop_assert!(added.starts_with(&text), "nothing else is touched");
        let table: Table = added.parse().unwrap();
        let last = table["source"].as_array().and_then(|list| list.last()).unwrap();
        prop_assert_eq!(last["url"].as_str(), source.url.as_deref());
        prop_assert_eq!(last.get("name").and_then(Value::as_str), source.name.as_deref());
        let tags = last.get("tags").and_then(Value::as_array).map_or(0, Vec::len);
        prop_assert_eq!(tags, source.tags.len());
        for (part, css) in &source.select {
            prop_assert_eq!(last["select"][part.as_str()].as_str(), Some(css.as_str()));
        }
        let back = remove_source(&added, "new").unwrap();
        prop_assert_eq!(back.trim_end(), text.trim_end());
    }

    #[test]
    fn an_edit_touches_one_source_only(text in file(), number in 0..6_usize, enabled: bool) {
        let id = format!("s{number}");
        let before = sources(&text).unwrap();
        let others = |list: &[Written]| -> Vec<_> {
            list.iter().filter(|s| s.id != id).map(|s| (s.id.clone(), s.url.clone(), s.enabled)).collect()
        };
        let Ok(removed) = remove_source(&text, &id) else {
            prop_assert!(before.len() <= number);
            return Ok(());
        };
        prop_assert_eq!(others(&before), others(&sources(&removed).unwrap()));
        // Cut out of one piece, and no heading is lost.
        let gone = text.len() - removed.len();
        prop_assert!((0..=removed.len()).any(|at| text.is_char_boundary(at)
            && removed.is_char_boundary(at) && text[..at] == removed[..at] && text[at + gone..] == removed[at..]));
        prop_assert_eq!(text.matches("# ----").count(), removed.matches("# ----").count());
        let switched = set_enabled(&text, &id, enabled).unwrap();
        let after = sources(&switched).unwrap();
        prop_assert_eq!(others(&before), others(&after));
        prop_assert_eq!(after[number].enabled, enabled);
        let changed = text.lines().filter(|line| !line.contains("enabled")).collect::<Vec<_>>();
        prop_assert_eq!(changed, switched.lines().filter(|line| !line.contains("enabled")).collect::<Vec<_>>());
    }

    #[test]
    fn no_text_makes_an_edit_panic(
        text in "(\\[\\[source\\]\\]|id = \"a\"|enabled = true|[\\[\\]={}\"'#\r\n ]|\\PC){0,30}"
    ) {
        drop((sources(&text), remove_source(&text, "a"), set_enabled(&text, "a", false)));
        drop(append_source(&text, &NewSource::default()));
    }
}
