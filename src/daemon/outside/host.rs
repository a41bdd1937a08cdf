//! Whether a request was meant for us. A page in somebody's browser may have its own name resolved to this machine (DNS rebinding)
//! and so read what only this machine should; its requests then carry that name. Names of ours are therefore named, and an address
//! is fine as it stands, since a page cannot pretend to come from one.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Judges the value of a `Host` header, or the authority of an absolute address (RFC 9112 §3.2), by the names allowed beside
/// `localhost`. The port says nothing: tunnels and containers give another one.
pub(super) fn is_ours(host: &str, names: &[String]) -> bool {
    let name = without_port(host.trim());
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if inside.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()) || name.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    // A name is the same with the dot of the root at its end.
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || names.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen failing with `ends_with` in place of the comparison: the names that only end in ours got through.
    #[test]
    fn only_addresses_and_names_of_ours_are_answered() {
        let names = ["watch.internal".to_owned()];
        for (host, expected) in [
            ("127.0.0.1:8629", true),
            ("127.0.0.1", true),
            ("[::1]:8629", true),
            ("[::1]", true),
            ("localhost:9000", true),
            ("LOCALHOST.", true),
            ("10.0.0.5:8629", true),
            ("watch.internal:8629", true),
            ("Watch.Internal", true),
            ("", false),
            ("evil.example", false),
            ("evil.example:8629", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("evil-localhost", false),
            ("evil.watch.internal", false),
            ("user@localhost", false),
            ("localhost@evil.example", false),
            ("0x7f.1", false),
            ("2130706433", false),
            ("::1", false),
            ("[::1].evil.example", false),
            ("localhost:80:80", false),
            ("localhost:http", false),
        ] {
            assert_eq!(is_ours(host, &names), expected, "{host}");
        }
    }
}
