//! An SMTP relay: sessions, their reuse, and when not to try. What is said in a session is `session`'s business; what an error
//! means is `failure`'s.

mod failure;
mod session;
mod stream;

use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::Instant;

use self::failure::{Cause, Failure, Step};
use self::session::Session;
use super::{Login, MailError, RetryKind, SmtpSettings, Tls, Verdict, address};

/// How long each phase of a session may take (RFC 5321 §4.5.3.2), and how long to leave a server alone.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To connect to one address. Also for the first word to a connection that has been idle. 30 s.
    pub connect: Duration,
    /// For the answer to every command but those below; greeting and EHLO together. 300 s.
    pub command: Duration,
    /// For the answer to DATA. 120 s.
    pub data: Duration,
    /// To hand over the message, up to the final dot. 180 s.
    pub block: Duration,
    /// For the answer to the final dot. Giving up early makes duplicates (RFC 1047). 600 s.
    pub answer: Duration,
    /// How long a connection is kept for the next mail. 60 s.
    pub idle: Duration,
    /// How long no login is tried after one was refused, lest the account be locked. 300 s.
    pub login_pause: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(30),
            command: seconds(300),
            data: seconds(120),
            block: seconds(180),
            answer: seconds(600),
            idle: seconds(60),
            login_pause: seconds(300),
        }
    }
}

/// Most connections kept for the next mail.
const MAX_IDLE: usize = 4;

/// How long a login that was taken is taken for good.
const TRUSTED: Duration = Duration::from_secs(60);

/// Longest wait for the answer to QUIT, which changes nothing any more.
const FAREWELL: Duration = Duration::from_secs(5);

/// The lines of a dialogue, for people.
type Transcript = Vec<String>;

/// Who writes to whom, checked.
struct Envelope {
    from: lettre::Address,
    to: lettre::Address,
}

/// A relay and the connections to it.
pub(super) struct Relay {
    host: String,
    port: u16,
    protection: Protection,
    login: Option<Login>,
    hello: ClientId,
    timeouts: Timeouts,
    idle: Mutex<Vec<Idle>>,
    refused_login: Mutex<Option<RefusedLogin>>,
    /// When a login was last taken.
    taken_login: Mutex<Option<Instant>>,
    /// Held by whoever tries a login that may be refused.
    turn: tokio::sync::Mutex<()>,
}

/// How a connection is protected, with what it takes to do so.
enum Protection {
    Starttls(TlsParameters),
    Implicit(TlsParameters),
    LoopbackOnly,
}

/// A session between two mails.
struct Idle {
    session: Session,
    since: Instant,
}

/// A login the server did not take.
struct RefusedLogin {
    at: Instant,
    error: String,
}

impl Relay {
    pub(super) fn new(settings: &SmtpSettings, timeouts: Timeouts) -> Result<Self, MailError> {
        let protection = match settings.tls {
            Tls::Starttls => Protection::Starttls(tls_parameters(settings)?),
            Tls::Implicit => Protection::Implicit(tls_parameters(settings)?),
            Tls::None => Protection::LoopbackOnly,
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            protection,
            login: settings.login.clone(),
            hello: hello(),
            timeouts,
            idle: Mutex::default(),
            refused_login: Mutex::default(),
            taken_login: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    pub(super) async fn send(&self, from: &str, to: &str, message: &[u8], transcript: &mut Transcript) -> Verdict {
        if let Some(error) = self.login_on_hold() {
            return Verdict::Retry { error, kind: RetryKind::Login };
        }
        let outcome = match envelope(from, to) {
            Ok(envelope) => self.deliver(&envelope, message, transcript).await,
            Err(failure) => Err(failure),
        };
        let verdict = match outcome {
            Ok(answer) => Verdict::Sent { answer },
            Err(failure) => failure.verdict(&self.host, self.port),
        };
        if let Verdict::Retry { error, kind: RetryKind::Login } = &verdict {
            self.login_refused(error.clone());
        }
        verdict
    }

    /// Over a kept connection if there is one. When that turns out to be dead the mail was not offered yet, and goes over a
    /// fresh one at once: a connection closed by the server is no failed attempt.
    async fn deliver(
        &self,
        envelope: &Envelope,
        message: &[u8],
        transcript: &mut Transcript,
    ) -> Result<String, Failure> {
        while let Some(mut session) = self.take_idle() {
            if session.reset(transcript).await.is_err() {
                continue;
            }
            match session.transfer(envelope, message, transcript).await {
                Err(failure) if failure.found_it_dead() => {}
                outcome => return self.settle(session, outcome),
            }
        }
        let mut session = Session::open(self, transcript).await?;
        let outcome = session.transfer(envelope, message, transcript).await;
        self.settle(session, outcome)
    }

    /// Keeps the session for the next mail where that is possible.
    fn settle(&self, session: Session, outcome: Result<String, Failure>) -> Result<String, Failure> {
        let usable = outcome.as_ref().map_or_else(Failure::leaves_session_usable, |_| true);
        let mut idle = lock(&self.idle);
        if usable && idle.len() < MAX_IDLE {
            idle.push(Idle { session, since: Instant::now() });
        }
        outcome
    }

    /// The connection used last, unless it has been idle for too long.
    fn take_idle(&self) -> Option<Session> {
        let mut idle = lock(&self.idle);
        idle.retain(|kept| kept.since.elapsed() < self.timeouts.idle);
        idle.pop().map(|kept| kept.session)
    }

    /// Says goodbye on all connections idle for at least `age`.
    pub(super) async fn close_idle(&self, age: Duration) {
        let leaving: Vec<Idle> = lock(&self.idle).extract_if(.., |kept| kept.since.elapsed() >= age).collect();
        for kept in leaving {
            kept.session.quit(FAREWELL).await;
        }
    }

    /// Waits while somebody else tries the login, where it may be refused: eight mails at once that knock with a wrong password
    /// are eight failures, and lock the account. Not for long, lest one login that gets no answer hold up all mail.
    async fn turn_to_log_in(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if lock(&self.taken_login).is_some_and(|at| at.elapsed() < TRUSTED) {
            return None;
        }
        tokio::time::timeout(self.timeouts.connect, self.turn.lock()).await.ok()
    }

    fn login_taken(&self) {
        *lock(&self.taken_login) = Some(Instant::now());
    }

    /// Keeps the first refusal for as long as it counts.
    fn login_refused(&self, error: String) {
        *lock(&self.taken_login) = None;
        lock(&self.refused_login).get_or_insert(RefusedLogin { at: Instant::now(), error });
    }

    /// The refusal, while it is too fresh to try the same login again.
    fn login_on_hold(&self) -> Option<String> {
        let mut refused = lock(&self.refused_login);
        refused.take_if(|refused| refused.at.elapsed() >= self.timeouts.login_pause);
        refused.as_ref().map(|refused| refused.error.clone())
    }
}

/// The name given with EHLO. A bare host name is worse than none: servers that want a full one (RFC 5321 §4.1.4) refuse every
/// mail for it, and take an address literal.
fn hello() -> ClientId {
    match ClientId::default() {
        ClientId::Domain(name) if !name.contains('.') => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
        name => name,
    }
}

fn envelope(from: &str, to: &str) -> Result<Envelope, Failure> {
    let parse =
        |step, given| address::parse(given).map_err(|error| Failure { step, cause: Cause::Address(error.to_string()) });
    Ok(Envelope { from: parse(Step::Mail, from)?, to: parse(Step::Rcpt, to)? })
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let unusable = |source| MailError::CaFile { path: path.clone(), source };
        let pem = std::fs::read(path).map_err(unusable)?;
        if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
            return Err(unusable(std::io::Error::other("holds no PEM certificate")));
        }
        let authorities = Certificate::from_pem(&pem).map_err(|error| unusable(std::io::Error::other(error)))?;
        parameters = parameters.add_root_certificate(authorities);
    }
    parameters.build().map_err(MailError::Tls)
}

/// What these locks guard is whole between any two statements, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
