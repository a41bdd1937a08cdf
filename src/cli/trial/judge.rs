//! Items before the watches of the configuration, as the daemon would put them. Raises nothing.

use super::read;
use super::report::{Judged, Shown};
use crate::config::Config;
use crate::daemon::lookback::nearest;
use crate::model::Item;
use crate::query::{Plan, Subject};
use crate::text::display::terminal;

/// The watches that are tried.
pub(super) struct Judge<'a> {
    config: &'a Config,
    plan: Plan,
    /// The one that is asked about, by its place.
    only: Option<usize>,
}

impl<'a> Judge<'a> {
    /// All watches, or the one named.
    pub(super) fn of(config: &'a Config, watch: Option<&str>) -> Result<Self, String> {
        let ids = || config.watches.iter().map(|watch| watch.id.as_str());
        let find = |id: &str| {
            ids().position(|other| other == id).ok_or_else(|| {
                let near = nearest(id, ids()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                format!("there is no watch `{}`{near}", terminal(id))
            })
        };
        let only = watch.map(find).transpose()?;
        Ok(Self { config, plan: config.plan(), only })
    }

    /// How many watches are tried.
    pub(super) fn watches(&self) -> usize {
        if self.only.is_some() { 1 } else { self.config.watches.len() }
    }

    /// The watches that match an item; the one asked about whether it does or not.
    pub(super) fn judged(&self, item: &Item, source: &str, lang: &str) -> Vec<Judged> {
        let scan = self.plan.scan(Subject { item, source, lang });
        let judge = |number: usize| Judged {
            watch: self.config.watches[number].id.to_string(),
            matches: scan.hit(number).is_some(),
            because: scan.explain(number).reason(),
        };
        match self.only {
            Some(number) => vec![judge(number)],
            None => (0..self.config.watches.len()).map(judge).filter(|judged| judged.matches).collect(),
        }
    }
}

/// An item as it is shown; `lang` is what the configuration says of its source, `printed_link` a relative link without
/// a base.
pub(super) fn shown(
    item: &Item,
    judge: Option<&Judge<'_>>,
    source: &str,
    lang: Option<&str>,
    printed_link: Option<&String>,
) -> Shown {
    let language = read::language(item, lang);
    let date = item.published.as_ref().or(item.updated.as_ref());
    Shown {
        title: item.title.clone(),
        link: item.link.as_ref().map(ToString::to_string).or_else(|| printed_link.cloned()),
        published: date.and_then(|date| date.at),
        printed: date.map(|date| date.printed.clone()),
        watches: judge.map(|judge| judge.judged(item, source, &language)).unwrap_or_default(),
        language,
    }
}
