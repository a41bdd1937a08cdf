//! What an SMTP error means. The only place where a step and a cause become a [`Verdict`].

use std::error::Error;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;

use crate::mail::verdict::{RetryKind, Verdict, printable};

/// The steps of a session, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Connect,
    /// Greeting and EHLO; TLS before them when it is implicit.
    Greeting,
    /// STARTTLS, the handshake and the second EHLO.
    Starttls,
    Auth,
    /// RSET, on a connection that was kept.
    Reset,
    Mail,
    Rcpt,
    Data,
    /// The message, before its final dot.
    Block,
    /// The final dot and the answer to it.
    Answer,
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greeting => "greeting and EHLO",
            Self::Starttls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Reset => "RSET",
            Self::Mail => "MAIL FROM",
            Self::Rcpt => "RCPT TO",
            Self::Data => "DATA",
            Self::Block => "message",
            Self::Answer => "end of message",
        }
    }
}

/// Why a step failed.
#[derive(Debug)]
pub(super) enum Cause {
    /// The server answered, but not what lets us go on. Its code and text.
    Reply(u16, String),
    /// No answer in this time.
    Timeout(Duration),
    /// The connection broke, or what came over it was no answer.
    Broken(String),
    /// Going on would mean to talk in clear or to a stranger.
    Insecure(String),
    /// We have a login and the server offers no way to use it.
    NoLogin(String),
    /// Another attempt's login was refused a moment ago; what was said of it then.
    OnHold(String),
    /// An address that cannot be put in an envelope.
    Address(String),
}

/// A step that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) step: Step,
    pub(super) cause: Cause,
}

impl Failure {
    /// Reads lettre's error.
    pub(super) fn new(step: Step, error: &SmtpError) -> Self {
        let cause = match error.status() {
            Some(code) => {
                Cause::Reply(code.into(), error.source().map(|text| printable(&text.to_string())).unwrap_or_default())
            }
            // Later, TLS breaks only when the line does.
            None if step <= Step::Starttls && is_tls(error) => Cause::Insecure(cause_of(error)),
            None if error.is_client() && step == Step::Auth => {
                Cause::NoLogin("the server offers neither AUTH PLAIN nor AUTH LOGIN".to_owned())
            }
            None => Cause::Broken(cause_of(error)),
        };
        Self { step, cause }
    }

    /// What this failure means for the mail. Unknown means temporary.
    pub(super) fn verdict(&self, host: &str, port: u16) -> Verdict {
        use RetryKind::{Insecure, Login, OutcomeUnknown, Temporary, Unreachable};
        let Self { step, cause } = self;
        let step = *step;
        let kind = match cause {
            // RFC 4954 §6: may come in answer to AUTH or to any command that wants it first.
            Cause::Reply(530 | 534 | 535 | 538, _) if step >= Step::Auth => Login,
            Cause::Reply(500..=599, _) if step == Step::Auth => Login,
            Cause::Reply(_, _) if step < Step::Auth => Unreachable,
            // Speaks of our sender, not of this recipient: a wrong `from` must not refuse every alert for good.
            Cause::Reply(500..=599, _) if step == Step::Mail => Temporary,
            Cause::Reply(code @ 500..=599, text) if step > Step::Mail => {
                let answer = format!("{code} {text} (in reply to {})", step.name());
                return Verdict::Refused { answer, for_content: step == Step::Answer };
            }
            // A server that answers the dot with anything but a final yes or no has not said what it did.
            Cause::Reply(0..=399, _) if step == Step::Answer => OutcomeUnknown,
            Cause::Reply(_, _) => Temporary,
            Cause::Timeout(_) | Cause::Broken(_) if step == Step::Answer => OutcomeUnknown,
            // A stall over one mail says nothing of the others.
            Cause::Timeout(_) if step >= Step::Mail => Temporary,
            Cause::Timeout(_) | Cause::Broken(_) => Unreachable,
            Cause::Insecure(_) => Insecure,
            Cause::NoLogin(_) => Login,
            Cause::OnHold(error) => return Verdict::Retry { error: error.clone(), kind: Login },
            Cause::Address(error) if step == Step::Rcpt => {
                return Verdict::Refused { answer: error.clone(), for_content: false };
            }
            Cause::Address(_) => Temporary,
        };
        Verdict::Retry { error: format!("{host}:{port}: {}: {}", step.name(), describe(cause)), kind }
    }

    /// What to say of the login, where this is its refusal.
    pub(super) fn login_error(&self, host: &str, port: u16) -> Option<String> {
        match self.verdict(host, port) {
            Verdict::Retry { error, kind: RetryKind::Login } => Some(error),
            _ => None,
        }
    }

    /// Whether a kept connection turned out to be dead before the mail was offered.
    pub(super) fn found_it_dead(&self) -> bool {
        let gone = matches!(self.cause, Cause::Broken(_) | Cause::Reply(421, _));
        gone && self.step < Step::Block
    }

    /// Whether the session can go on with another mail: the server said no, and nothing else went wrong.
    pub(super) fn leaves_session_usable(&self) -> bool {
        matches!(self.cause, Cause::Reply(400..=599, _))
            && !matches!(self.cause, Cause::Reply(421, _))
            && self.step >= Step::Mail
    }
}

/// The cause in words; also a line's end in the transcript.
pub(super) fn describe(cause: &Cause) -> String {
    match cause {
        Cause::Reply(code, text) => format!("{code} {text}"),
        Cause::Timeout(limit) => format!("no answer within {} s", limit.as_secs_f32()),
        Cause::Broken(text)
        | Cause::Insecure(text)
        | Cause::NoLogin(text)
        | Cause::OnHold(text)
        | Cause::Address(text) => text.clone(),
    }
}

/// Whether TLS itself refused: a bad certificate, or a peer that does not speak TLS.
fn is_tls(error: &SmtpError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        let inside_io = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        if inside_io.is_some_and(|inner| inner.is::<rustls::Error>()) || error.is::<rustls::Error>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// The innermost cause, which says more than lettre's words around it ("network error"), and what to do where that is known.
fn cause_of(error: &SmtpError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = printable(&cause.to_string());
    match text.as_str() {
        "incomplete response" => "the server closed the connection".to_owned(),
        unknown if unknown.ends_with("UnknownIssuer") => format!("{text}; set ca_file if its authority is your own"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_means_what_its_step_makes_of_it() {
        use RetryKind::{Login, OutcomeUnknown, Temporary, Unreachable};
        let refused = None;
        for (step, code, kind) in [
            (Step::Greeting, 421, Some(Unreachable)),
            (Step::Greeting, 554, Some(Unreachable)),
            (Step::Starttls, 502, Some(Unreachable)),
            (Step::Auth, 454, Some(Temporary)),
            (Step::Auth, 535, Some(Login)),
            (Step::Auth, 504, Some(Login)),
            (Step::Mail, 530, Some(Login)),
            (Step::Mail, 451, Some(Temporary)),
            (Step::Mail, 553, Some(Temporary)),
            (Step::Rcpt, 450, Some(Temporary)),
            (Step::Rcpt, 550, refused),
            (Step::Data, 554, refused),
            (Step::Data, 250, Some(Temporary)),
            (Step::Answer, 421, Some(Temporary)),
            (Step::Answer, 552, refused),
            (Step::Answer, 354, Some(OutcomeUnknown)),
        ] {
            let verdict = Failure { step, cause: Cause::Reply(code, "x".to_owned()) }.verdict("relay", 25);
            match verdict {
                Verdict::Retry { kind: got, .. } => assert_eq!(Some(got), kind, "{step:?} {code}"),
                Verdict::Refused { for_content, .. } => {
                    assert_eq!((None, step == Step::Answer), (kind, for_content), "{step:?} {code}");
                }
                Verdict::Sent { .. } => panic!("{step:?} {code}"),
            }
        }
    }

    #[test]
    fn silence_is_unknown_only_after_the_dot() {
        use RetryKind::{OutcomeUnknown, Temporary, Unreachable};
        for (step, stalled, broken) in [
            (Step::Connect, Unreachable, Unreachable),
            (Step::Rcpt, Temporary, Unreachable),
            (Step::Block, Temporary, Unreachable),
            (Step::Answer, OutcomeUnknown, OutcomeUnknown),
        ] {
            for (cause, kind) in
                [(Cause::Timeout(Duration::from_secs(1)), stalled), (Cause::Broken("reset".to_owned()), broken)]
            {
                let verdict = Failure { step, cause }.verdict("relay", 25);
                assert!(matches!(verdict, Verdict::Retry { kind: got, .. } if got == kind), "{step:?}");
            }
        }
    }
}
