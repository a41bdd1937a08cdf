//! `[web]`: where hubs reach us. The listener speaks plain HTTP, so that it stays on this machine or on a private network, behind a
//! web server that speaks TLS.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::Url;

use super::Context;
use super::access::is_loopback;
use crate::config::Web;
use crate::config::problem::Typed;
use crate::config::raw::RawWeb;

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(super) fn web(raw: &RawWeb, context: &Context<'_>) -> Option<Web> {
    let listen = raw.listen.as_ref().map_or(Some(LISTEN), |typed| listen(typed, context));
    let public_url = raw.public_url.as_ref().and_then(|typed| public_url(typed, context));
    Some(Web { listen: listen?, public_url: public_url? })
}

fn listen(typed: &Typed<String>, context: &Context<'_>) -> Option<SocketAddr> {
    let Ok(address) = typed.value.trim().parse::<SocketAddr>() else {
        let message = format!("`listen` cannot be `{}`", typed.value);
        context.error(&typed.at, message, "write an address and a port, like \"127.0.0.1:8080\" or \"[::1]:8080\"");
        return None;
    };
    if !is_private(address.ip()) {
        let hint = "listen on 127.0.0.1, or on a private address, behind a web server that speaks TLS";
        context.error(&typed.at, "`listen` would open a plain HTTP port to strangers", hint);
        return None;
    }
    Some(address)
}

/// Loopback and the ranges of private networks (RFC 1918, RFC 4193).
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

/// Ends with a slash, so that callbacks are joined to it.
fn public_url(typed: &Typed<String>, context: &Context<'_>) -> Option<Url> {
    let refuse = |problem: &str, hint: &str| {
        context.error(&typed.at, format!("`public_url` {problem}"), hint);
        None
    };
    let hint = "write the whole address, like \"https://watch.example.org/\"";
    let mut url = match Url::parse(typed.value.trim()) {
        Ok(url) => url,
        Err(problem) => return refuse(&format!("cannot be read: {problem}"), hint),
    };
    let stays_here = url.scheme() == "http" && url.host().is_some_and(|host| is_loopback(&host));
    match () {
        () if !url.username().is_empty() || url.password().is_some() => {
            return refuse("contains a user name or password", "remove the part before @: hubs would be told of it");
        }
        () if url.scheme() != "https" && !stays_here => {
            return refuse(
                "must begin with https://",
                "what hubs send would be open to all; http:// is for this machine",
            );
        }
        () if url.query().is_some() || url.fragment().is_some() => {
            return refuse("has a query or a fragment", "end it with the path: what comes after is ours");
        }
        () => {}
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Some(url)
}
