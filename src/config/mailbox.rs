//! Mailboxes, read strictly: one ASCII `local@domain`, with a display name or without. What RFC 5322 allows beyond (comments,
//! groups, quoted local parts, address literals, lists) is refused, because no one types it on purpose and because a text that
//! two mail systems read differently can send an alert to a stranger.

use crate::model::Mailbox;

/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Longest address, in bytes: a path of 256 less its brackets (RFC 5321 §4.5.3.1.3).
const MAX_ADDRESS: usize = 254;
/// Longest label of a domain name, in bytes (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;

/// Why a text is not a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMailbox {
    /// CR, LF and their like could smuggle in a header.
    #[error("it contains a control character")]
    Control,
    /// Two addresses in one text.
    #[error("it holds more than one address")]
    List,
    /// `<` without `>`, or text after it.
    #[error("its angle brackets do not fit: write `Name <local@domain>`")]
    Brackets,
    /// The name has quotes, brackets or parentheses.
    #[error("its name contains one of ()<>@,;:\\\"[]; put such a name in double quotes")]
    Name,
    /// No `@`.
    #[error("it has no @")]
    NoAt,
    /// Outside ASCII: not every server takes SMTPUTF8 (RFC 6531).
    #[error("its address is not plain ASCII")]
    NotAscii,
    /// The part before the `@`.
    #[error("the part before @ is not one")]
    Local,
    /// The part after the `@`.
    #[error("the part after @ is not a domain name")]
    Domain,
}

/// Reads `local@domain`, `Name <local@domain>` or `"Name" <local@domain>`. The domain comes back in lower case.
///
/// # Errors
/// [`BadMailbox`], the first thing that is wrong.
pub fn parse(text: &str) -> Result<Mailbox, BadMailbox> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')) {
        return Err(BadMailbox::Control);
    }
    let text = text.trim();
    let Some((name, rest)) = text.rsplit_once('<') else {
        return Ok(Mailbox { name: None, address: checked_address(text)? });
    };
    let address = rest.strip_suffix('>').ok_or(BadMailbox::Brackets)?;
    Ok(Mailbox { name: display_name(name.trim())?, address: checked_address(address)? })
}

fn display_name(name: &str) -> Result<Option<String>, BadMailbox> {
    let quoted = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    let (inner, forbidden): (&str, &[char]) = match quoted {
        Some(inner) => (inner.trim(), &['"', '\\']),
        None if name.contains('@') => return Err(BadMailbox::List),
        None => (name, &['(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '[', ']']),
    };
    if inner.contains(forbidden) {
        return Err(BadMailbox::Name);
    }
    Ok(Some(inner.to_owned()).filter(|inner| !inner.is_empty()))
}

fn checked_address(address: &str) -> Result<String, BadMailbox> {
    if !address.is_ascii() {
        return Err(BadMailbox::NotAscii);
    }
    if address.contains([',', ';']) {
        return Err(BadMailbox::List);
    }
    if address.contains(['<', '>']) {
        return Err(BadMailbox::Brackets);
    }
    let (local, domain) = address.rsplit_once('@').ok_or(BadMailbox::NoAt)?;
    if !is_dot_atom(local) || local.len() > MAX_LOCAL {
        return Err(BadMailbox::Local);
    }
    if !is_domain(domain) || address.len() > MAX_ADDRESS {
        return Err(BadMailbox::Domain);
    }
    Ok(format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// RFC 5322 §3.2.3.
fn is_dot_atom(local: &str) -> bool {
    let is_atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// A host name with a dot, or `localhost`; an IPv4 address is not one, since its last label would be a number.
pub(super) fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= MAX_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last_is_a_name = domain.rsplit('.').next().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()));
    let named = domain.contains('.') || domain.eq_ignore_ascii_case("localhost");
    named && last_is_a_name && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_people_write_are_read() {
        for (text, name, address) in [
            ("amina@example.org", None, "amina@example.org"),
            ("<amina@example.org>", None, "amina@example.org"),
            (" Amina <Amina@Example.ORG> ", Some("Amina"), "Amina@example.org"),
            ("\"Desk, night\" <desk@example.org>", Some("Desk, night"), "desk@example.org"),
            ("مكتب الأمن <desk@example.org>", Some("مكتب الأمن"), "desk@example.org"),
            ("o'neil+sahel@mail.example.org", None, "o'neil+sahel@mail.example.org"),
            ("root@localhost", None, "root@localhost"),
        ] {
            let expected = Mailbox { name: name.map(str::to_owned), address: address.to_owned() };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_two_systems_could_read_differently_is_refused() {
        for (text, problem) in [
            ("", BadMailbox::NoAt),
            ("amina", BadMailbox::NoAt),
            ("a@b.org, c@d.org", BadMailbox::List),
            ("A <a@b.org>, C <c@d.org>", BadMailbox::List),
            ("a@b.org <c@d.org>", BadMailbox::List),
            ("A <a@b.org> x", BadMailbox::Brackets),
            ("a@b.org>", BadMailbox::Brackets),
            ("A (desk) <a@b.org>", BadMailbox::Name),
            ("A \"B\" <a@b.org>", BadMailbox::Name),
            ("a@b.org\r\nBcc: x@y.org", BadMailbox::Control),
            ("A\u{202e}B <a@b.org>", BadMailbox::Control),
            ("é@b.org", BadMailbox::NotAscii),
            ("a@bücher.example", BadMailbox::NotAscii),
            ("a..b@c.org", BadMailbox::Local),
            (".a@c.org", BadMailbox::Local),
            ("a b@c.org", BadMailbox::Local),
            ("\"a b\"@c.org", BadMailbox::Local),
            ("a@b@c.org", BadMailbox::Local),
            ("@c.org", BadMailbox::Local),
            ("a@", BadMailbox::Domain),
            ("a@host", BadMailbox::Domain),
            ("a@127.0.0.1", BadMailbox::Domain),
            ("a@[127.0.0.1]", BadMailbox::Domain),
            ("a@-b.org", BadMailbox::Domain),
            ("a@b..org", BadMailbox::Domain),
            ("a@c.org (desk)", BadMailbox::Domain),
        ] {
            assert_eq!(parse(text), Err(problem), "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        assert_eq!(parse(&long), Err(BadMailbox::Local));
    }
}
