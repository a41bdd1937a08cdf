//! What can be done about a source: the command that shows more, or the setting that helps.

use crate::health::evidence::address;
use crate::model::{Doubt, Health, Source, Standing};

/// Advice on how a source stands; None when all is well.
pub(super) fn of(source: &Source, standing: &Standing) -> Option<String> {
    let id = &source.id;
    let advice = match standing.health {
        Health::Ok => return None,
        Health::Moved => "set the `url` of this source to its new address".to_owned(),
        Health::Overflowing => format!("poll it more often: `interval = \"{}\"`", half(source)),
        Health::Silent => format!(
            "`sahelwatch try {id}` shows what it brings; if it is often this quiet, set `stale_after`, such as \"14d\""
        ),
        Health::Blocked => format!(
            "`sahelwatch try {id}` shows what it answers; a longer `interval` or a `user_agent` of its own may help"
        ),
        Health::Failing => failing(source, standing),
        Health::Degraded => degraded(source, standing.doubt),
    };
    Some(advice)
}

fn failing(source: &Source, standing: &Standing) -> String {
    match &standing.proposal {
        Some(found) => format!(
            "a feed was found at {} ({}): set it as `url`, or `heal = \"apply\"` to use what is found",
            address(&found.url),
            found.how
        ),
        None => format!("`sahelwatch try {}` shows what it answers", source.id),
    }
}

fn degraded(source: &Source, doubt: Option<Doubt>) -> String {
    let id = &source.id;
    match doubt {
        Some(Doubt::Teasers) => "set `full_text = true` to read the articles behind its items".to_owned(),
        Some(Doubt::Articles) => format!("`sahelwatch try {id}` shows an article; `full_text = false` does without"),
        Some(Doubt::CutOff) | None => format!("`sahelwatch try {id}` shows where it ends"),
        Some(_) if source.kind.is_page() => format!("`sahelwatch try {id}` shows what is picked from the page now"),
        Some(_) => format!("`sahelwatch try {id}` shows what it brings now"),
    }
}

/// Half the interval of a source as the configuration writes it, a minute at least.
fn half(source: &Source) -> String {
    let seconds = (source.interval.as_secs() / 2).max(60);
    match seconds {
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds >= 300 || seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}
