//! What a trial recommends: the source as it would stand in the configuration, and the exact commands to go on with.
//! Pure.

use std::path::Path;

use url::Url;

use super::Arguments;
use crate::config::edit::{NewSource, unused_id};
use crate::model::SourceKind;
use crate::text::display;

/// Longest name taken from a title, in characters.
const LONGEST_NAME: usize = 60;

/// What is recommended.
#[derive(Debug)]
pub(super) struct Offer {
    /// None for a program.
    pub(super) url: Option<Url>,
    pub(super) kind: SourceKind,
    /// What it calls itself.
    pub(super) title: String,
    /// The language of its items, where it is known.
    pub(super) lang: Option<String>,
    pub(super) full_text: bool,
    pub(super) allow_private: bool,
}

impl Offer {
    /// As a source with this id.
    pub(super) fn source(&self, id: String) -> NewSource {
        let command = match &self.kind {
            SourceKind::Exec(program) => program.command.clone(),
            _ => Vec::new(),
        };
        let name = display::cut(&display::line(&self.title), LONGEST_NAME);
        NewSource {
            id,
            name: Some(name).filter(|name| !name.is_empty()),
            kind: self.kind.as_str().to_owned(),
            url: self.url.as_ref().map(ToString::to_string),
            command,
            lang: self.lang.clone(),
            select: select(&self.kind),
            full_text: self.full_text,
            allow_private: self.allow_private,
            ..NewSource::default()
        }
    }

    /// An id that none of `taken` is: made of the host, or of the program's name.
    pub(super) fn id(&self, taken: impl Fn(&str) -> bool) -> String {
        let program = match &self.kind {
            SourceKind::Exec(program) => program.command.first().map(Path::new).and_then(Path::file_stem),
            _ => None,
        };
        unused_id(program.and_then(|name| name.to_str()), self.url.as_ref(), taken)
    }

    /// The command that tries exactly this.
    pub(super) fn command(&self) -> String {
        let mut words = vec!["sahelwatch".to_owned(), "try".to_owned()];
        words.extend(self.url.as_ref().map(ToString::to_string));
        match &self.kind {
            // Found out by themselves.
            SourceKind::Feed | SourceKind::Telegram => {}
            SourceKind::Exec(_) => {}
            kind => words.extend(["--kind".to_owned(), kind.as_str().to_owned()]),
        }
        words.extend(picks(&self.kind));
        words.extend(self.allow_private.then(|| "--allow-private".to_owned()));
        words.push("--save".to_owned());
        if let SourceKind::Exec(program) = &self.kind {
            // All words behind it are the program's own.
            words.push("--command".to_owned());
            words.extend(program.command.iter().cloned());
        }
        line(&words)
    }
}

/// The command that was given, with other selectors or queries.
pub(super) fn try_with(kind: &SourceKind, arguments: &Arguments) -> String {
    let mut words = vec!["sahelwatch".to_owned(), "try".to_owned()];
    words.extend(arguments.what.clone());
    words.extend(picks(kind));
    words.extend(arguments.url.iter().flat_map(|url| ["--url".to_owned(), url.to_string()]));
    words.extend(arguments.allow_private.then(|| "--allow-private".to_owned()));
    line(&words)
}

/// What is picked, as options.
fn picks(kind: &SourceKind) -> Vec<String> {
    let parts = select(kind).into_iter();
    let option = |(part, picked): (String, String)| match part.as_str() {
        "item" | "title" | "link" | "date" | "summary" => vec![format!("--{part}"), picked],
        _ => vec!["--select".to_owned(), format!("{part}={picked}")],
    };
    parts.flat_map(option).collect()
}

/// What is picked, by part.
fn select(kind: &SourceKind) -> Vec<(String, String)> {
    let given = |parts: Vec<(&str, Option<&String>)>| {
        parts.into_iter().filter_map(|(part, picked)| Some((part.to_owned(), picked?.clone()))).collect()
    };
    match kind {
        SourceKind::Page(picked) => given(vec![
            ("item", Some(&picked.item)),
            ("title", Some(&picked.title)),
            ("link", picked.link.as_ref()),
            ("date", picked.date.as_ref()),
            ("summary", picked.summary.as_ref()),
        ]),
        SourceKind::Json(picked) => given(vec![
            ("item", Some(&picked.item)),
            ("title", Some(&picked.title)),
            ("link", picked.link.as_ref()),
            ("id", picked.id.as_ref()),
            ("date", picked.date.as_ref()),
            ("summary", picked.summary.as_ref()),
            ("body", picked.body.as_ref()),
        ]),
        _ => Vec::new(),
    }
}

/// Words as a shell reads them back.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted_into_a_shell() {
        for (word, expected) in [
            ("https://a.example/feed/", "https://a.example/feed/"),
            ("https://a.example/?feed=rss2&x=1", "'https://a.example/?feed=rss2&x=1'"),
            ("h3 > a", "'h3 > a'"),
            ("$['a']", "'$['\\''a'\\'']'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
