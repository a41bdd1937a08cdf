//! Bytes into an armoured OpenPGP message. Knows nothing of mail.
//!
//! AES-256 whatever a key prefers: every program that reads today's keys reads it, and no preference makes a message
//! weaker. Never compressed: the length of compressed text tells of its content, and readers' programs fear what it
//! unpacks to.

use pgp::composed::{ArmorOptions, MessageBuilder};
use pgp::crypto::aead::{AeadAlgorithm, ChunkSize};
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::errors::Result;
// The operating system's generator, since a key that can be guessed is none.
use rand_core::OsRng;

use super::certificate::Recipient;

const CIPHER: SymmetricKeyAlgorithm = SymmetricKeyAlgorithm::AES256;

/// Encrypts to each recipient, so that any of them opens it. Authenticated encryption (SEIPD version 2, with OCB, which
/// all who know it must read: RFC 9580 §9.6) where the key announces it; else version 1 with its modification check.
pub(super) fn encrypt(plain: Vec<u8>, recipients: &[Recipient], seipd_v2: bool) -> Result<String> {
    let message = MessageBuilder::from_bytes("", plain);
    // Its checksum is left out in the new format (§6.1), and old programs look for it in the old one.
    let armour = ArmorOptions { headers: None, include_checksum: !seipd_v2 };
    if seipd_v2 {
        let mut message = message.seipd_v2(OsRng, CIPHER, AeadAlgorithm::Ocb, ChunkSize::default());
        for recipient in recipients {
            match recipient {
                Recipient::Primary(key) => message.encrypt_to_key(OsRng, key)?,
                Recipient::Subkey(key) => message.encrypt_to_key(OsRng, key)?,
            };
        }
        message.to_armored_string(OsRng, armour)
    } else {
        let mut message = message.seipd_v1(OsRng, CIPHER);
        for recipient in recipients {
            match recipient {
                Recipient::Primary(key) => message.encrypt_to_key(OsRng, key)?,
                Recipient::Subkey(key) => message.encrypt_to_key(OsRng, key)?,
            };
        }
        message.to_armored_string(OsRng, armour)
    }
}

#[cfg(test)]
mod tests {
    use pgp::composed::{
        EncryptionCaps, KeyType, Message, SecretKeyParamsBuilder, SignedSecretKey, SubkeyParamsBuilder,
    };
    use pgp::crypto::ecc_curve::ECCCurve;
    use pgp::types::{KeyVersion, Password};

    use super::super::{Certificate, check};
    use super::*;

    fn subkey(version: KeyVersion, kind: KeyType) -> pgp::composed::SubkeyParams {
        let mut params = SubkeyParamsBuilder::default();
        params.version(version).key_type(kind).can_encrypt(EncryptionCaps::All);
        params.build().unwrap()
    }

    /// A key with these subkeys to encrypt to.
    fn generate(version: KeyVersion, seipd_v2: bool, subkeys: &[KeyType]) -> SignedSecretKey {
        let mut params = SecretKeyParamsBuilder::default();
        params
            .version(version)
            .key_type(if version == KeyVersion::V6 { KeyType::Ed25519 } else { KeyType::Ed25519Legacy })
            .can_certify(true)
            .can_sign(true)
            .feature_seipd_v2(seipd_v2)
            .primary_user_id("Test key <test@example.org>".into())
            .subkeys(subkeys.iter().map(|kind| subkey(version, kind.clone())).collect());
        params.build().unwrap().generate(OsRng).unwrap()
    }

    fn certificate(secret: &SignedSecretKey) -> Certificate {
        let armoured = secret.to_public_key().to_armored_string(ArmorOptions::default()).unwrap();
        check(&armoured, jiff::Timestamp::now()).unwrap()
    }

    fn sealed(to: &Certificate) -> String {
        encrypt(b"alert".to_vec(), &to.recipients, to.seipd_v2).unwrap()
    }

    #[track_caller]
    fn opens(armoured: &str, secret: &SignedSecretKey) -> bool {
        let (message, _) = Message::from_armor(armoured.as_bytes()).unwrap();
        let opened = message.decrypt(&Password::empty(), secret);
        opened.is_ok_and(|mut opened| opened.as_data_vec().unwrap() == b"alert")
    }

    #[test]
    fn what_is_encrypted_opens_with_the_key_and_no_other() {
        for (version, seipd_v2, kind) in [
            (KeyVersion::V4, false, KeyType::ECDH(ECCCurve::Curve25519Legacy)),
            (KeyVersion::V4, false, KeyType::ECDH(ECCCurve::P256)),
            (KeyVersion::V4, false, KeyType::ECDH(ECCCurve::P521)),
            (KeyVersion::V4, false, KeyType::X25519),
            (KeyVersion::V4, true, KeyType::X25519),
            (KeyVersion::V6, true, KeyType::X25519),
            (KeyVersion::V6, true, KeyType::X448),
            (KeyVersion::V6, false, KeyType::X25519),
        ] {
            let secret = generate(version, seipd_v2, std::slice::from_ref(&kind));
            let certificate = certificate(&secret);
            assert_eq!(certificate.seipd_v2, seipd_v2, "{version:?} {kind:?}");
            let armoured = sealed(&certificate);
            assert!(opens(&armoured, &secret), "{version:?} {kind:?}");
            let other = generate(version, seipd_v2, std::slice::from_ref(&kind));
            assert!(!opens(&armoured, &other), "{version:?} {kind:?}");
            assert_ne!(armoured, sealed(&certificate), "a session key is used once");
        }
    }

    /// Who still holds an older device reads the mail too.
    #[test]
    fn every_good_subkey_opens_it() {
        let curve = || KeyType::ECDH(ECCCurve::Curve25519Legacy);
        let secret = generate(KeyVersion::V4, false, &[curve(), curve(), curve()]);
        let certificate = certificate(&secret);
        assert_eq!(certificate.recipients.len(), 3);
        let armoured = sealed(&certificate);
        for kept in 0..3 {
            let mut device = secret.clone();
            device.secret_subkeys = vec![secret.secret_subkeys[kept].clone()];
            assert!(opens(&armoured, &device), "subkey {kept}");
        }
    }
}
