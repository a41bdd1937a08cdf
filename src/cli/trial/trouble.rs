//! Why nothing could be read, in plain words, and what a person can do about it.

use super::report::Trouble;
use crate::extract::{ParseError, Wall, wall_on};
use crate::fetch::FetchError;
use crate::program::ProgramError;

/// The document did not come.
pub(super) fn of_fetch(error: &FetchError) -> Trouble {
    let help = match (error, error.status()) {
        (FetchError::Refused { .. }, _) => {
            "If you mean an address of your own network, add --allow-private; \
             as a source it then needs allow_private = true."
        }
        (FetchError::Dns { .. }, _) => {
            "Check the spelling of the host. If it is right, the outlet may have given up its name, \
             or this machine finds no names at all: try another address."
        }
        (FetchError::Connect { .. } | FetchError::Timeout { .. } | FetchError::Broken { .. }, _) => {
            "The server may be down, or it may keep this network out. Try again later, open it in a browser, \
             or ask through a proxy ([http] proxy)."
        }
        (FetchError::Tls { .. }, _) => {
            "The connection could be read or changed by others, so it is not used. The outlet has to \
             renew its certificate."
        }
        (FetchError::Proxy { .. }, _) => "Nothing was asked past the proxy. Start it, or correct [http] proxy.",
        (FetchError::Robots { .. }, _) => {
            "Its publisher asks programs to stay away from this page. A feed is meant for programs: \
             look for one. Or write to the publisher."
        }
        (FetchError::NoRobots { .. }, _) => {
            "A site that cannot say whether it wants programs is left alone (RFC 9309). \
             Try again later."
        }
        (_, Some(404 | 410)) => {
            "There is no such page. It may have moved: look for it from the front page of the site."
        }
        (_, Some(401)) => {
            "It wants a login. If the publisher gave you one, write its header in a file and name that as \
             headers_file at the source."
        }
        (_, Some(402 | 451)) => "It is not for us. Look for another feed of this outlet.",
        (_, Some(429)) => {
            "It was asked too often, by this machine or by others behind the same address. Wait for some hours; \
             a longer interval helps."
        }
        (FetchError::Status { challenged: true, .. }, _) | (_, Some(403)) => return refused(error),
        (_, Some(500..)) => "The server has trouble of its own. Try again later.",
        (FetchError::TooLarge { .. }, _) => "If it is a feed after all, raise [http] max_body.",
        _ => "Try again later, or open it in a browser.",
    };
    Trouble {
        what: error.to_string(),
        unreachable: is_unreachable(error),
        keeps_out: matches!(error, FetchError::Robots { .. }),
        is_gone: error.is_gone(),
        help: help.to_owned(),
    }
}

/// Nobody answered, as opposed to an answer that cannot be used.
fn is_unreachable(error: &FetchError) -> bool {
    match error {
        FetchError::Dns { .. }
        | FetchError::Connect { .. }
        | FetchError::Proxy { .. }
        | FetchError::Tls { .. }
        | FetchError::Timeout { .. }
        | FetchError::Broken { .. } => true,
        FetchError::NoRobots { source, .. } => is_unreachable(source),
        _ => false,
    }
}

/// What a refusal (403) or a challenge may come from, as far as its page says.
fn refused(error: &FetchError) -> Trouble {
    let wall = error.excerpt().and_then(|page| wall_on(page, None));
    let seen = wall.map(|wall| format!("Its answer is {}. ", wall.name())).unwrap_or_default();
    let help = "It keeps programs out, or this network. A feed often stays open where pages are closed: try its feed. \
                Some let readers in by a name of their own (user_agent) or through another network (proxy); \
                else ask the publisher to let sahelwatch in.";
    Trouble { what: error.to_string(), keeps_out: true, help: format!("{seen}{help}"), ..Trouble::default() }
}

/// A program did not print a document.
pub(super) fn of_program(error: &ProgramError) -> Trouble {
    let help = match error {
        ProgramError::Start { .. } => {
            "Give its whole path; it must be a file that may be run. No shell reads the command."
        }
        ProgramError::Timeout { .. } => {
            "A program of a source has 30 s unless `timeout` gives it more. \
             What takes longer belongs on a timer of its own, and its output into a file."
        }
        ProgramError::TooLarge { .. } => "Let it print what is new only.",
        ProgramError::Failed { .. } => {
            "What it said stands above. It runs without your shell's settings, in the folder /."
        }
    };
    Trouble { what: error.to_string(), help: help.to_owned(), ..Trouble::default() }
}

/// What stands on a page in place of what was looked for, where that is nothing with content.
pub(super) fn of_wall(wall: Wall) -> Trouble {
    let help = match wall {
        Wall::Challenge => {
            "The site tests whether a person asks, which no program should pretend to be. Its feed is often \
             open all the same: try the addresses below, or ask the publisher to let sahelwatch in."
        }
        Wall::Consent => {
            "The page wants a click on cookies first. Its feed is often open all the same; some sites take the \
             answer as a cookie (headers_file)."
        }
        Wall::Login => {
            "It wants a login. If the publisher gave you one, write its cookie in a file and name that as \
             headers_file at the source."
        }
        Wall::Portal => {
            "This is not the outlet: the network this machine is in wants a login. Log in with a browser, \
             then try again."
        }
        Wall::Gone => "There is no such page any more. Look for it from the front page of the site.",
        Wall::Script => {
            "Its content is written by a script in the browser, which is not run here. Its data often come from a JSON \
             address or a feed: the browser's network view names it."
        }
        Wall::Paywall | Wall::Teaser => "Only subscribers read the rest.",
    };
    let what = format!("{} stands there", wall.name());
    Trouble { what, help: help.to_owned(), ..Trouble::default() }
}

/// A page with nothing to poll.
pub(super) fn of_bare_page() -> Trouble {
    let what = "no feed, no sitemap and no repeated links to articles were found".to_owned();
    let help = "If the page lists news, say where: --item and --title with CSS. If it is one article, try the \
                front page of the outlet."
        .to_owned();
    Trouble { what, help, ..Trouble::default() }
}

/// JSON that is no feed.
pub(super) fn of_json(has_articles: bool) -> Trouble {
    let help = match has_articles {
        true => "Say where its items are, by JSONPath: --item and --title at least. The queries below are guesses.",
        false => "Say where its items are, by JSONPath: --item '$.data[*]' --title '$.title', as its keys are called.",
    };
    let what = "this is JSON, but no JSON Feed, and nobody said how it is read".to_owned();
    Trouble { what, help: help.to_owned(), ..Trouble::default() }
}

/// The document came, and is not what it should be, or with no `kind` nothing that is known.
pub(super) fn of_parse(error: &ParseError, kind: Option<&str>) -> Trouble {
    let help = match error {
        ParseError::PageForFeed { wall: Some(wall), .. } => {
            return Trouble { what: error.to_string(), ..of_wall(*wall) };
        }
        ParseError::PageForFeed { wall: None, .. } => "The feed may have moved, or this was never its address.",
        ParseError::Empty => "The server answered with nothing at all, which is its mistake. Try again later.",
        ParseError::NoChannel => {
            "Check the name in a browser at t.me/s/NAME. Groups, private channels and channels without a \
             preview cannot be read this way."
        }
        ParseError::NotAFeed(_) | ParseError::Unlike { .. } if kind.is_some() => {
            "Without --kind, sahelwatch finds out what it is."
        }
        ParseError::NotAFeed(_) | ParseError::Unlike { .. } => {
            "It is no page, no sitemap and no JSON either: nothing that \
             can be polled."
        }
        ParseError::TooDeep | ParseError::TooLarge => "No honest page is like that. Look for a feed of this outlet.",
    };
    let what = match error {
        ParseError::PageForFeed { title, wall: None } if kind.is_some_and(|kind| kind != "feed") => {
            let kind = kind.unwrap_or_default();
            let title = title.as_ref().map(|title| format!(" (\"{title}\")")).unwrap_or_default();
            format!("a web page stands where something of kind {kind} should be{title}")
        }
        error => error.to_string(),
    };
    Trouble { what, help: help.to_owned(), ..Trouble::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every wall has words of its own, and none promises what we do not do.
    #[test]
    fn every_wall_is_explained() {
        let walls =
            [Wall::Challenge, Wall::Gone, Wall::Consent, Wall::Login, Wall::Portal, Wall::Script, Wall::Paywall];
        let mut seen = std::collections::HashSet::new();
        for wall in walls {
            let trouble = of_wall(wall);
            assert!(trouble.what.contains(wall.name()) && seen.insert(trouble.help.clone()), "{trouble:?}");
        }
    }

    #[test]
    fn a_page_in_place_of_something_else_is_named() {
        let page = |wall| ParseError::PageForFeed { title: Some("Portail".to_owned()), wall };
        assert_eq!(of_parse(&page(None), Some("feed")).what, "a web page stands where a feed should be (\"Portail\")");
        assert!(of_parse(&page(None), Some("sitemap")).what.contains("something of kind sitemap"));
        assert!(of_parse(&page(Some(Wall::Portal)), Some("feed")).help.contains("Log in"));
    }
}
