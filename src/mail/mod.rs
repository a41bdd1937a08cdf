//! Writing a notification as a message and handing it to a mail system. The only module that names lettre; knows nothing of
//! watches or the store.
//!
//! [`assemble`] turns a [`Draft`] into bytes, once, when the notification is frozen. [`Transport::send`] hands those bytes over,
//! as often as it takes, and sums up whatever happened in one of three [`Verdict`]s.

mod address;
mod error;
mod file;
mod header;
mod message;
mod openpgp;
mod sendmail;
mod shorter;
mod smtp;
mod transport;
mod verdict;

pub use address::check_address;
pub use error::MailError;
pub use message::{Draft, assemble};
pub use openpgp::{
    Certificate, EncryptError, EncryptProblem, ExpiresSoon, KeyProblem, OBSCURED_SUBJECT, Outside, Unusable, Why,
    assemble_encrypted, check as check_key,
};
pub use shorter::shorter;
pub use smtp::Timeouts;
pub use transport::Transport;
pub use verdict::{RetryKind, Verdict};

use std::path::PathBuf;

use crate::model::Mailbox;

/// How to mail; filled by `config`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `From`, and the envelope sender.
    pub from: Mailbox,
    /// `Reply-To`: a desk with a human.
    pub reply_to: Option<Mailbox>,
    /// Domain of `List-Id` and Message-IDs, e.g. `sahelwatch.example.org`.
    pub list_id: String,
    /// How mail leaves.
    pub transport: TransportSettings,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum TransportSettings {
    /// One `.eml` per mail in a folder: the default, which needs no server.
    File {
        /// The folder.
        folder: PathBuf,
    },
    /// A sendmail-compatible command.
    Sendmail {
        /// Its path.
        command: PathBuf,
    },
    /// An SMTP relay.
    Smtp(SmtpSettings),
}

/// An SMTP relay.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// How to log in.
    pub login: Option<Login>,
    /// PEM file of certificate authorities trusted beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// How an SMTP connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// None; only to a loopback address.
    None,
}

/// A login.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user's name.
    pub username: String,
    /// The password.
    pub password: crate::model::Secret,
}
