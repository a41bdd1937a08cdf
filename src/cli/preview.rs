//! `mail preview`: a mail as it would be sent now, without sending it.

use std::path::PathBuf;

use mail_parser::{Message, MessageParser, PartType};

use super::{desk, exit, show};
use crate::config::Config;
use crate::daemon::desk::Request;
use crate::daemon::desk::preview::{Ask, Of, Preview};
use crate::text::display::terminal;

pub(super) const EXAMPLES: &str = "\
Examples:
  sahelwatch mail preview STORY                      the first mail on a story, as text
  sahelwatch mail preview STORY --update             an update, as if all but the newest item were known
  sahelwatch mail preview STORY --format html --out alert.html
  sahelwatch mail preview morning --to amina@example.org --format eml --out digest.eml";

/// Options of `mail preview`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A story (its number, or that of one of its items), or the id of a digest
    #[arg(value_name = "STORY|DIGEST")]
    what: String,
    /// To whom [default: the first who would be told]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// An update, as if its reader knew all of the story but the newest item
    #[arg(long)]
    update: bool,
    /// Which part of the mail, or all of it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write it there instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One JSON document, with the whole mail
    #[arg(long, conflicts_with_all = ["format", "out"])]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The text part
    Text,
    /// The HTML part
    Html,
    /// The whole message
    Eml,
}

pub(super) fn run(config: &Config, options: &Arguments) -> Result<u8, u8> {
    let preview: Preview =
        desk::ask(config, Request::Preview(Ask { of: of(config, options)?, to: options.to.clone() }))?;
    if options.json {
        return Ok(show::json(&preview));
    }
    let Some(part) = part(&preview.message, options.format) else {
        errln!("{}", missing(&preview, options.format));
        return Err(exit::NEGATIVE);
    };
    match &options.out {
        None => out!("{part}"),
        Some(path) => {
            if let Err(error) = std::fs::write(path, &part) {
                errln!("error: write {}: {error}", path.display());
                return Err(exit::IO);
            }
            outln!("written to {}", path.display());
        }
    }
    errln!("to {} · {} · {}; not sent", terminal(&preview.to), preview.reason, terminal(&preview.subject));
    Ok(exit::OK)
}

/// A digest where there is one of that id, else a story.
fn of(config: &Config, options: &Arguments) -> Result<Of, u8> {
    let what = options.what.as_str();
    let is_digest = config.digests.iter().any(|digest| digest.id.as_str() == what);
    match crate::daemon::lookback::Target::named(what).filter(|_| !is_digest) {
        Some(story) => Ok(Of::Story { story, update: options.update }),
        None if options.update => {
            errln!("error: --update is of a story, and `{}` names none", terminal(what));
            Err(exit::USAGE)
        }
        None => Ok(Of::Digest(what.to_owned())),
    }
}

/// A part of a message, as it is read.
fn part(message: &str, format: Format) -> Option<String> {
    if format == Format::Eml {
        return Some(message.to_owned());
    }
    let parsed: Message<'_> = MessageParser::default().parse(message.as_bytes())?;
    let found = parsed.parts.iter().find_map(|part| match (&part.body, format) {
        (PartType::Text(text), Format::Text) | (PartType::Html(text), Format::Html) => Some(text.replace("\r\n", "\n")),
        _ => None,
    });
    found.map(|text| if text.ends_with('\n') { text } else { text + "\n" })
}

fn missing(preview: &Preview, format: Format) -> String {
    let to = terminal(&preview.to);
    if preview.message.contains("multipart/encrypted") {
        return format!("the mail to {to} is encrypted to their key: --format eml shows it as it would be sent");
    }
    match format {
        Format::Html => format!("the mail to {to} has no HTML part: they asked for text only (`profile = \"plain\"`)"),
        Format::Text | Format::Eml => format!("the mail to {to} has no text part; please report this"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
                        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nwords\r\n--b\r\n\
                        Content-Type: text/html; charset=utf-8\r\n\r\n<p>words</p>\r\n--b--\r\n";

    #[test]
    fn a_part_is_shown_as_it_is_read() {
        assert_eq!(part(BOTH, Format::Text).as_deref(), Some("words\n"));
        assert_eq!(part(BOTH, Format::Html).as_deref(), Some("<p>words</p>\n"));
        assert_eq!(part(BOTH, Format::Eml).as_deref(), Some(BOTH));
    }

    #[test]
    fn a_mail_of_text_alone_has_no_html() {
        let plain = "Subject: s\r\nContent-Type: text/plain\r\n\r\nwords\r\n";
        assert_eq!((part(plain, Format::Html), part(plain, Format::Text).as_deref()), (None, Some("words\n")));
    }
}
