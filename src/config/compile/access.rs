//! How a source is asked: under which name, through which proxy, with which further headers. The proxy of `[http]` is read here
//! as well.

use url::{Host, Url};

use super::Context;
use super::secret::Sources;
use crate::config::problem::Typed;
use crate::config::raw::RawAccess;
use crate::config::{headers, suggest};
use crate::model::{Access, Proxy, Secret, SourceKind};

/// What stands for "no proxy, whatever [http] says".
const DIRECT: &str = "direct";

const PROXY_HINT: &str = "write it like \"socks5h://127.0.0.1:9050\" or \"http://proxy.example.org:3128\"";

/// The part of a source that says how it is asked.
pub(super) fn access(raw: &RawAccess, context: &Context<'_>) -> Access {
    let proxy = raw.proxy.as_ref().and_then(|typed| match typed.value.as_str() {
        DIRECT => Some(Proxy::Direct),
        near if suggest::nearest(near, [DIRECT]).is_some() => {
            context.error(&typed.at, format!("`proxy` cannot be `{near}`"), "did you mean `direct`?");
            None
        }
        _ => proxy(typed, context).map(Proxy::Through),
    });
    Access {
        user_agent: raw.user_agent.as_ref().and_then(|typed| user_agent(typed, context)),
        proxy: proxy.unwrap_or_default(),
        headers: headers(raw, context),
        robots: raw.robots.as_ref().map(|typed| typed.value),
    }
}

/// The address of a proxy. Messages do not repeat it: what was typed may hold a password.
pub(super) fn proxy(typed: &Typed<String>, context: &Context<'_>) -> Option<Url> {
    let refuse = |problem: &str, hint: &str| {
        context.error(&typed.at, format!("`proxy` {problem}"), hint);
        None
    };
    let Ok(url) = Url::parse(typed.value.trim()) else {
        return refuse("is not the address of a proxy", PROXY_HINT);
    };
    match () {
        () if !url.username().is_empty() || url.password().is_some() => {
            refuse("contains a user name or password", "remove the part before @: it would end in logs")
        }
        () if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") => {
            refuse("is none of http, https, socks5 and socks5h", PROXY_HINT)
        }
        () if url.host_str().is_none_or(str::is_empty) => refuse("names no host", PROXY_HINT),
        () if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() => {
            refuse("has more than a host and a port", PROXY_HINT)
        }
        () => Some(url),
    }
}

fn user_agent(typed: &Typed<String>, context: &Context<'_>) -> Option<String> {
    let text = typed.value.trim();
    if !text.is_empty() && headers::is_value(text) {
        return Some(text.to_owned());
    }
    let hint = "printable ASCII in one line, like \"Mozilla/5.0 (compatible; example.org)\"";
    context.error(&typed.at, "`user_agent` cannot be sent", hint);
    None
}

fn headers(raw: &RawAccess, context: &Context<'_>) -> Vec<(String, Secret)> {
    let sources = sources(raw);
    let Some((secret, typed)) = context.secret(&sources).zip(sources.given()) else { return Vec::new() };
    headers::read(secret.expose()).unwrap_or_else(|problem| {
        let hint = "write one header a line, like `Cookie: session=…`";
        context.error(&typed.at, format!("the headers in `{}` cannot be used: {problem}", typed.value), hint);
        Vec::new()
    })
}

fn sources(raw: &RawAccess) -> Sources<'_> {
    Sources { name: "headers", file: raw.headers_file.as_ref(), credential: raw.headers_credential.as_ref() }
}

/// Warns of secret headers that are sent to nobody, or past everybody.
pub(super) fn warn_of_headers(raw: &RawAccess, kind: &SourceKind, url: &Url, context: &Context<'_>) {
    let Some(typed) = sources(raw).given() else { return };
    if let SourceKind::Exec(_) = kind {
        let message = "the headers are sent to nobody: they are for the source's own host, and a program has none";
        context.warn(&typed.at, message, "let the program send them itself");
    } else if url.scheme() == "http" && url.host().is_some_and(|host| !is_loopback(&host)) {
        let message = "the headers go unprotected: everybody on the way can read them";
        context.warn(&typed.at, message, "write the `url` with https://");
    }
}

/// Whether what is sent to a host stays on this machine.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
