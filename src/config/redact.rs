//! Masks secrets that were typed into a configuration file although they must not stand there, so that no report shows them.
//! Works on text, not on TOML: a file with a syntax error is shown too.

use std::iter;

/// Key names whose value is never shown, each with the beginning of the keys that take it instead: `password_file` and
/// `password_credential`.
const SECRET_KEYS: [(&str, &str); 11] = [
    ("password", "password"),
    ("passwd", "password"),
    ("passphrase", "password"),
    ("secret", "password"),
    ("token", "password"),
    ("api_key", "password"),
    ("headers", "headers"),
    ("cookie", "headers"),
    ("authorization", "headers"),
    ("ping", "ping"),
    ("ping_url", "ping"),
];

/// Keys whose value may stand in a configuration file, and is not shown all the same.
const PRIVATE_KEYS: [&str; 1] = ["keyword"];

/// What stands for a masked character of one to four bytes.
const MASKS: [char; 4] = ['*', '·', '∗', '🞶'];

/// The text with each character of a secret value replaced by one of as many bytes, so that places in it stay the same, by bytes and by
/// characters.
pub(super) fn redact(text: &str) -> String {
    let mut is_secret = vec![false; text.len()];
    for (start, end) in
        secret_values(text).chain(url_credentials(text)).chain(proxy_credentials(text)).chain(private_keys(text))
    {
        is_secret[start..end].fill(true);
    }
    // Controls of the second kind steer a terminal as ESC does, and are shown as they are by what prints the report.
    let is_shown = |at: usize, c: char| c == '\n' || !(is_secret[at] || matches!(c, '\u{80}'..='\u{9f}'));
    text.char_indices().map(|(at, c)| if is_shown(at, c) { c } else { MASKS[c.len_utf8() - 1] }).collect()
}

/// The beginning of the keys that take the secret which `key` must not; None when its value is none.
pub(super) fn secret_key(key: &str) -> Option<&'static str> {
    SECRET_KEYS.iter().find(|(secret, _)| key.eq_ignore_ascii_case(secret)).map(|(_, instead)| *instead)
}

/// The values of `password = …` and its like, wherever they stand: in comments too, and after a colon, as in JSON.
fn secret_values(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices(['=', ':']).filter_map(|(sign, _)| {
        let before = text[..sign].trim_end_matches([' ', '\t', '"', '\'']);
        let key = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).next()?;
        let value = text[sign + 1..].trim_start_matches([' ', '\t']);
        let start = text.len() - value.len();
        let is_masked =
            secret_key(key).is_some() || PRIVATE_KEYS.iter().any(|private| key.eq_ignore_ascii_case(private));
        is_masked.then(|| (start, start + value_len(value)))
    })
}

/// Length of a value: to its closing quote, or to the end of the line when it is not quoted or the quote is not closed. A
/// multi-line text that is not closed goes to the end.
fn value_len(value: &str) -> usize {
    for quote in ["\"\"\"", "'''"] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.find(quote).map_or(value.len(), |end| end + 2 * quote.len());
        }
    }
    let line = value.lines().next().unwrap_or_default();
    let quoted = match line.chars().next() {
        Some('\'') => line[1..].find('\'').map(|end| end + 2),
        Some('"') => closing_quote(line).map(|end| end + 1),
        _ => None,
    };
    quoted.unwrap_or(line.len())
}

/// The first `"` after the opening one that no backslash escapes.
fn closing_quote(value: &str) -> Option<usize> {
    let mut escaped = false;
    value.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes.then_some(at)
    })
}

/// The `user:password` of `https://user:password@host`.
fn url_credentials(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices("://").filter_map(|(at, scheme)| {
        let start = at + scheme.len();
        let rest = &text[start..];
        let authority = rest.find(['/', '?', '#', '"', '\'', '\n']).map_or(rest, |end| &rest[..end]);
        authority.rfind('@').map(|end| (start, start + end))
    })
}

/// The `user:password` of a proxy typed without its scheme: `proxy = "user:password@host:1080"`.
fn proxy_credentials(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices("proxy").filter_map(|(at, key)| {
        let after = text[at + key.len()..].trim_start_matches([' ', '\t', '"', '\'', '=']);
        let start = text.len() - after.len();
        let value = after.split(['"', '\'', '\n', '/']).next()?;
        value.rfind('@').map(|end| (start, start + end))
    })
}

/// Armoured private keys (PEM, OpenPGP), from the line that begins one to the line that ends it, or to the end of the text.
fn private_keys(text: &str) -> impl Iterator<Item = (usize, usize)> {
    const BEGIN: &str = "-----BEGIN ";
    let mut from = 0;
    iter::from_fn(move || {
        loop {
            let start = from + text[from..].find(BEGIN)?;
            from = start + BEGIN.len();
            let label = text[from..].split("-----").next()?;
            if label.contains("PRIVATE KEY") {
                // What is masked is not searched again: a text full of beginnings would take for ever.
                from = text[from..].find("-----END ").map_or(text.len(), |end| from + end);
                return Some((start, from));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn places_stay_the_same_whatever_is_typed(
            text in "(password|proxy|cookie|[=:'\"\\\\ ,}#\né]|\"{3}|://|u@|-----(BEGIN|END) |PRIVATE KEY)*"
        ) {
            let lengths = |text: &str| text.chars().map(char::len_utf8).collect::<Vec<_>>();
            assert_eq!(lengths(&redact(&text)), lengths(&text));
        }
    }

    #[test]
    fn typed_secrets_are_masked_and_nothing_else() {
        let masked_key =
            format!("k = '{}\n*\n-----END PGP'", "*".repeat("-----BEGIN PGP PRIVATE KEY BLOCK-----".len()));
        for (typed, shown) in [
            ("password = \"hunter2\"\nx = 1", "password = *********\nx = 1"),
            ("smtp = { password=\"a\\\"b\", port = 25 }", "smtp = { password=******, port = 25 }"),
            ("\"password\" = 'it is'", "\"password\" = *******"),
            ("password = hunter2, # mine", "password = ***************"),
            ("{ \"password\": \"hunter2\" }", "{ \"password\": ********* }"),
            ("password = [\"hunter2\"]", "password = ***********"),
            ("password =\nx = 1", "password =\nx = 1"),
            ("password = \"unclosed\nx = 1", "password = *********\nx = 1"),
            ("password = \"\"\"\na\nb\"\"\"\nx", "password = ***\n*\n****\nx"),
            ("Token = 'é'", "Token = *·*"),
            ("password_file = \"/etc/p\"", "password_file = \"/etc/p\""),
            ("url = \"https://u:p@h/a@b\"", "url = \"https://***@h/a@b\""),
            ("http = { proxy = \"u:p@h:1\" }", "http = { proxy = \"***@h:1\" }"),
            (
                "proxy = \"socks5://u:p@h:1\"\nreply_to = \"a@b.c\"",
                "proxy = \"socks5://***@h:1\"\nreply_to = \"a@b.c\"",
            ),
            ("headers = { Cookie = \"a=b\" }\nx = 1", "headers = ******************\nx = 1"),
            ("keyword = \"tamarin\"\nlang = \"fr\"", "keyword = *********\nlang = \"fr\""),
            ("\u{9b}31m = é", "·31m = é"),
            ("headers_file = \"/etc/h\"", "headers_file = \"/etc/h\""),
            ("ping_url = 'https://h/a'", "ping_url = *************"),
            ("from = \"A <a@b.c>\"", "from = \"A <a@b.c>\""),
            ("k = '-----BEGIN PGP PRIVATE KEY BLOCK-----\nx\n-----END PGP'", &masked_key),
            ("-----BEGIN RSA PRIVATE KEY-----x", "********************************"),
            ("-----BEGIN PGP PUBLIC KEY BLOCK-----\nx", "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx"),
        ] {
            assert_eq!(redact(typed), shown);
            assert_eq!(redact(typed).len(), typed.len());
        }
    }
}
