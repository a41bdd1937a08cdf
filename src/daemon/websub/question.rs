//! What a hub asks or tells at our callback, read and judged. Pure.

use url::{Url, form_urlencoded};

use crate::model::Lease;

/// Most characters of a reason that are kept: it goes to the journal, and strangers may have written it.
const REASON: usize = 200;

/// The query of a verification (WebSub §5.3) or a denial (§5.2). Of a parameter given twice the first counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    mode: Option<String>,
    topic: Option<String>,
    challenge: Option<String>,
    lease_seconds: Option<String>,
    reason: Option<String>,
}

/// What a question comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The hub asks about what we want: the challenge is sent back.
    Verified {
        /// What proves that we were asked.
        challenge: String,
        /// For how many seconds the hub will tell, if it says so in a way that can be read.
        granted: Option<u64>,
    },
    /// The hub will not tell us, for this reason.
    Denied(String),
    /// Nothing that we wanted.
    Refused,
}

impl Question {
    /// Reads a query; what is not the hub's is passed over, since a callback may carry more (WebSub §5.3).
    pub(super) fn read(query: &str) -> Self {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "hub.mode" => &mut question.mode,
                "hub.topic" => &mut question.topic,
                "hub.challenge" => &mut question.challenge,
                "hub.lease_seconds" => &mut question.lease_seconds,
                "hub.reason" => &mut question.reason,
                _ => continue,
            };
            place.get_or_insert_with(|| value.into_owned());
        }
        question
    }

    /// Judges it by the subscription whose token it came to. One that was verified before may be verified anew: hubs ask again of
    /// themselves when a lease ends. We never ask to be unsubscribed, so whoever wants that confirmed is not our hub.
    pub(super) fn judge(self, lease: &Lease) -> Verdict {
        // Addresses are compared as addresses: what we sent was written our way, and a hub may write it another.
        let is_ours =
            self.topic.and_then(|topic| Url::parse(&topic).ok()).is_some_and(|topic| topic == lease.hub.topic);
        if lease.asked.is_none() || !is_ours {
            return Verdict::Refused;
        }
        match (self.mode.as_deref(), self.challenge) {
            (Some("subscribe"), Some(challenge)) if !challenge.is_empty() => {
                let granted = self.lease_seconds.and_then(|seconds| seconds.trim().parse().ok());
                Verdict::Verified { challenge, granted }
            }
            (Some("denied"), _) => Verdict::Denied(printable(&self.reason.unwrap_or_default())),
            _ => Verdict::Refused,
        }
    }
}

/// A text on one line, as far as it is kept.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON).collect()
}

/// The token in the path of a callback. A web server before us may pass the path of the public address on, or leave it out.
pub(super) fn token<'a>(path: &'a str, public: &Url) -> Option<&'a str> {
    let path = path.strip_prefix(public.path()).or_else(|| path.strip_prefix('/'))?;
    path.strip_prefix(super::PATH).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::daemon::websub::lease;
    use crate::model::Hub;

    fn url(text: &str) -> Url {
        text.parse().expect("a test address")
    }

    fn pending() -> Lease {
        let hub = Hub { hub: url("https://hub.example/"), topic: url("https://outlet.example/feed?a=b&c") };
        lease::asked(&lease::new(hub, "token".to_owned(), Timestamp::UNIX_EPOCH), Timestamp::UNIX_EPOCH)
    }

    fn judged(query: &str) -> Verdict {
        Question::read(query).judge(&pending())
    }

    const TOPIC: &str = "hub.topic=https%3A%2F%2Foutlet.example%2Ffeed%3Fa%3Db%26c";

    #[test]
    fn only_what_we_asked_for_is_verified() {
        let verified = |challenge: &str, granted| Verdict::Verified { challenge: challenge.to_owned(), granted };
        for (query, expected) in [
            ("hub.mode=subscribe&TOPIC&hub.challenge=c1&hub.lease_seconds=864000", verified("c1", Some(864_000))),
            (
                "x=1&hub.challenge=a+b%26%C3%A9&TOPIC&hub.mode=subscribe&hub.lease_seconds=+60 ",
                verified("a b&é", Some(60)),
            ),
            (
                "hub.mode=subscribe&hub.topic=HTTPS://Outlet.example:443/feed?a=b%26c&hub.challenge=c",
                verified("c", None),
            ),
            ("hub.mode=subscribe&TOPIC&hub.challenge=c&hub.lease_seconds=-1", verified("c", None)),
            ("hub.mode=subscribe&TOPIC&hub.challenge=c&hub.challenge=d", verified("c", None)),
            ("hub.mode=unsubscribe&TOPIC&hub.challenge=c", Verdict::Refused),
            ("hub.mode=subscribe&TOPIC", Verdict::Refused),
            ("hub.mode=subscribe&TOPIC&hub.challenge=", Verdict::Refused),
            ("hub.mode=subscribe&hub.challenge=c", Verdict::Refused),
            ("hub.mode=subscribe&hub.topic=https://outlet.example/feed&hub.challenge=c", Verdict::Refused),
            ("hub.mode=subscribe&hub.topic=%ff&hub.challenge=c", Verdict::Refused),
            ("hub.mode=SUBSCRIBE&TOPIC&hub.challenge=c", Verdict::Refused),
            ("TOPIC&hub.challenge=c", Verdict::Refused),
            ("", Verdict::Refused),
            ("hub.mode=denied&TOPIC", Verdict::Denied(String::new())),
            ("hub.mode=denied&TOPIC&hub.reason=no%0Asuch%1btopic", Verdict::Denied("no such topic".to_owned())),
            ("hub.mode=denied&hub.topic=https://other.example/", Verdict::Refused),
        ] {
            assert_eq!(judged(&query.replace("TOPIC", TOPIC)), expected, "{query}");
        }
    }

    #[test]
    fn what_was_never_asked_for_is_not_verified() {
        let never = Lease { asked: None, ..pending() };
        let query = format!("hub.mode=subscribe&{TOPIC}&hub.challenge=c");
        assert_eq!(Question::read(&query).judge(&never), Verdict::Refused);
    }

    #[test]
    fn a_reason_is_kept_short() {
        let long = format!("hub.mode=denied&{TOPIC}&hub.reason={}", "é".repeat(5000));
        assert_eq!(judged(&long), Verdict::Denied("é".repeat(REASON)));
    }

    #[test]
    fn a_token_is_found_with_and_without_the_public_path() {
        let (plain, deep) = (url("https://watch.example/"), url("https://watch.example/a/b/"));
        for (path, public, expected) in [
            ("/websub/t0", &plain, Some("t0")),
            ("/websub/t0", &deep, Some("t0")),
            ("/a/b/websub/t0", &deep, Some("t0")),
            ("/a/websub/t0", &deep, None),
            ("/a/b/websub/t0", &plain, None),
            ("/websub/", &plain, None),
            ("/websub", &plain, None),
            ("/", &plain, None),
            ("*", &plain, None),
            ("", &plain, None),
        ] {
            assert_eq!(token(path, public), expected, "{path} at {public}");
        }
    }
}
