//! What the owner of a key says of it, in the signatures the key makes over itself and its parts. Knows nothing of
//! armour or mail.
//!
//! The crate `pgp` verifies single signatures and leaves it to its users which of them count. The rules here are those
//! of RFC 9580 §5.2.3 and of GnuPG: the newest statement counts, a revocation counts whenever it was made, and the
//! signatures of others count for nothing, since we trust a key for lying where the configuration says.

use jiff::Timestamp;
use pgp::composed::{SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Features, KeyFlags, Signature, SignatureType, SubpacketData};
use pgp::types::{KeyDetails, KeyVersion, SignedUser, Tag};

/// What the owner says of a key or a part of it.
#[derive(Debug)]
pub(super) struct Statement {
    /// From when on it must not be used.
    pub(super) expires: Option<Timestamp>,
    /// What it is for; `None` when nothing is said, as in keys of the nineties.
    flags: Option<KeyFlags>,
    /// What its owner's program understands.
    features: Option<Features>,
}

impl Statement {
    fn new(signature: &Signature, key: &impl KeyDetails) -> Self {
        let lifetime = signature.key_expiration_time().map_or(0, pgp::types::Duration::as_secs);
        let end = i64::from(key.created_at().as_secs()) + i64::from(lifetime);
        let mut said = signature.config().into_iter().flat_map(|config| config.hashed_subpackets());
        Self {
            // Zero is the same as nothing (§5.2.3.13).
            expires: if lifetime == 0 { None } else { Timestamp::from_second(end).ok() },
            flags: said.find_map(|part| match &part.data {
                SubpacketData::KeyFlags(flags) => Some(flags.clone()),
                _ => None,
            }),
            features: signature.features().cloned(),
        }
    }

    /// Whether it is meant to be encrypted to. Mail is both communication and, once it lies in a mailbox, storage.
    /// Without flags, what a key can do is what it is for, as in GnuPG.
    pub(super) fn encrypts(&self) -> bool {
        self.flags.as_ref().is_none_or(|flags| flags.encrypt_comms() || flags.encrypt_storage())
    }

    /// Whether its owner's program reads the authenticated encryption of RFC 9580.
    pub(super) fn reads_seipd_v2(&self) -> bool {
        self.features.as_ref().is_some_and(Features::seipd_v2)
    }

    pub(super) fn expired(&self, now: Timestamp) -> Option<Timestamp> {
        self.expires.filter(|end| *end <= now)
    }
}

/// Whether the owner took the whole key back. A revocation by somebody they named for it is not seen: it needs that
/// person's key.
pub(super) fn is_revoked(key: &SignedPublicKey) -> bool {
    let revocations = key.details.revocation_signatures.iter().filter(|signature| is_sound(signature));
    revocations.into_iter().any(|signature| signature.verify_key(&key.primary_key).is_ok())
}

/// What counts of the whole key: its signature over itself in a key of version 6 (§10.1.1), else the newest over a
/// name.
pub(super) fn of_primary(key: &SignedPublicKey, now: Timestamp) -> Option<Statement> {
    let direct = || {
        let signatures = key.details.direct_signatures.iter();
        newest(signatures.filter(|signature| {
            counts(signature, SignatureType::Key, now) && signature.verify_key(&key.primary_key).is_ok()
        }))
    };
    let over_name = || newest(key.details.users.iter().filter_map(|user| of_user(key, user, now)));
    let governing = match key.primary_key.version() {
        KeyVersion::V6 => direct(),
        _ => over_name().or_else(direct),
    };
    governing.map(|signature| Statement::new(signature, &key.primary_key))
}

/// The newest signature over a name, unless the name was taken back.
pub(super) fn of_user<'a>(key: &SignedPublicKey, user: &'a SignedUser, now: Timestamp) -> Option<&'a Signature> {
    let own = user.signatures.iter().filter(|signature| {
        is_sound(signature)
            && !is_expired(signature, now)
            && signature.verify_certification(&key.primary_key, Tag::UserId, &user.id).is_ok()
    });
    // Of two made in the same second, the revocation comes last.
    let last =
        own.max_by_key(|signature| (signature.created(), signature.typ() == Some(SignatureType::CertRevocation)));
    last.filter(|signature| signature.typ() != Some(SignatureType::CertRevocation))
}

/// What counts of a subkey: the newest signature that binds it to the key. `None` when none does.
pub(super) fn of_subkey(key: &SignedPublicKey, subkey: &SignedPublicSubKey, now: Timestamp) -> Option<Statement> {
    let bindings = subkey
        .signatures
        .iter()
        .filter(|signature| counts(signature, SignatureType::SubkeyBinding, now) && binds(signature, key, subkey));
    newest(bindings).map(|signature| Statement::new(signature, &subkey.key))
}

/// Whether the owner took a subkey back.
pub(super) fn is_subkey_revoked(key: &SignedPublicKey, subkey: &SignedPublicSubKey) -> bool {
    let revocations = subkey
        .signatures
        .iter()
        .filter(|signature| is_sound(signature) && signature.typ() == Some(SignatureType::SubkeyRevocation));
    revocations.into_iter().any(|signature| binds(signature, key, subkey))
}

fn binds(signature: &Signature, key: &SignedPublicKey, subkey: &SignedPublicSubKey) -> bool {
    signature.verify_subkey_binding(&key.primary_key, &subkey.key).is_ok()
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| signature.created())
}

fn counts(signature: &Signature, kind: SignatureType, now: Timestamp) -> bool {
    signature.typ() == Some(kind) && is_sound(signature) && !is_expired(signature, now)
}

/// MD5 is broken for signatures. SHA-1 still stands where the signer alone chose what is signed, as an owner does with
/// their key, old keys have nothing else, and the crate `pgp` recognises the known attacks on it.
fn is_sound(signature: &Signature) -> bool {
    signature.hash_alg().is_some_and(|hash| hash != HashAlgorithm::Md5)
}

/// One that is dated later than now counts: its maker's clock and ours differ, and nobody else could have made it.
fn is_expired(signature: &Signature, now: Timestamp) -> bool {
    let created = signature.created().map_or(0, pgp::types::Timestamp::as_secs);
    let lifetime = signature.signature_expiration_time().map_or(0, pgp::types::Duration::as_secs);
    lifetime != 0 && i64::from(created) + i64::from(lifetime) <= now.as_second()
}
