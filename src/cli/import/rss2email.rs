//! The configuration of rss2email 3: an INI file as Python's configparser reads it, with a section `[feed.NAME]` for
//! each feed. Version 2 kept its feeds in a pickle, a program more than a format; it is refused.

use super::candidate::{Candidate, Found};

const OLD: &str = "this is the feeds.dat of rss2email 2, a Python pickle, which only Python can read; \
                   let rss2email 3 take it over first, or use `r2e opmlexport FILE` and `sahelwatch import opml FILE`";
const STATE: &str = "this is the state of rss2email, not its configuration; give ~/.config/rss2email.cfg";

/// Reads a configuration.
///
/// # Errors
/// What the file is instead, for people.
pub(super) fn read(bytes: &[u8]) -> Result<Found, String> {
    if is_pickle(bytes) {
        return Err(OLD.to_owned());
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return Err(STATE.to_owned());
    }
    let sections = sections(text);
    let mut found = Found::default();
    for (section, settings) in &sections {
        let Some(name) = section.strip_prefix("feed.").map(str::trim) else { continue };
        let get = |wanted: &str| settings.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let off = get("active")
            .is_some_and(|value| ["false", "no", "off", "0"].iter().any(|no| value.eq_ignore_ascii_case(no)));
        match get("url").filter(|url| !url.is_empty()) {
            None => found.skip(name.to_owned(), "it has no url"),
            Some(_) if off => found.skip(name.to_owned(), "it is switched off there (active = False)"),
            Some(url) => {
                let named = Some(name.to_owned()).filter(|name| !name.is_empty());
                found.taken.push(Candidate { name: named, ..Candidate::feed(url.replace("%%", "%")) });
            }
        }
    }
    let is_ours = sections.iter().any(|(name, _)| name == "DEFAULT" || name.starts_with("feed."));
    if is_ours { Ok(found) } else { Err("this is not a configuration of rss2email: it has no [feed.NAME]".to_owned()) }
}

/// Binary protocols begin with 0x80 and carry NULs; protocol 0 of a list or dictionary begins with `(lp` or `(dp`, of
/// an object with `ccopy_reg` (pickletools.py).
fn is_pickle(bytes: &[u8]) -> bool {
    let beginnings: [&[u8]; 4] = [b"\x80", b"(lp", b"(dp", b"ccopy_reg"];
    bytes.contains(&0) || beginnings.iter().any(|beginning| bytes.starts_with(beginning))
}

type Settings = Vec<(String, String)>;

/// `[section]`, `key = value` or `key: value`, comments with `#` or `;` at the beginning of a line, and lines that go
/// on where they are indented.
fn sections(text: &str) -> Vec<(String, Settings)> {
    let mut sections: Vec<(String, Settings)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            sections.push((name.trim().to_owned(), Settings::new()));
            continue;
        }
        let Some((_, settings)) = sections.last_mut() else { continue };
        let goes_on = line.starts_with([' ', '\t']);
        match (settings.last_mut().filter(|_| goes_on), trimmed.split_once(['=', ':'])) {
            (Some((_, value)), _) => value.push_str(&format!("\n{trimmed}")),
            (None, Some((key, value))) => settings.push((key.trim().to_ascii_lowercase(), value.trim().to_owned())),
            (None, None) => {}
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feed_section_is_a_source() {
        let text = "; mine\n[DEFAULT]\nfrom = user@rss2email.invalid\nto: desk@example.org\npost-process =\n  a b\n\n\
                    [feed.echo]\nurl = https://a.example/?q=%%C3%%A9#x\n[feed.off]\nURL=https://b.example/\n\
                    active = False\n\
                    [feed.none]\nto = x@example.org\n";
        let found = read(text.as_bytes()).unwrap();
        let echo = Candidate { name: Some("echo".into()), ..Candidate::feed("https://a.example/?q=%C3%A9#x".into()) };
        assert_eq!(found.taken, [echo]);
        let skipped: Vec<_> = found.skipped.iter().map(|s| (s.what.as_str(), s.why.as_str())).collect();
        assert_eq!(skipped, [("off", "it is switched off there (active = False)"), ("none", "it has no url")]);
    }

    #[test]
    fn what_is_none_is_told_from_what_is_one() {
        for (bytes, expected) in [
            (b"\x80\x02]q\x00." as &[u8], "pickle"),
            (b"]q\x00(U\x05", "pickle"),
            (b"(lp1\nS'desk@example.org'\n", "pickle"),
            (b"{\"version\": 2}", "state"),
            (b"hello", "no [feed.NAME]"),
            (b"", "no [feed.NAME]"),
        ] {
            let error = read(bytes).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(read(b"[DEFAULT]\nto = a@example.org\n"), Ok(Found::default()));
    }
}
