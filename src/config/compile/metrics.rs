//! `[metrics]`: where health and metrics are served. Plain HTTP without a password, so that it stays on this machine, unless whoever
//! writes the configuration says in so many words that the network it is on may see it.

use std::net::{IpAddr, SocketAddr};

use super::Context;
use super::web::is_private;
use crate::config::Metrics;
use crate::config::problem::Typed;
use crate::config::raw::RawMetrics;

pub(super) fn metrics(raw: &RawMetrics, context: &Context<'_>) -> Option<Metrics> {
    let listen = raw.listen.as_ref().and_then(|typed| listen(typed, raw.exposed, context));
    let hosts = raw.hosts.iter().flat_map(|typed| &typed.value).filter_map(|typed| host(typed, context)).collect();
    Some(Metrics { listen: listen?, hosts })
}

fn listen(typed: &Typed<String>, exposed: bool, context: &Context<'_>) -> Option<SocketAddr> {
    let Ok(address) = typed.value.trim().parse::<SocketAddr>() else {
        let message = format!("`listen` cannot be `{}`", typed.value);
        context.error(&typed.at, message, "write an address and a port, like \"127.0.0.1:8629\" or \"[::1]:8629\"");
        return None;
    };
    let ip = address.ip();
    if !ip.is_loopback() && !stays_inside(ip) {
        let hint = "listen on 127.0.0.1, and put a reverse proxy with TLS and a password before it";
        context.error(&typed.at, "`listen` would show sources and mail to strangers", hint);
        return None;
    }
    if !ip.is_loopback() && !exposed {
        let hint = "listen on 127.0.0.1 behind a reverse proxy with a password; or write exposed = true, if everybody in that \
                    network may see it";
        context.error(&typed.at, "`listen` would show sources and mail to other machines", hint);
        return None;
    }
    Some(address)
}

/// A private network; or all networks this machine is on, as in a container that has one of its own.
fn stays_inside(ip: IpAddr) -> bool {
    ip.is_unspecified() || is_private(ip)
}

/// A name as it stands in the address by which a monitor asks.
fn host(typed: &Typed<String>, context: &Context<'_>) -> Option<String> {
    let name = typed.value.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if name.is_empty() || name.ends_with('.') || !name.chars().all(is_name) {
        let message = format!("`hosts` cannot hold `{}`", typed.value);
        context.error(
            &typed.at,
            message,
            "write a name without a port, like \"watch.internal\"; addresses are answered anyway",
        );
        return None;
    }
    Some(name.to_owned())
}
