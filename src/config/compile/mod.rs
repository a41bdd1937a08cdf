//! What was typed becomes what it means. Compiling is the validation: defaults, bounds, references, selectors, mailboxes and
//! secrets are settled here, and every failure is a finding. After a failure compiling goes on with a stand-in, so that one
//! run finds everything; a configuration with an error is thrown away at the end (`config::load`).

mod access;
mod concept;
mod coverage;
mod delivery;
mod digest;
mod kind;
mod mail;
mod metrics;
mod openpgp;
mod operator;
mod query;
mod reader;
mod recipients;
mod secret;
mod settings;
mod source;
mod values;
mod watch;
mod web;
mod wishes;

use std::path::PathBuf;
use std::sync::Arc;

use super::problem::{ConfigFile, Finding, Findings, Place};
use super::raw::Raw;
use super::{Config, Environment};
use recipients::Groups;

/// What compiling looks at beside the typed values.
pub(super) struct Context<'a> {
    pub(super) findings: &'a Findings,
    pub(super) files: &'a [ConfigFile],
    pub(super) environment: &'a Environment,
}

impl Context<'_> {
    fn error(&self, at: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::error(at, message).hint(hint));
    }

    fn warn(&self, at: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::warning(at, message).hint(hint));
    }
}

/// Where the state is kept.
pub(super) fn state_folder(raw: &Raw, context: &Context<'_>) -> PathBuf {
    settings::storage(&raw.storage, context).path
}

/// Compiles everything. None when a part is missing that has no stand-in, which is then an error in the findings.
pub(super) fn compile(raw: &Raw, context: &Context<'_>) -> Option<Config> {
    let timezone = settings::timezone(raw, context);
    let storage = settings::storage(&raw.storage, context);
    let keep_items = settings::keep_items(&raw.storage, context);
    let keep_bodies = settings::keep_bodies(&raw.storage, context);
    let (max_size, low_space) = (settings::max_size(&raw.storage, context), settings::low_space(&raw.storage, context));
    let http = settings::http(&raw.http, context);
    let mail_expire = mail::expire(raw.mail.as_ref(), context);
    let mail = mail::settings(raw.mail.as_ref(), &storage.path, context);
    let sources = source::sources(raw, context);
    let lexicon = concept::lexicon(&raw.concepts, context);
    let mut groups = Groups::new(&raw.groups, context);
    let watches = watch::watches(raw, &crate::lexicon::vocabulary(&lexicon), &mut groups, context);
    let digests = digest::digests(raw, &watches, &mut groups, &timezone, context);
    let lang = mail::lang(raw.mail.as_ref(), context);
    let operator = operator::operator(raw, lang, &mut groups, context);
    let readers = reader::readers(raw, (&watches, &digests), &operator.to, &groups, lang, &timezone, context);
    groups.warn_of_unused(&raw.groups);
    let pace = delivery::pace(&raw.pace, context);
    let files = context.files.iter().map(|file| file.path.clone()).collect();
    let floors = coverage::floors(raw, &sources, context);
    let web = raw.web.as_ref().and_then(|web| web::web(web, context));
    let metrics = raw.metrics.as_ref().and_then(|typed| metrics::metrics(typed, context));
    let mail = mail?;
    let lexicon = Arc::new(lexicon);
    Some(Config {
        timezone,
        keep_items,
        keep_bodies,
        max_size,
        low_space,
        http,
        storage,
        mail,
        mail_expire,
        sources,
        watches,
        readers,
        digests,
        pace,
        operator,
        floors,
        web,
        metrics,
        lexicon,
        files,
    })
}
