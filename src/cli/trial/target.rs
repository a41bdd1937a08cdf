//! What `try` is asked about: an address, a file, stdin, a program, or a source of the configuration. Reads no
//! document.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Arguments;
use crate::config::{Config, SourcePlan};
use crate::daemon::lookback::nearest;
use crate::extract::telegram;
use crate::model::{JsonPaths, PageSelectors, Program, SourceKind};
use crate::text::display::terminal;

/// As long as a program of the configuration has where it says nothing else.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where the document is.
#[derive(Debug)]
pub(super) enum Target {
    Web(Url),
    File(PathBuf),
    Stdin,
    Program(Program),
    /// A source, as the daemon polls it.
    Configured(Arc<SourcePlan>),
}

impl Target {
    /// Reads what was typed. An address goes before an id, and an id before a file of that name.
    pub(super) fn of(arguments: &Arguments, config: Option<&Config>) -> Result<Self, String> {
        if !arguments.command.is_empty() {
            return Ok(Self::Program(Program { command: arguments.command.clone(), timeout: TIMEOUT }));
        }
        let typed = arguments.what.as_deref().unwrap_or_default().trim();
        if typed == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(preview) = telegram::address(typed) {
            return Ok(Self::Web(preview));
        }
        if typed.starts_with('@') {
            return Err(format!(
                "`{}` is no name of a Telegram channel: write @ and 4 to 32 letters, digits or _",
                terminal(typed)
            ));
        }
        if typed.contains("://") {
            return web(typed).map(Self::Web);
        }
        let sources = config.map(|config| config.sources.as_slice()).unwrap_or_default();
        if let Some(plan) = sources.iter().find(|plan| plan.source.id.as_str() == typed) {
            return Ok(Self::Configured(plan.clone()));
        }
        if Path::new(typed).is_file() {
            return Ok(Self::File(PathBuf::from(typed)));
        }
        if looks_like_a_host(typed) {
            return web(&format!("https://{typed}")).map(Self::Web);
        }
        let near = nearest(typed, sources.iter().map(|plan| plan.source.id.as_str()));
        let hint = near.map_or_else(
            || "write an address with https://, a file, `-` for stdin, @channel, or the id of a source".to_owned(),
            |near| format!("did you mean the source `{near}`?"),
        );
        Err(format!("`{}` is no address, no file and no source that is polled; {hint}", terminal(typed)))
    }
}

fn web(typed: &str) -> Result<Url, String> {
    let url = Url::parse(typed).map_err(|error| format!("the address cannot be read: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` addresses are not polled, only http and https", terminal(url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a user name or password, which would end in logs and mails; \
                    leave it out, and write `headers_file` at the source"
            .to_owned());
    }
    Ok(url)
}

/// `example.org/feed`, typed without its scheme.
fn looks_like_a_host(typed: &str) -> bool {
    let host = typed.split(['/', '?', ':']).next().unwrap_or_default();
    let ends_well = host.rsplit('.').next().is_some_and(|end| end.len() > 1 && end.chars().all(char::is_alphabetic));
    host.contains('.') && ends_well && !typed.starts_with(['.', '/']) && !typed.contains(char::is_whitespace)
}

/// What kind it is asked to be, where that is said or follows from what is said.
pub(super) fn kind(arguments: &Arguments, target: &Target) -> Result<Option<SourceKind>, String> {
    use super::Kind;
    let parts = arguments.parts();
    let part = |name: &str| parts.iter().find(|(part, _)| part == name).map(|(_, picked)| picked.clone());
    let need = |name: &str| part(name).ok_or_else(|| format!("say what its {name} is: --{name} SELECTOR"));
    let implied = match target {
        Target::Program(_) => Some(Kind::Exec),
        Target::Web(url) if telegram::address(url.as_str()).is_some() => Some(Kind::Telegram),
        _ if part("item").is_some_and(|item| item.starts_with('$')) => Some(Kind::Json),
        _ if !parts.is_empty() => Some(Kind::Page),
        _ => None,
    };
    let kind = match (arguments.kind.or(implied), target) {
        (None, Target::Configured(plan)) => return Ok(Some(plan.source.kind.clone())),
        (None, _) => return Ok(None),
        (Some(kind), _) => kind,
    };
    Ok(Some(match kind {
        Kind::Feed => SourceKind::Feed,
        Kind::Sitemap => SourceKind::Sitemap,
        Kind::Telegram => SourceKind::Telegram,
        Kind::Page if parts.is_empty() => SourceKind::Links,
        Kind::Page => SourceKind::Page(Box::new(PageSelectors {
            item: need("item")?,
            title: need("title")?,
            link: part("link"),
            date: part("date"),
            summary: part("summary"),
        })),
        // Without queries it is looked at, and some are suggested.
        Kind::Json if parts.is_empty() => return Ok(None),
        Kind::Json => SourceKind::Json(Box::new(JsonPaths {
            item: need("item")?,
            title: need("title")?,
            link: part("link"),
            id: part("id"),
            date: part("date"),
            summary: part("summary"),
            body: part("body"),
        })),
        Kind::Exec => match target {
            Target::Program(program) => SourceKind::Exec(Box::new(program.clone())),
            Target::Configured(plan) => match &plan.source.kind {
                SourceKind::Exec(program) => SourceKind::Exec(program.clone()),
                _ => {
                    return Err("this source is polled over HTTP; a program is tried with --command PROGRAM".to_owned());
                }
            },
            Target::Web(_) => return Err("a program is tried with --command PROGRAM, not with an address".to_owned()),
            // What it printed, kept in a file.
            Target::File(_) | Target::Stdin => {
                SourceKind::Exec(Box::new(Program { command: Vec::new(), timeout: TIMEOUT }))
            }
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &[&str]) -> Arguments {
        use clap::Parser;
        #[derive(Debug, Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        Line::try_parse_from([&["try"], line].concat()).unwrap_or_else(|error| panic!("{error}")).arguments
    }

    /// The target as one line, and the word for its kind.
    fn read(line: &[&str]) -> (String, &'static str) {
        let arguments = arguments(line);
        let target = match Target::of(&arguments, None) {
            Ok(target) => target,
            Err(error) => return (error, ""),
        };
        let word = match kind(&arguments, &target) {
            Ok(kind) => kind.map_or("", |kind| match kind {
                SourceKind::Links => "links",
                kind => kind.as_str(),
            }),
            Err(error) => return (error, ""),
        };
        let told = match target {
            Target::Web(url) => url.to_string(),
            Target::File(file) => file.display().to_string(),
            Target::Stdin => "-".to_owned(),
            Target::Program(program) => program.command.join(" "),
            Target::Configured(plan) => plan.source.id.to_string(),
        };
        (told, word)
    }

    #[test]
    fn what_is_typed_is_understood() {
        for (line, target, kind) in [
            (&["https://a.example/feed"] as &[&str], "https://a.example/feed", ""),
            (&["a.example/feed?x=1"], "https://a.example/feed?x=1", ""),
            (&["@voix_azawagh"], "https://t.me/s/voix_azawagh", "telegram"),
            (&["t.me/voix_azawagh"], "https://t.me/s/voix_azawagh", "telegram"),
            (&["-"], "-", ""),
            (&["-", "--kind", "exec"], "-", "exec"),
            (&["--command", "/bin/echo", "-n"], "/bin/echo -n", "exec"),
            (&["a.example", "--kind", "page"], "https://a.example/", "links"),
            (&["a.example", "--item", "li", "--title", "a"], "https://a.example/", "page"),
            (&["a.example", "--select", "item=$.a[*]", "--select", "title=$.t"], "https://a.example/", "json"),
            (&["a.example", "--kind", "json"], "https://a.example/", ""),
        ] {
            assert_eq!(read(line), (target.to_owned(), kind), "{line:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_answered_with_what_to_write() {
        for (line, told) in [
            (&["ftp://a.example/"] as &[&str], "only http and https"),
            (&["https://me:secret@a.example/"], "leave it out"),
            (&["@no"], "no name of a Telegram channel"),
            (&["no-such-thing"], "write an address with https://"),
            (&["a.example", "--item", "li"], "--title SELECTOR"),
            (&["a.example", "--kind", "exec"], "--command PROGRAM"),
        ] {
            let (answer, _) = read(line);
            assert!(answer.contains(told), "{line:?}: {answer}");
            assert!(!answer.contains("secret"), "{answer}");
        }
    }
}
