//! `mail.ops_to` and `[operator]`: who runs this, what they are sent, and the dead man's switch that is asked while all is well.

use url::Url;

use super::Context;
use super::access::is_loopback;
use super::recipients::Groups;
use super::secret::Sources;
use super::values::Measure;
use super::wishes::TONGUES;
use crate::config::problem::Finding;
use crate::config::raw::{Raw, RawOperator};
use crate::model::{Operator, Ping, Secret, Tongue};

/// Services that keep such switches allow a minute of grace at the least, and forget an hour is long.
const PING_EVERY: Measure = Measure { key: "ping_every", default: "5m", low: "1m", high: "1h" };

/// Who runs this. `lang` is the language of all mail of which nothing else is said.
pub(super) fn operator(raw: &Raw, lang: Tongue, groups: &mut Groups<'_>, context: &Context<'_>) -> Operator {
    let typed = &raw.operator;
    let ops_to = raw.mail.as_ref().and_then(|mail| mail.ops_to.as_ref());
    let own = typed.lang.as_ref().and_then(|typed| context.choice(typed, "lang", &TONGUES));
    let sign_of_life = typed.sign_of_life.as_ref().and_then(|typed| context.time(typed, "sign_of_life"));
    let operator =
        Operator { to: groups.operators(ops_to), lang: own.unwrap_or(lang), sign_of_life, ping: ping(typed, context) };
    // Who is named wrongly is told of already.
    if ops_to.is_none_or(|typed| typed.value.is_empty()) {
        report_nobody(raw, ops_to.is_some(), context);
    }
    operator
}

fn report_nobody(raw: &Raw, is_chosen: bool, context: &Context<'_>) {
    let push = |finding: Finding, hint: &str| context.findings.push_absence(finding.hint(hint));
    if let Some(typed) = &raw.operator.sign_of_life {
        let finding = Finding::error(&typed.at, "the sign of life goes to nobody");
        push(finding, "say in [mail] who runs this: ops_to = [\"ops@example.org\"]");
    }
    if let (Some(mail), false, false) = (&raw.mail, is_chosen, raw.sources.is_empty()) {
        let finding = Finding::warning(&mail.at, "nobody is told when a source goes dark");
        push(finding, "say who runs this: ops_to = [\"ops@example.org\"]; or [] for nobody");
    }
}

fn ping(raw: &RawOperator, context: &Context<'_>) -> Option<Ping> {
    let sources = Sources { name: "ping", file: raw.ping_file.as_ref(), credential: raw.ping_credential.as_ref() };
    let every = context.duration(raw.ping_every.as_ref(), &PING_EVERY);
    let Some(given) = sources.given() else {
        if let Some(typed) = &raw.ping_every {
            let hint = "name the file with its address: ping_file = \"ping\"";
            context.warn(&typed.at, "`ping_every` is not used: nothing says whom to ask", hint);
        }
        return None;
    };
    let secret = context.secret(&sources)?;
    // A secret that was left unread is as good as any.
    if secret.expose().is_empty() {
        return Some(Ping { url: secret, every });
    }
    match Url::parse(secret.expose()) {
        Ok(url) if is_private_enough(&url) => Some(Ping { url: Secret::new(url.into()), every }),
        _ => {
            let message = format!("`{}` does not hold the address of a dead man's switch", given.value);
            let hint = "one line that begins with https:// and has no user name; http:// is for this machine only";
            context.error(&given.at, message, hint);
            None
        }
    }
}

fn is_private_enough(url: &Url) -> bool {
    let stays_here = || url.host().is_some_and(|host| is_loopback(&host));
    let has_login = !url.username().is_empty() || url.password().is_some();
    !has_login && (url.scheme() == "https" || (url.scheme() == "http" && stays_here()))
}
