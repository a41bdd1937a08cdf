//! A readable title from the words in an address (`/2026/09/attaque-pres-de-menaka-12345.html`), for sitemaps that give
//! none. Knows nothing of languages: accents a publisher dropped stay dropped.

use url::Url;

/// Longest title made, in characters.
const MAX_TITLE: usize = 300;

/// A title from the last part of the path that has words in it; the bare address where none has.
pub(super) fn title(url: &Url) -> String {
    let mut spare = None;
    for segment in url.path().rsplit('/').filter(|segment| !segment.is_empty()) {
        let words = words(segment);
        if words.len() > 1 {
            return shown(&words);
        }
        if spare.is_none() && words.iter().any(|word| word.chars().any(char::is_alphabetic)) {
            spare = Some(words);
        }
    }
    spare.map_or_else(|| url.host_str().unwrap_or_default().to_owned() + url.path(), |words| shown(&words))
}

/// The words of a path segment, without extension, dates before and numbers behind.
fn words(segment: &str) -> Vec<String> {
    let decoded = percent_decoded(segment);
    let stem = match decoded.rsplit_once('.') {
        Some((stem, extension)) if is_extension(extension) => stem,
        _ => &decoded,
    };
    let part = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '-' | '_' | '+' | ',' | '–' | '—');
    let mut words: Vec<&str> = stem.split(part).filter(|word| !word.is_empty()).collect();
    while words.last().is_some_and(|word| is_id(word)) {
        words.pop();
    }
    let digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    // `20260907-attaque…` is a date; `12-morts…` is what happened.
    while words.first().is_some_and(|word| digits(word) && word.len() >= 5) {
        words.remove(0);
    }
    words.into_iter().map(str::to_owned).collect()
}

fn is_extension(end: &str) -> bool {
    ["html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "amp"].iter().any(|e| end.eq_ignore_ascii_case(e))
}

/// Whether a last word is a number of the publisher's. A year or a count may belong to the title.
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = word.len() >= 8 && digits > 0 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let year = digits == 4 && (word.starts_with("19") || word.starts_with("20"));
    hexadecimal || (digits == word.len() && digits >= 4 && !year)
}

fn shown(words: &[String]) -> String {
    let line = words.join(" ");
    let mut letters = line.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).take(MAX_TITLE).collect()
}

/// `%C3%A9` as `é`; what is no UTF-8 becomes U+FFFD (WHATWG URL, "percent-decode").
fn percent_decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_titles() {
        for (path, want) in [
            ("/2026/09/07/attaque-pres-de-menaka/", "Attaque pres de menaka"),
            ("/actualites/12-morts-a-djibo-48213.html", "12 morts a djibo"),
            ("/fr/afrique/20260907-mali-convoi-attaqu%C3%A9-%C3%A0-gao", "Mali convoi attaqué à gao"),
            ("/afrique/article/2026/09/07/au-mali-un-convoi-attaque_6531123_3212.html", "Au mali un convoi attaque"),
            ("/%D9%87%D8%AC%D9%88%D9%85-%D9%85%D8%B3%D9%84%D8%AD/", "هجوم مسلح"),
            ("/news/un-convoi-attaque-9f8b2c1d4e", "Un convoi attaque"),
            ("/bilan-securitaire-2026", "Bilan securitaire 2026"),
            ("/attaque-a-menaka/48213/", "Attaque a menaka"),
            ("/attaque_a+menaka.PHP", "Attaque a menaka"),
            ("/article4821", "Article4821"),
            ("/dossiers/menaka", "Menaka"),
            ("/48213", "x.example/48213"),
            ("/%FF-%zz-%4", "\u{FFFD} %zz %4"),
        ] {
            let url = Url::parse(&format!("https://x.example{path}")).expect("an URL");
            assert_eq!(title(&url), want, "{path}");
        }
    }
}
