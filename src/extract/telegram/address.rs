//! The ways people write a Telegram channel down, and its preview page. Knows nothing of whether there is such a
//! channel.

use url::Url;

use crate::extract::bare_host;

/// First words of `t.me` paths that are no names: invitations, parts of the app, and channels only members see.
const RESERVED: [&str; 16] = [
    "addemoji",
    "addlist",
    "addstickers",
    "addtheme",
    "boost",
    "confirmphone",
    "contact",
    "giftcode",
    "invoice",
    "joinchat",
    "login",
    "proxy",
    "setlanguage",
    "share",
    "socks",
    "telegrampassport",
];

/// The preview page of a channel written as `@name`, `t.me/name`, `https://t.me/name`, `https://t.me/s/name`, with or
/// without the number of a post. None for anything else, invitation links to private channels included.
#[must_use]
pub fn address(typed: &str) -> Option<Url> {
    let typed = typed.trim();
    let name = match typed.strip_prefix('@') {
        Some(name) => name.to_owned(),
        None => name(typed)?,
    };
    if !is_name(&name) || RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        return None;
    }
    Url::parse(&format!("https://t.me/s/{name}")).ok()
}

fn name(typed: &str) -> Option<String> {
    let with_scheme = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&with_scheme).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    if !matches!(bare_host(host), "t.me" | "telegram.me" | "telegram.dog") {
        return None;
    }
    let mut path = url.path_segments()?.filter(|segment| !segment.is_empty());
    let first = path.next()?;
    let name = if first == "s" { path.next()? } else { first };
    Some(name.to_owned())
}

/// Whether this is a channel's name: 4 to 32 letters, digits and underscores, a letter first (core.telegram.org,
/// "usernames"; the few of four were auctioned).
pub(super) fn is_name(name: &str) -> bool {
    (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_known_however_they_are_written() {
        for typed in [
            "@voix_azawagh",
            " t.me/voix_azawagh ",
            "http://t.me/voix_azawagh/",
            "https://t.me/voix_azawagh?before=120",
            "https://t.me/s/voix_azawagh",
            "https://t.me/s/voix_azawagh/123",
            "https://www.telegram.me/voix_azawagh/123#x",
        ] {
            assert_eq!(address(typed).map(String::from).as_deref(), Some("https://t.me/s/voix_azawagh"), "{typed}");
        }
        for typed in [
            "",
            "@",
            "@abc",
            "@1abcd",
            "@voix azawagh",
            "voix_azawagh",
            "https://t.me/",
            "https://t.me/s/",
            "https://t.me/+AbCdEfGh",
            "https://t.me/joinchat/AbCdEfGh",
            "https://t.me/c/1234567/12",
            "https://t.me.example/voix_azawagh",
            "ftp://t.me/voix_azawagh",
            "https://example.org/s/voix_azawagh",
        ] {
            assert_eq!(address(typed), None, "{typed}");
        }
    }
}
