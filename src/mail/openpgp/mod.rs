//! Encrypting a reader's mail with OpenPGP (RFC 9580) as PGP/MIME (RFC 3156). The only module that names the crate
//! `pgp`.
//!
//! A list of watches or an alert on the wire can endanger people, so everything that names a place, a group or an event
//! goes inside, the subject too (RFC 9788). Nothing is signed: we hold no key, and who can read a configuration could
//! read it too. A mail that cannot be encrypted is not written at all, so that none ever leaves in the clear.
//!
//! [`check`] reads a key as a person gave it and says what is wrong with it. [`assemble_encrypted`] writes the mail; it
//! checks the key again, since keys expire while we run.

mod certificate;
mod encrypt;
mod mime;
mod problem;
mod signatures;

pub use certificate::{Certificate, ExpiresSoon, check};
pub use mime::{OBSCURED_SUBJECT, Outside, assemble_encrypted};
pub use problem::{EncryptError, EncryptProblem, KeyProblem, Unusable, Why};
