//! The canonical form of an article's address: what is left when everything is removed that does not choose the article.

use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Query parameters that follow the reader instead of choosing the article. Names are those of the campaign and click ids listed
/// by the ClearURLs and Firefox query-stripping lists, and the share parameters of the content systems our sources use.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "ref",
    "ref_src",
    "ref_url",
    "referrer",
    "share",
    "spref",
    "cmpid",
    "cmp",
    "ns_mchannel",
    "ns_source",
    "ns_campaign",
    "ns_linkname",
    "ns_fee",
    "at_medium",
    "at_campaign",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "at_link_id",
    "at_link_type",
    "at_link_origin",
    "at_format",
    "at_ptr_name",
    "at_bbc_team",
    "xtor",
    "xtref",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
    "wt_mc",
    "wt_zmc",
    "trk",
    "trkcampaign",
    "sr_share",
    "amp",
    "outputtype",
    "maca",
    "s_cid",
];
/// Prefixes of such names.
const TRACKING_PREFIXES: &[&str] = &["utm_", "hsa_", "pk_", "mtm_", "matomo_", "piwik_", "itm_", "at_recipient"];
/// Host labels that name a form of the site, not the site.
const HOST_FORMS: &[&str] = &["www", "m", "mobile", "amp"];

/// The canonical address as text, without its scheme: `example.org/a?b=1`.
#[must_use]
pub fn canonical(link: &Url) -> String {
    let (host, path) = parts(link);
    host + &path
}

/// Hashes of the canonical host and of the rest. Two numbers, because rows of one host then lie together in the store.
pub(super) fn hashes(link: &Url) -> (u32, u64) {
    let (host, path) = parts(link);
    // The low half is as good as any: xxh3 mixes all bits.
    ((xxh3_64(host.as_bytes()) & u64::from(u32::MAX)) as u32, xxh3_64(path.as_bytes()))
}

/// Whether an address is a front page: such a link tells nothing of the article.
#[must_use]
pub(super) fn is_front_page(link: &Url) -> bool {
    let (_, path) = parts(link);
    path.is_empty() || ["/index.html", "/index.php", "/home", "/fr", "/en", "/ar", "/ha"].contains(&path.as_str())
}

fn parts(link: &Url) -> (String, String) {
    (canonical_host(link), canonical_path(link) + &canonical_query(link))
}

fn canonical_host(link: &Url) -> String {
    let host = link.host_str().unwrap_or_default().trim_end_matches('.');
    let mut rest = host;
    while let Some((label, parent)) = rest.split_once('.') {
        // `m.example` would leave a bare top-level domain.
        if !HOST_FORMS.contains(&label) || !parent.contains('.') {
            break;
        }
        rest = parent;
    }
    match link.port() {
        Some(port) => format!("{rest}:{port}"),
        None => rest.to_owned(),
    }
}

fn canonical_path(link: &Url) -> String {
    let path = link.path().trim_end_matches('/');
    let path = path.strip_suffix("/amp").or_else(|| path.strip_suffix(".amp")).unwrap_or(path);
    let path = path.strip_prefix("/amp/").map_or_else(|| path.to_owned(), |rest| format!("/{rest}"));
    path.strip_suffix(".amp.html").map_or(path.clone(), |stem| format!("{stem}.html"))
}

fn canonical_query(link: &Url) -> String {
    let mut pairs: Vec<(String, String)> = link
        .query_pairs()
        .filter(|(name, _)| !is_tracking(name))
        .map(|(n, v)| (n.into_owned(), v.into_owned()))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    pairs.sort();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("?{query}")
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str()) || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_article_become_one() {
        for (given, expected) in [
            ("http://www.example.org/a/b/?utm_source=x&fbclid=1#top", "example.org/a/b"),
            ("https://m.example.org/a/b/amp/", "example.org/a/b"),
            ("https://amp.example.org/a.amp.html", "example.org/a.html"),
            ("https://example.org/amp/a", "example.org/a"),
            ("https://example.org/?p=12&xtor=RSS-1", "example.org?p=12"),
            ("https://example.org/a?b=2&a=1", "example.org/a?a=1&b=2"),
            ("https://example.org:8443/a", "example.org:8443/a"),
            ("https://EXAMPLE.org./a", "example.org/a"),
            ("https://m.ml/a", "m.ml/a"),
            ("https://example.org/A?Q=Été", "example.org/A?Q=%C3%89t%C3%A9"),
        ] {
            let url = given.parse().expect("a test address");
            assert_eq!(canonical(&url), expected, "{given}");
        }
    }

    #[test]
    fn front_pages_are_told_from_articles() {
        let front = |u: &str| is_front_page(&u.parse().expect("a test address"));
        assert!(front("https://example.org/") && front("https://www.example.org/fr/?utm_source=rss"));
        assert!(!front("https://example.org/?p=1") && !front("https://example.org/a"));
    }
}
