//! What can be wrong with a reader's key, and with encrypting to it, in words for the person who can mend it. No text
//! of a key file is ever repeated: it may turn out to be a private key.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::MailError;

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Too large to be one person's key.
    #[error(
        "the file has {bytes} bytes, and no key needs more than {limit}; leave out what others signed: \
         `gpg --armor --export-options export-minimal --export ADDRESS`"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size that is read.
        limit: usize,
    },
    /// Not an armoured public key.
    #[error(
        "the file holds no public key: it must have the line `-----BEGIN PGP PUBLIC KEY BLOCK-----`, \
         as `gpg --armor --export ADDRESS` writes it"
    )]
    NotAKey,
    /// A private key.
    #[error(
        "the file holds a private key, which must not leave its owner: delete it here, tell its owner, \
         and use the public key, as `gpg --armor --export ADDRESS` writes it"
    )]
    Private,
    /// More than one certificate.
    #[error("the file holds {count} keys: keep one, so that it is clear to whom mail is encrypted")]
    Several {
        /// How many.
        count: usize,
    },
    /// Damaged or cut off.
    #[error("the key cannot be read: the file is damaged or cut off; ask its owner for it again")]
    Damaged,
    /// Nothing in it is signed by itself.
    #[error(
        "the key carries no valid signature of its own, so nobody can say whether it was changed on the way; \
         ask its owner for it again"
    )]
    Unsigned,
    /// Taken back by its owner.
    #[error("the key was revoked by its owner; ask for the new one")]
    Revoked,
    /// Past its time.
    #[error("the key expired on {}; ask its owner to extend it, or for the new one", day(*.at))]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Nothing in it can be encrypted to.
    #[error("the key has nothing to encrypt to{}; ask its owner for one that can encrypt", List(.unusable))]
    NothingToEncryptTo {
        /// The parts made for encryption, and why each is of no use.
        unusable: Vec<Unusable>,
    },
}

impl KeyProblem {
    /// Whether the key was good and time has passed over it, so that nobody has made a mistake in the configuration.
    #[must_use]
    pub fn came_with_time(&self) -> bool {
        match self {
            Self::Expired { .. } => true,
            Self::NothingToEncryptTo { unusable } => unusable.iter().any(|part| matches!(part.why, Why::Expired(_))),
            _ => false,
        }
    }
}

/// A part made for encryption that cannot be encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Its key id, in hexadecimal digits.
    pub key_id: String,
    /// Why.
    pub why: Why,
}

/// Why a part of a key cannot be encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It expired.
    Expired(Timestamp),
    /// Its owner revoked it.
    Revoked,
    /// RSA with too few bits.
    Weak,
    /// An algorithm we cannot encrypt with: its name.
    Algorithm(String),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.key_id)?;
        match &self.why {
            Why::Expired(at) => write!(f, "expired on {}", day(*at)),
            Why::Revoked => write!(f, "was revoked"),
            Why::Weak => write!(f, "is RSA of fewer than 2048 bits"),
            Why::Algorithm(name) => write!(f, "uses {name}, which we cannot encrypt with"),
        }
    }
}

struct List<'a>(&'a [Unusable]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if nth == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

/// The day of a moment, in UTC.
pub(super) fn day(at: Timestamp) -> impl fmt::Display {
    TimeZone::UTC.to_datetime(at).date()
}

/// A mail that was not written, because it could not be encrypted.
#[derive(Debug, thiserror::Error)]
#[error("encrypt mail to {reader} with the key {}: {problem}", key_file.display())]
pub struct EncryptError {
    /// The reader's address.
    pub reader: String,
    /// Where their key was read from.
    pub key_file: PathBuf,
    /// What is wrong.
    #[source]
    pub problem: EncryptProblem,
}

/// Why a mail could not be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum EncryptProblem {
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// The mail could not be written, encrypted or not.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Encryption failed, with a key that passed every check.
    #[error("encryption failed: {0}")]
    Encryption(#[source] Box<pgp::errors::Error>),
}

impl From<pgp::errors::Error> for EncryptProblem {
    fn from(error: pgp::errors::Error) -> Self {
        Self::Encryption(Box::new(error))
    }
}
