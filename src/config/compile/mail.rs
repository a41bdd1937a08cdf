//! `[mail]`: who it is from, how it leaves, how long it is tried.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Host;

use super::Context;
use super::access::is_loopback;
use super::secret::Sources;
use super::values::Measure;
use super::wishes::TONGUES;
use crate::config::problem::Finding;
use crate::config::raw::{RawMail, RawSmtp};
use crate::config::{guard, mailbox};
use crate::mail::{Login, Settings, SmtpSettings, Tls, TransportSettings};
use crate::model::{Mailbox, Tongue};

/// RFC 5321 §4.5.4.1 asks to try for 4 to 5 days.
const EXPIRE: Measure = Measure { key: "expire", default: "5d", low: "1h", high: "30d" };

const DEFAULT_SENDMAIL: &str = "/usr/sbin/sendmail";

#[derive(Clone, Copy, PartialEq)]
enum Transport {
    File,
    Smtp,
    Sendmail,
}

pub(super) fn expire(raw: Option<&RawMail>, context: &Context<'_>) -> Duration {
    context.duration(raw.and_then(|mail| mail.expire.as_ref()), &EXPIRE)
}

/// The language of whoever wishes no other.
pub(super) fn lang(raw: Option<&RawMail>, context: &Context<'_>) -> Tongue {
    let typed = raw.and_then(|mail| mail.lang.as_ref());
    typed.and_then(|typed| context.choice(typed, "lang", &TONGUES)).unwrap_or_default()
}

/// None when the table, the sender or what the transport needs is missing or wrong.
pub(super) fn settings(raw: Option<&RawMail>, storage: &Path, context: &Context<'_>) -> Option<Settings> {
    let raw = raw?;
    let from = raw.from.as_ref().and_then(|typed| context.mailbox(typed));
    let reply_to = raw.reply_to.as_ref().and_then(|typed| context.mailbox(typed));
    let list_id = list_id(raw, from.as_ref(), context);
    let transport = transport(raw, storage, context);
    Some(Settings { from: from?, reply_to, list_id: list_id?, transport: transport? })
}

/// The domain that names our lists and messages; that of the sender when none is given.
fn list_id(raw: &RawMail, from: Option<&Mailbox>, context: &Context<'_>) -> Option<String> {
    let Some(typed) = &raw.list_id else {
        return from.and_then(|from| from.address.rsplit_once('@')).map(|(_, domain)| domain.to_owned());
    };
    if mailbox::is_domain(&typed.value) {
        return Some(typed.value.to_ascii_lowercase());
    }
    let message = format!("`list_id` cannot be `{}`", typed.value);
    context.error(&typed.at, message, "write a domain name, like sahelwatch.example.org");
    None
}

fn transport(raw: &RawMail, storage: &Path, context: &Context<'_>) -> Option<TransportSettings> {
    let choices = [("file", Transport::File), ("smtp", Transport::Smtp), ("sendmail", Transport::Sendmail)];
    let chosen = match &raw.transport {
        Some(typed) => context.choice(typed, "transport", &choices),
        None => Some(Transport::File),
    };
    let smtp = raw.smtp.as_ref().map(|smtp| (&smtp.at, smtp_settings(smtp, context)));
    if let (Some((at, _)), Some(Transport::File | Transport::Sendmail)) = (&smtp, chosen) {
        let message = "`smtp` is not used: the transport is another one";
        context.warn(at, message, "to send through it, write transport = \"smtp\"");
    }
    match chosen? {
        Transport::File => Some(TransportSettings::File {
            folder: raw.folder.as_ref().map_or_else(|| storage.join("mail"), |typed| context.path(typed)),
        }),
        Transport::Sendmail => sendmail(raw, context),
        Transport::Smtp => {
            if smtp.is_none() {
                let at = raw.transport.as_ref().map_or(&raw.at, |typed| &typed.at);
                let finding = Finding::error(at, "the transport is smtp, but no `smtp` says through which server");
                let hint = "add: smtp = { host = \"smtp.example.org\", tls = \"starttls\" }";
                context.findings.push_absence(finding.hint(hint));
            }
            smtp?.1.map(TransportSettings::Smtp)
        }
    }
}

fn sendmail(raw: &RawMail, context: &Context<'_>) -> Option<TransportSettings> {
    let command = raw.sendmail.as_ref().map_or_else(|| PathBuf::from(DEFAULT_SENDMAIL), |typed| context.path(typed));
    if !command.is_file() {
        let at = raw.sendmail.as_ref().or(raw.transport.as_ref()).map_or(&raw.at, |typed| &typed.at);
        let message = format!("there is no command {}", command.display());
        context.error(at, message, "name a sendmail-compatible command: sendmail = \"/usr/sbin/sendmail\"");
        return None;
    }
    Some(TransportSettings::Sendmail { command })
}

fn smtp_settings(raw: &RawSmtp, context: &Context<'_>) -> Option<SmtpSettings> {
    let host = host(raw, context);
    let tls = tls(raw, host.as_ref(), context);
    // RFC 6409 §3.1, RFC 8314 §7.3, RFC 5321 §4.5.4.2.
    let default_port = match tls {
        Some(Tls::Implicit) => 465,
        Some(Tls::None) => 25,
        Some(Tls::Starttls) | None => 587,
    };
    let port = context.number(raw.port.as_ref(), "port", default_port, 1..=u16::MAX);
    let login = login(raw, context);
    let ca_file = raw.ca_file.as_ref().map(|typed| {
        let path = context.path(typed);
        if let Err(refused) = guard::read(&path) {
            let message = format!("cannot read the authorities in {}: {refused}", path.display());
            context.error(&typed.at, message, "it must be a PEM file");
        }
        path
    });
    // Brackets around an IPv6 address belong to URLs only.
    let host = match host? {
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    };
    Some(SmtpSettings { host, port, tls: tls?, login, ca_file })
}

fn host(raw: &RawSmtp, context: &Context<'_>) -> Option<Host> {
    let typed = raw.host.as_ref()?;
    match Host::parse(&typed.value) {
        Ok(host) if typed.value.is_ascii() => Some(host),
        _ => {
            let message = format!("`{}` is not the name of a host", typed.value);
            context.error(&typed.at, message, "write the name alone, like smtp.example.org; the port has its own key");
            None
        }
    }
}

fn tls(raw: &RawSmtp, host: Option<&Host>, context: &Context<'_>) -> Option<Tls> {
    let choices = [("starttls", Tls::Starttls), ("implicit", Tls::Implicit), ("none", Tls::None)];
    let Some(typed) = &raw.tls else { return Some(Tls::Starttls) };
    let tls = context.choice(typed, "tls", &choices)?;
    if tls == Tls::None && host.is_some_and(|host| !is_loopback(host)) {
        let message = "mail would leave this machine unprotected";
        context.error(&typed.at, message, "`none` is for a server on this machine; use starttls or implicit");
        return None;
    }
    Some(tls)
}

fn login(raw: &RawSmtp, context: &Context<'_>) -> Option<Login> {
    let (file, credential) = (raw.password_file.as_ref(), raw.password_credential.as_ref());
    let sources = Sources { name: "password", file, credential };
    let password = context.secret(&sources);
    match (&raw.username, sources.given().is_some()) {
        (None, false) => None,
        (Some(username), true) => Some(Login { username: context.line(username, "username")?, password: password? }),
        (Some(username), false) => {
            let message = "`username` has no password";
            context.error(&username.at, message, "name it with `password_file` or `password_credential`");
            None
        }
        (None, true) => {
            context.error(&raw.at, "there is a password, but no `username`", "add the `username` it belongs to");
            None
        }
    }
}
