//! Ids for sources that were given none: from the name where it has Latin letters, else from the address.

use url::{Host, Url};

/// Longest id made up, in bytes; longer ones are cut at a hyphen where there is one.
const LONGEST: usize = 32;

/// First labels that say nothing of the outlet.
const COMMON: [&str; 10] = ["www", "www2", "feeds", "feed", "rss", "m", "amp", "api", "rssfeeds", "feeds2"];

/// Second-level labels under which countries give out names: `example.gov.ml`, `example.co.uk`.
const SECOND_LEVEL: [&str; 13] =
    ["co", "com", "org", "net", "gov", "gouv", "gob", "edu", "ac", "info", "mil", "press", "presse"];

/// An id that none of `taken` is: from the name, or else the address, with a number where that is taken.
#[must_use]
pub fn unused_id(name: Option<&str>, url: Option<&Url>, taken: impl Fn(&str) -> bool) -> String {
    let from_name = name.map(slug).filter(|slug| slug.bytes().filter(u8::is_ascii_alphabetic).count() > 2);
    let base = from_name.or_else(|| url.map(from_address)).filter(|base| !base.is_empty());
    let base = base.unwrap_or_else(|| "source".to_owned());
    if !taken(&base) {
        return base;
    }
    let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
    numbered.into_iter().find(|id| !taken(id)).unwrap_or(base)
}

/// `www.studiotamani.org` → `studiotamani`; `t.me/s/kanal` → `kanal`.
fn from_address(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Domain("t.me" | "telegram.me")) => {
            let channel = url.path_segments().and_then(|mut parts| parts.find(|part| !matches!(*part, "" | "s")));
            return slug(channel.unwrap_or("telegram"));
        }
        Some(Host::Domain(host)) => host,
        Some(Host::Ipv4(address)) => return slug(&address.to_string()),
        Some(Host::Ipv6(_)) | None => return String::new(),
    };
    let mut labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
    while labels.len() > 2 && labels.first().is_some_and(|first| COMMON.contains(first)) {
        labels.remove(0);
    }
    if labels.len() > 1 {
        labels.pop();
    }
    if labels.len() > 1 && labels.last().is_some_and(|last| SECOND_LEVEL.contains(last)) {
        labels.pop();
    }
    slug(&labels.join("-"))
}

/// Lower-case Latin letters and digits with single hyphens between; accents are left out. Empty when nothing remains.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(c) => slug.push(c),
            None if slug.is_empty() || slug.ends_with('-') => {}
            // An apostrophe or a mark that combines parts no word.
            None if matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}') => {}
            None => slug.push('-'),
        }
    }
    if slug.len() > LONGEST {
        let cut = slug[..LONGEST].rfind('-').filter(|at| *at > LONGEST / 2).unwrap_or(LONGEST);
        slug.truncate(cut);
    }
    slug.trim_end_matches('-').to_owned()
}

/// The letters of French, Hausa and Portuguese names without their marks.
fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'à' | 'â' | 'ä' | 'á' | 'ã' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' | 'õ' | 'œ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ñ' => 'n',
        'ɓ' => 'b',
        'ɗ' => 'd',
        'ƙ' => 'k',
        'ƴ' | 'ÿ' => 'y',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_a_short_id() {
        for (url, expected) in [
            ("https://www.studiotamani.org/feed/", "studiotamani"),
            ("https://feeds.bbci.co.uk/hausa/rss.xml", "bbci"),
            ("https://presidence.gov.ml/", "presidence"),
            ("https://afrique.lemonde.fr/rss", "afrique-lemonde"),
            ("https://t.me/s/Sahel_Info", "sahel-info"),
            ("https://t.me/", "telegram"),
            ("http://localhost:8080/", "localhost"),
            ("http://127.0.0.1/", "127-0-0-1"),
            ("http://[::1]/", "source"),
            ("https://www.fr/", "www"),
        ] {
            assert_eq!(unused_id(None, Url::parse(url).ok().as_ref(), |_| false), expected, "{url}");
        }
    }

    #[test]
    fn a_name_comes_first_and_what_is_taken_gets_a_number() {
        let url = Url::parse("https://sahara.example/rss").ok();
        for (name, expected) in [
            ("Studio Tamani", "studio-tamani"),
            ("L'Écho du Liptako – Actualités", "lecho-du-liptako-actualites"),
            ("صحراء ميديا", "sahara"),
            ("24", "sahara"),
            ("The very long name of an outlet nobody can remember", "the-very-long-name-of-an-outlet"),
        ] {
            assert_eq!(unused_id(Some(name), url.as_ref(), |_| false), expected, "{name}");
        }
        let taken = ["sahara", "sahara-2"];
        assert_eq!(unused_id(None, url.as_ref(), |id| taken.contains(&id)), "sahara-3");
    }
}
