//! The mails a demo wrote: read back from their folder, and copied beside it in forms that need no mail program.

use std::path::{Path, PathBuf};

use mail_parser::{Message, MessageParser, PartType};

use super::{DemoError, failed};

/// What a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The first on its story.
    Alert,
    /// What is new to who had one.
    Update,
    /// Several stories at a set time.
    Digest,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Alert, Self::Update, Self::Digest];

    /// As it is called, and as its copies are.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Update => "update",
            Self::Digest => "digest",
        }
    }

    fn of(reason: &str) -> Self {
        match reason {
            "update" => Self::Update,
            "digest" => Self::Digest,
            _ => Self::Alert,
        }
    }
}

/// One mail.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub(super) path: PathBuf,
    pub(super) to: String,
    pub(super) kind: Kind,
    /// The number of its story; of a digest nothing of use.
    pub(super) story: String,
    pub(super) subject: String,
    pub(super) text: String,
    /// None where its reader wants text only.
    html: Option<String>,
    message: Vec<u8>,
}

/// Every mail under `out`, by story and reader.
pub(super) fn read(out: &Path) -> Result<Vec<Mail>, DemoError> {
    let folder = out.join("mail");
    let mut mails = Vec::new();
    for file in std::fs::read_dir(&folder).map_err(failed("read", &folder))? {
        let path = file.map_err(failed("read", &folder))?.path();
        let message = std::fs::read(&path).map_err(failed("read", &path))?;
        mails.extend(understood(path, message));
    }
    mails.sort_by(|a, b| (a.kind, &a.story, &a.to).cmp(&(b.kind, &b.story, &b.to)));
    Ok(mails)
}

fn understood(path: PathBuf, message: Vec<u8>) -> Option<Mail> {
    let parsed: Message<'_> = MessageParser::default().parse(&message)?;
    let header = |name: &str| parsed.header(name).and_then(|value| value.as_text()).unwrap_or_default().to_owned();
    let html = parsed.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.replace("\r\n", "\n")),
        _ => None,
    });
    Some(Mail {
        path,
        to: parsed.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned(),
        kind: Kind::of(&header("X-Sahelwatch-Reason")),
        story: header("X-Sahelwatch-Story"),
        subject: parsed.subject().unwrap_or_default().to_owned(),
        text: parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html,
        message,
    })
}

/// The mail of a kind to show: that of the story there is an update of, in both forms.
pub(super) fn best(mails: &[Mail], kind: Kind) -> Option<&Mail> {
    let updated: Vec<&str> =
        mails.iter().filter(|mail| mail.kind == Kind::Update).map(|mail| mail.story.as_str()).collect();
    let of_kind = mails.iter().filter(|mail| mail.kind == kind);
    of_kind.min_by_key(|mail| (!updated.contains(&mail.story.as_str()), mail.html.is_none()))
}

/// Writes `alert.eml`, `alert.html`, `alert.txt` and the same of an update and a digest; returns their names.
pub(super) fn write_copies(out: &Path, mails: &[Mail]) -> Result<Vec<String>, DemoError> {
    let mut written = Vec::new();
    for mail in Kind::ALL.iter().filter_map(|kind| best(mails, *kind)) {
        let forms = [
            ("html", mail.html.as_ref().map(String::as_bytes)),
            ("txt", Some(mail.text.as_bytes())),
            ("eml", Some(&mail.message[..])),
        ];
        for (ending, content) in forms {
            let Some(content) = content else { continue };
            let name = format!("{}.{ending}", mail.kind.name());
            let path = out.join(&name);
            std::fs::write(&path, content).map_err(failed("write", &path))?;
            written.push(name);
        }
    }
    Ok(written)
}
