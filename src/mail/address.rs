//! The strict check of mail addresses. Whether an address exists is for the server to say.

use std::str::FromStr;

use super::MailError;

/// Longest address accepted, in bytes: what fits in a path (RFC 5321 §4.5.3.1.3) without its angle brackets.
const MAX_ADDRESS: usize = 254;

/// Checks that `given` is `local@domain` in ASCII, without quotes, comments, spaces or a display name. Quoted local parts are
/// allowed by RFC 5321 but used by nobody, and refusing them keeps every odd character out of envelopes and headers.
///
/// # Errors
/// [`MailError::Address`].
pub fn check_address(given: &str) -> Result<(), MailError> {
    parse(given).map(|_| ())
}

pub(super) fn parse(given: &str) -> Result<lettre::Address, MailError> {
    let bad = || MailError::Address { given: given.to_owned() };
    let plain = given.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.@".contains(&b));
    if !plain || given.len() > MAX_ADDRESS {
        return Err(bad());
    }
    lettre::Address::from_str(given).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_plain_ascii() {
        for good in ["desk@example.org", "a.b+sahel@mail.example.org", "ops@localhost"] {
            assert!(check_address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "desk",
            "@example.org",
            "desk@",
            "Desk <desk@example.org>",
            "a@b@example.org",
            "\"a b\"@example.org",
            "desk@example.org\r\nBcc: x@example.org",
            "desk@exämple.org",
            "de\u{202e}sk@example.org",
            "desk@example.org>",
            "a..b@example.org",
            &format!("desk@{}.org", "a".repeat(260)),
        ] {
            assert!(check_address(bad).is_err(), "{bad:?}");
        }
    }
}
