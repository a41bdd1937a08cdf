//! A reader's key as it stands in a file, read and judged: is it one public key, whose, until when, and can we encrypt
//! to it? Knows nothing of mail.

use std::fmt;
use std::io::Read;

use jiff::{SignedDuration, Timestamp};
use pgp::armor::{Dearmor, DearmorOptions};
use pgp::composed::{Deserializable, SignedPublicKey};
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::packet::{PacketHeader, PublicKey, PublicSubkey};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, PublicParams, Tag};

use super::super::header;
use super::encrypt;
use super::problem::{KeyProblem, Unusable, Why, day};
use super::signatures::{self, Statement};

/// Largest file read, in bytes. Keys have some kilobytes; one with a portrait and many signatures of others has some
/// hundreds.
const MAX_FILE: usize = 1 << 20;

/// Fewest bytes of an RSA modulus: 2048 bits, the least that RFC 9580 §12.4 has us encrypt to.
const MIN_RSA: usize = 256;

/// How long before it expires a key is worth a warning: time enough for its owner to come back from the field and
/// extend it.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A key that mail can be encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its fingerprint in hexadecimal digits, to be compared with what its owner reads out.
    pub fingerprint: String,
    /// The names it carries, as its owner wrote them, fit for a terminal.
    pub user_ids: Vec<String>,
    /// From when on mail can no longer be encrypted to it; `None` when it never expires.
    pub expires: Option<Timestamp>,
    /// What mail is encrypted to; never empty.
    pub(super) recipients: Vec<Recipient>,
    /// Whether the owner's program reads the authenticated encryption of RFC 9580.
    pub(super) seipd_v2: bool,
}

/// What mail is encrypted to: the key itself or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recipient {
    Primary(PublicKey),
    Subkey(PublicSubkey),
}

/// A key that is about to expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiresSoon {
    /// When it expires.
    pub at: Timestamp,
    /// How many whole days that leaves.
    pub days: i64,
}

impl fmt::Display for ExpiresSoon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.days == 1 { "" } else { "s" };
        write!(f, "the key expires on {}, in {} day{plural}: ask its owner to extend it", day(self.at), self.days)
    }
}

impl Certificate {
    /// Whether it expires within 30 days.
    #[must_use]
    pub fn expires_soon(&self, now: Timestamp) -> Option<ExpiresSoon> {
        let at = self.expires?;
        let left = at.duration_since(now);
        (left <= SOON).then(|| ExpiresSoon { at, days: left.as_hours() / 24 })
    }
}

/// Reads an ASCII-armoured public key and judges whether mail can be encrypted to it at that moment. It is encrypted to
/// every subkey made for that and still good, not to the newest only as GnuPG does: who moved to a new device may still
/// hold just the older one, and a mail nobody can open is a missed alert. To the primary key only where no subkey is
/// made for it.
///
/// # Errors
/// What is wrong with it, in words for people.
pub fn check(armoured: &str, now: Timestamp) -> Result<Certificate, KeyProblem> {
    let key = read(armoured)?;
    if signatures::is_revoked(&key) {
        return Err(KeyProblem::Revoked);
    }
    let primary = signatures::of_primary(&key, now).ok_or(KeyProblem::Unsigned)?;
    if let Some(at) = primary.expired(now) {
        return Err(KeyProblem::Expired { at });
    }
    let (recipients, last) = recipients(&key, &primary, now)?;
    let user_ids = key.details.users.iter().filter(|user| signatures::of_user(&key, user, now).is_some());
    Ok(Certificate {
        fingerprint: format!("{:X}", key.primary_key.fingerprint()),
        user_ids: user_ids.map(|user| header::clean(&String::from_utf8_lossy(user.id.id()))).collect(),
        expires: primary.expires.into_iter().chain(last).min(),
        recipients,
        seipd_v2: primary.reads_seipd_v2(),
    })
}

/// The one public key in the text.
fn read(armoured: &str) -> Result<SignedPublicKey, KeyProblem> {
    if armoured.len() > MAX_FILE {
        return Err(KeyProblem::TooLarge { bytes: armoured.len(), limit: MAX_FILE });
    }
    let blocks: Vec<(usize, &str)> = armoured.match_indices("-----BEGIN PGP ").collect();
    let kinds = blocks.iter().map(|(at, begin)| &armoured[at + begin.len()..]);
    if kinds.clone().any(|kind| kind.starts_with("PRIVATE") || kind.starts_with("SECRET")) {
        return Err(KeyProblem::Private);
    }
    let public: Vec<usize> = (blocks.iter().map(|(at, _)| *at).zip(kinds))
        .filter(|(_, kind)| kind.starts_with("PUBLIC KEY BLOCK-----"))
        .map(|(at, _)| at)
        .collect();
    let [start] = public[..] else {
        return Err(match public.len() {
            0 => KeyProblem::NotAKey,
            count => KeyProblem::Several { count },
        });
    };
    let mut bytes = Vec::new();
    let options = DearmorOptions::new().set_limit(MAX_FILE);
    let mut dearmor = Dearmor::with_options(&armoured.as_bytes()[start..], options);
    dearmor.read_to_end(&mut bytes).map_err(|_| KeyProblem::Damaged)?;
    one_public_key(&bytes)
}

fn one_public_key(bytes: &[u8]) -> Result<SignedPublicKey, KeyProblem> {
    let tags = tags(bytes).ok_or(KeyProblem::Damaged)?;
    if tags.iter().any(|tag| matches!(tag, Tag::SecretKey | Tag::SecretSubkey)) {
        return Err(KeyProblem::Private);
    }
    match tags.iter().filter(|tag| **tag == Tag::PublicKey).count() {
        1 => SignedPublicKey::from_bytes(bytes).map_err(|_| KeyProblem::Damaged),
        0 => Err(KeyProblem::Damaged),
        count => Err(KeyProblem::Several { count }),
    }
}

/// The kinds of the packets, read from their headers alone: the crate `pgp` writes the body of a secret one to its
/// debug log.
fn tags(bytes: &[u8]) -> Option<Vec<Tag>> {
    let (mut rest, mut tags) = (bytes, Vec::new());
    while !rest.is_empty() {
        let header = PacketHeader::try_from_reader(&mut rest).ok()?;
        // Only data may come in pieces of unknown length (RFC 9580 §4.2.1.4), and a key holds none.
        let length = header.packet_length().maybe_len()?;
        rest = rest.get(usize::try_from(length).ok()?..)?;
        tags.push(header.tag());
    }
    Some(tags)
}

/// What to encrypt to, and until when the last of it is good.
fn recipients(
    key: &SignedPublicKey,
    primary: &Statement,
    now: Timestamp,
) -> Result<(Vec<Recipient>, Option<Timestamp>), KeyProblem> {
    let (mut good, mut ends, mut unusable) = (Vec::new(), Vec::new(), Vec::new());
    for subkey in &key.public_subkeys {
        let Some(said) = signatures::of_subkey(key, subkey, now).filter(Statement::encrypts) else { continue };
        let why = match said.expired(now) {
            _ if signatures::is_subkey_revoked(key, subkey) => Some(Why::Revoked),
            Some(at) => Some(Why::Expired(at)),
            None => cannot_encrypt(&subkey.key, Recipient::Subkey(subkey.key.clone()), primary),
        };
        match why {
            None => {
                good.push(Recipient::Subkey(subkey.key.clone()));
                ends.push(said.expires);
            }
            // Without flags a part that only signs is no failed attempt at encryption.
            Some(Why::Algorithm(_)) if only_signs(subkey.key.algorithm()) => {}
            Some(why) => unusable.push(Unusable { key_id: subkey.key.legacy_key_id().to_string(), why }),
        }
    }
    if good.is_empty() && primary.encrypts() && !only_signs(key.primary_key.algorithm()) {
        let itself = Recipient::Primary(key.primary_key.clone());
        match cannot_encrypt(&key.primary_key, itself.clone(), primary) {
            None => return Ok((vec![itself], primary.expires)),
            Some(why) => unusable.push(Unusable { key_id: key.primary_key.legacy_key_id().to_string(), why }),
        }
    }
    if good.is_empty() {
        return Err(KeyProblem::NothingToEncryptTo { unusable });
    }
    // One that never expires outlives all others.
    Ok((good, ends.into_iter().collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max())))
}

fn only_signs(algorithm: PublicKeyAlgorithm) -> bool {
    use PublicKeyAlgorithm::{DSA, ECDSA, Ed448, Ed25519, EdDSALegacy, RSASign};
    matches!(algorithm, RSASign | DSA | ECDSA | EdDSALegacy | Ed25519 | Ed448)
}

/// Why a part cannot be encrypted to, tried out: so no list of algorithms here can differ from what the crate can do.
fn cannot_encrypt(key: &impl KeyDetails, recipient: Recipient, primary: &Statement) -> Option<Why> {
    if let PublicParams::RSA(params) = key.public_params() {
        // Two lengths of 2 bytes, and an exponent of at least one.
        if params.write_len() < MIN_RSA + 5 {
            return Some(Why::Weak);
        }
    }
    let tried = encrypt::encrypt(Vec::new(), &[recipient], primary.reads_seipd_v2());
    tried.err().map(|_| Why::Algorithm(format!("{:?}", key.algorithm())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    macro_rules! key {
        ($name:literal) => {
            include_str!(concat!("../../../tests/fixtures/openpgp/", $name, ".asc"))
        };
    }

    const READER: &str = key!("reader");

    fn at(day: &str) -> Timestamp {
        format!("{day}T12:00:00Z").parse().unwrap()
    }

    #[track_caller]
    fn refused(armoured: &str, now: &str) -> KeyProblem {
        let problem = check(armoured, at(now)).unwrap_err();
        let said = problem.to_string();
        let secret = armoured.lines().find(|line| line.len() > 60 && !line.starts_with('-'));
        assert!(secret.is_none_or(|line| !said.contains(&line[..20])), "a key's content is never repeated: {said}");
        problem
    }

    #[test]
    fn a_good_key_says_whose_it_is() {
        let key = check(READER, at("2026-11-26")).unwrap();
        assert_eq!(key.fingerprint.len(), 40);
        assert_eq!(key.user_ids, ["Test reader (sahelwatch test key) <reader@example.org>"]);
        assert_eq!((key.expires, key.recipients.len(), key.seipd_v2), (None, 1, false));
        assert!(matches!(key.recipients[0], Recipient::Subkey(_)));
        assert!(check(key!("rsa"), at("2026-11-26")).is_ok());
    }

    #[test]
    fn a_key_is_found_in_what_programs_write_around_it() {
        let windows = format!("\u{feff}Here is my key:\r\n\r\n{}", READER.replace('\n', "\r\n"));
        for armoured in [&windows, READER.trim_end()] {
            assert_eq!(check(armoured, at("2026-11-26")), check(READER, at("2026-11-26")), "{armoured:?}");
        }
    }

    /// Both the key and its only subkey: mail can be encrypted until the first of them expires.
    #[test]
    fn a_key_warns_for_thirty_days_and_then_is_refused() {
        let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        for armoured in [key!("expiring"), key!("expiring-subkey")] {
            let key = check(armoured, at("2026-06-01")).unwrap();
            assert_eq!(key.expires, Some(end));
            assert_eq!(key.expires_soon(at("2026-12-01")), None);
            assert_eq!(key.expires_soon(at("2026-12-02")).map(|soon| soon.days), Some(29));
            assert_eq!(
                key.expires_soon(at("2026-12-30")).unwrap().to_string(),
                "the key expires on 2027-01-01, in 1 day: ask its owner to extend it"
            );
            assert!(check(armoured, end - SignedDuration::from_secs(1)).is_ok());
            assert!(check(armoured, end).unwrap_err().came_with_time());
        }
        assert_eq!(refused(key!("expiring"), "2027-01-01"), KeyProblem::Expired { at: end });
    }

    #[test]
    fn a_refusal_says_why_and_what_to_do() {
        let two = format!("{READER}\n{}", key!("rsa"));
        let cut = &READER[..READER.len() / 2];
        for (armoured, said) in [
            (key!("expiring"), "the key expired on 2027-01-01; ask its owner to extend it, or for the new one"),
            (key!("revoked"), "the key was revoked by its owner; ask for the new one"),
            (key!("sign-only"), "the key has nothing to encrypt to; ask its owner for one that can encrypt"),
            (key!("expiring-subkey"), "the key has nothing to encrypt to: "),
            (key!("expiring-subkey"), " expired on 2027-01-01; ask"),
            (key!("revoked-subkey"), " was revoked; ask"),
            (key!("elgamal"), " uses ElgamalEncrypt, which we cannot encrypt with; ask"),
            (key!("weak"), " is RSA of fewer than 2048 bits"),
            (key!("private"), "the file holds a private key, which must not leave its owner: delete it here"),
            (key!("two"), "the file holds 2 keys: keep one"),
            (&two, "the file holds 2 keys: keep one"),
            (&format!("{READER}{}", key!("private")), "private"),
            (cut, "damaged or cut off"),
            ("", "the file holds no public key"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI reader@example.org", "the file holds no public key"),
            (&READER.replace("PUBLIC KEY BLOCK", "MESSAGE"), "the file holds no public key"),
            (&"x".repeat(MAX_FILE + 1), "the file has 1048577 bytes, and no key needs more than 1048576"),
        ] {
            let problem = refused(armoured, "2027-06-01").to_string();
            assert!(problem.contains(said), "{said:?}: {problem}");
        }
    }

    #[test]
    fn a_private_key_under_a_public_label_is_recognised() {
        let disguised = key!("private").replace("PRIVATE", "PUBLIC");
        assert_eq!(refused(&disguised, "2026-11-26"), KeyProblem::Private);
    }

    /// Every base64 letter of the key replaced in turn: no forgery of a subkey, a name or an end passes.
    #[test]
    fn a_changed_key_is_never_the_same_key_with_other_parts() {
        let good = check(READER, at("2026-11-26")).unwrap();
        let body = READER.find("\n\n").unwrap() + 2..READER.rfind("\n=").unwrap();
        for place in body.step_by(3) {
            let mut changed = READER.as_bytes().to_vec();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let read = check(&String::from_utf8(changed).unwrap(), at("2026-11-26"));
            assert!(read.as_ref().is_err() || read.as_ref() == Ok(&good), "{place}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), armoured in any::<bool>()) {
            let text = if armoured {
                let mut armour = Vec::new();
                pgp::armor::write(&Raw(bytes), pgp::armor::BlockType::PublicKey, &mut armour, None, true).unwrap();
                String::from_utf8(armour).unwrap()
            } else {
                String::from_utf8_lossy(&bytes).into_owned()
            };
            prop_assert!(check(&text, at("2026-11-26")).is_err());
        }

        /// Random bytes seldom get far into the reader, so good keys are damaged too.
        #[test]
        fn no_damage_makes_it_panic(
            places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            which in 0..4_usize,
        ) {
            let key = [READER, key!("rsa"), key!("elgamal"), key!("revoked-subkey")][which];
            let mut bytes = Vec::new();
            Dearmor::new(key.as_bytes()).read_to_end(&mut bytes).unwrap();
            for (place, byte) in places {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if let Ok(key) = one_public_key(&bytes) {
                let now = at("2026-11-26");
                drop(signatures::of_primary(&key, now).map(|said| recipients(&key, &said, now)));
            }
        }
    }

    struct Raw(Vec<u8>);

    impl Serialize for Raw {
        fn to_writer<W: std::io::Write>(&self, to: &mut W) -> pgp::errors::Result<()> {
            Ok(to.write_all(&self.0)?)
        }

        fn write_len(&self) -> usize {
            self.0.len()
        }
    }
}
