//! The hub that a feed offers, as its links say (WebSub §4). Pure.

use url::Url;

use crate::model::Hub;

/// What was found so far. Both halves are needed: without a topic nobody can subscribe, and of several hubs one will do.
#[derive(Debug, Default)]
pub(super) struct Offer {
    hub: Option<Url>,
    topic: Option<Url>,
}

impl Offer {
    /// Takes a link of the feed in. `rel` is its relations as printed, `base` what `href` is relative to.
    pub(super) fn link(&mut self, rel: &str, href: &str, base: Option<&Url>) {
        for rel in rel.split_ascii_whitespace() {
            let place = match () {
                () if rel.eq_ignore_ascii_case("hub") => &mut self.hub,
                () if rel.eq_ignore_ascii_case("self") => &mut self.topic,
                () => continue,
            };
            if place.is_none() {
                *place = web(href, base);
            }
        }
    }

    /// The hub, where one is offered.
    pub(super) fn hub(self) -> Option<Hub> {
        Some(Hub { hub: self.hub?, topic: self.topic? })
    }
}

fn web(href: &str, base: Option<&Url>) -> Option<Url> {
    let url = Url::options().base_url(base).parse(href.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}
