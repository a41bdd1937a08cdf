//! The headline of an article, without the name of its site.

use super::head::Head;

/// The headline: what JSON-LD or Open Graph say, else `<h1>`, else `<title>`; the name of the site cut off. Empty
/// when none.
pub(super) fn of(head: &Head) -> String {
    let said = [&head.linked.headline, &head.headline].into_iter().flatten().next();
    let h1 = head.h1.as_deref().filter(|h1| !is_site(head, h1)).or(head.entry.as_deref());
    let title = match (said, h1) {
        // `Headline - Site` in Open Graph, the headline alone on the page.
        (Some(said), Some(h1)) if said.starts_with(h1) => h1,
        (Some(said), _) => said,
        (None, Some(h1)) => h1,
        (None, None) => head.title.as_deref().unwrap_or_default(),
    };
    without_site(head, title).to_owned()
}

/// Whether a text is the name of the site: on blogs `<h1>` often is, and `<title>` ends with it.
fn is_site(head: &Head, text: &str) -> bool {
    let names = [&head.site, &head.linked.site].into_iter().flatten();
    names.into_iter().any(|site| site.eq_ignore_ascii_case(text))
        || head
            .title
            .as_deref()
            .and_then(|title| title.strip_suffix(text))
            .is_some_and(|before| PARTING.iter().any(|sign| before.len() > sign.len() && before.ends_with(sign)))
}

/// Signs that part a headline from the name of its site.
const PARTING: [&str; 7] = [" | ", " - ", " – ", " — ", " :: ", " » ", " • "];

/// Cuts ` - Site` where the page names its site so, or where what is left is most of it. One sign only: a headline
/// may have dashes itself.
fn without_site<'a>(head: &Head, title: &'a str) -> &'a str {
    let last = PARTING.iter().filter_map(|sign| title.rfind(sign).map(|at| (at, at + sign.len()))).max();
    let Some((end, rest)) = last else { return title };
    let (before, after) = (&title[..end], &title[rest..]);
    let is_named = [head.site.as_deref(), head.linked.site.as_deref(), head.h1.as_deref()]
        .into_iter()
        .flatten()
        .any(|site| site.eq_ignore_ascii_case(after));
    // In `<title>` the last piece is the site's; elsewhere only when it is named so.
    let is_page_title =
        head.title.as_deref() == Some(title) && head.headline.is_none() && head.linked.headline.is_none();
    if is_named || (is_page_title && after.chars().count() * 2 < before.chars().count()) { before } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_lose_the_name_of_the_site() {
        let table = [
            // (title, og:title, h1, site, want)
            ("Attaque à Djibo : 40 morts | Le Faso", None, None, None, "Attaque à Djibo : 40 morts"),
            ("Attaque à Djibo | Le Faso", Some("Attaque à Djibo - Le Faso"), None, Some("Le Faso"), "Attaque à Djibo"),
            ("x", Some("Attaque à Djibo - Le Faso"), Some("Attaque à Djibo"), None, "Attaque à Djibo"),
            ("x", Some("Mali - Niger"), None, Some("Le Faso"), "Mali - Niger"),
            ("x | Le Faso", None, Some("Le Faso"), Some("Le Faso"), "x"),
            ("هجوم مسلح على قرية في ميناكا - صحراء", None, None, Some("صحراء"), "هجوم مسلح على قرية في ميناكا"),
            ("هجوم مسلح - صحراء", None, Some("صحراء"), None, "هجوم مسلح"),
            ("Mali - Niger | Le Faso", None, Some("Mali - Niger"), None, "Mali - Niger"),
            ("", None, None, None, ""),
        ];
        for (title, headline, h1, site, want) in table {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let head = Head {
                title: Some(title.into()),
                headline: owned(headline),
                h1: owned(h1),
                site: owned(site),
                ..Head::default()
            };
            assert_eq!(of(&head), want, "{title}");
        }
    }
}
