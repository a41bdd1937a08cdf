//! What can be wrong before anything is sent: with the settings, or with a draft. What goes wrong while sending is a
//! [`Verdict`](super::Verdict).

use std::io;
use std::path::PathBuf;

/// Why a transport could not be set up, or a message not be written.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Not an address we would put in an envelope or header.
    #[error("address `{given}`: use local@domain in plain ASCII, e.g. desk@example.org")]
    Address {
        /// The text as given.
        given: String,
    },
    /// Not an id that can stand in a Message-ID.
    #[error("message id `{given}`: use id@domain in plain ASCII, without angle brackets")]
    MessageId {
        /// The text as given.
        given: String,
    },
    /// A header that `assemble` writes itself, or whose name is no header name.
    #[error("header `{name}`: not a name for an extra header")]
    Header {
        /// Its name.
        name: String,
    },
    /// The file of trusted authorities cannot be used.
    #[error("ca_file {}: {source}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// TLS could not be set up.
    #[error("set up TLS: {0}")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// The message could not be built.
    #[error("write message: {0}")]
    Message(#[source] lettre::error::Error),
}
