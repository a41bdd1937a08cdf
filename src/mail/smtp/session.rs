//! One SMTP session, driven step by step, each with its own limit of time. Knows the dialogue, not what becomes of a failure.
//!
//! lettre's own `send` hides in which step it failed and has no limit but for connecting, so its connection is driven from here.

use std::fmt::Display;
use std::iter;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::failure::{Cause, Failure, Step, describe};
use super::stream::Unbuffered;
use super::{Envelope, Protection, Relay, Timeouts, Transcript};
use crate::mail::verdict::printable;

/// A session past greeting, TLS and login.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    timeouts: Timeouts,
}

impl Session {
    /// Connects, protects and logs in.
    pub(super) async fn open(relay: &Relay, transcript: &mut Transcript) -> Result<Self, Failure> {
        let timeouts = relay.timeouts;
        let opened = connect(relay).await;
        let mut connection =
            note(transcript, Step::Greeting, opened, |connection| connection.server_info().to_string())?;
        if let Protection::Starttls(parameters) = &relay.protection {
            let upgraded = if connection.can_starttls() {
                let upgrading = connection.starttls(parameters.clone(), &relay.hello);
                within(Step::Starttls, timeouts.command, upgrading).await
            } else {
                let text = "the server does not offer STARTTLS; nothing is sent in clear";
                Err(Failure { step: Step::Starttls, cause: Cause::Insecure(text.to_owned()) })
            };
            note(transcript, Step::Starttls, upgraded, |()| "encrypted".to_owned())?;
        }
        if let Some(login) = &relay.login {
            // lettre does not wipe this copy of the password, but it lives no longer than the login.
            let credentials = Credentials::new(login.username.clone(), login.password.expose().to_owned());
            let turn = relay.turn_to_log_in().await;
            let answer = match relay.login_on_hold() {
                Some(error) => Err(Failure { step: Step::Auth, cause: Cause::OnHold(error) }),
                None => {
                    let logging_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
                    within(Step::Auth, timeouts.command, logging_in).await
                }
            };
            let answer = answer.and_then(|answer| expect(Step::Auth, answer, 200..=299));
            match &answer {
                Ok(_) => relay.login_taken(),
                Err(failure) => {
                    failure.login_error(&relay.host, relay.port).into_iter().for_each(|e| relay.login_refused(e))
                }
            }
            drop(turn);
            note(transcript, Step::Auth, answer, said)?;
        }
        Ok(Self { connection, timeouts })
    }

    /// Offers one mail, and returns what the server said when it took it.
    pub(super) async fn transfer(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
        transcript: &mut Transcript,
    ) -> Result<String, Failure> {
        let Timeouts { command, data, .. } = self.timeouts;
        let mail = Mail::new(Some(envelope.from.clone()), Vec::new());
        let rcpt = Rcpt::new(envelope.to.clone(), Vec::new());
        self.command(Step::Mail, command, mail, transcript).await?;
        self.command(Step::Rcpt, command, rcpt, transcript).await?;
        self.command(Step::Data, data, Data, transcript).await?;
        let accepted = self.message(message).await;
        note(transcript, Step::Answer, accepted, said).map(|answer| said(&answer))
    }

    /// Makes sure that a kept session is alive and has no mail begun.
    pub(super) async fn reset(&mut self, transcript: &mut Transcript) -> Result<(), Failure> {
        self.command(Step::Reset, self.timeouts.connect, Rset, transcript).await
    }

    /// Says goodbye; whether the server still listens does not matter.
    pub(super) async fn quit(mut self, limit: Duration) {
        drop(timeout(limit, self.connection.command(Quit)).await);
    }

    async fn command(
        &mut self,
        step: Step,
        limit: Duration,
        command: impl Display,
        transcript: &mut Transcript,
    ) -> Result<(), Failure> {
        let answer = within(step, limit, self.connection.command(command)).await;
        let expected = if step == Step::Data { 300..=399 } else { 200..=299 };
        note(transcript, step, answer.and_then(|answer| expect(step, answer, expected)), said).map(drop)
    }

    /// Sends the message and the final dot. lettre does both in one call, and asks its iterator for more between the two: that
    /// is when the outcome starts to be unknown, and when the longer limit begins.
    async fn message(&mut self, message: &[u8]) -> Result<Response, Failure> {
        // lettre ends the last line itself.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        let handed_over = AtomicBool::new(false);
        let end = iter::from_fn(|| {
            handed_over.store(true, Ordering::Relaxed);
            None
        });
        let mut sending = pin!(self.connection.message_iter(iter::once(message).chain(end)));
        let (mut limit, mut answer) = (self.timeouts.block, timeout(self.timeouts.block, &mut sending).await);
        if answer.is_err() && handed_over.load(Ordering::Relaxed) {
            limit = self.timeouts.answer;
            answer = timeout(limit, &mut sending).await;
        }
        let step = if handed_over.load(Ordering::Relaxed) { Step::Answer } else { Step::Block };
        match answer {
            Ok(Ok(answer)) => expect(step, answer, 200..=299),
            Ok(Err(error)) => Err(Failure::new(step, &error)),
            Err(_) => Err(Failure { step, cause: Cause::Timeout(limit) }),
        }
    }
}

/// Connects to the first of the relay's addresses that gets as far as EHLO; else tells of the one that got furthest.
async fn connect(relay: &Relay) -> Result<AsyncSmtpConnection, Failure> {
    let limit = relay.timeouts.connect;
    let failed = |cause| Failure { step: Step::Connect, cause };
    let addresses = match timeout(limit, tokio::net::lookup_host((relay.host.as_str(), relay.port))).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(error)) => return Err(failed(Cause::Broken(printable(&error.to_string())))),
        Err(_) => return Err(failed(Cause::Timeout(limit))),
    };
    let mut furthest = failed(Cause::Broken("the name has no address".to_owned()));
    for address in addresses {
        match dial(relay, address).await {
            Ok(connection) => return Ok(connection),
            Err(failure) if failure.step >= furthest.step => furthest = failure,
            Err(_) => {}
        }
    }
    Err(furthest)
}

async fn dial(relay: &Relay, address: SocketAddr) -> Result<AsyncSmtpConnection, Failure> {
    let Timeouts { connect, command, .. } = relay.timeouts;
    let failed = |cause| Failure { step: Step::Connect, cause };
    if let Protection::Implicit(parameters) = &relay.protection {
        let parameters = Some(parameters.clone());
        let dialling = AsyncSmtpConnection::connect_tokio1(address, Some(connect), &relay.hello, parameters, None);
        return within(Step::Greeting, connect + command, dialling).await;
    }
    if matches!(relay.protection, Protection::LoopbackOnly) && !address.ip().to_canonical().is_loopback() {
        let text = format!("{} is not this machine, and nothing is sent to others in clear", address.ip());
        return Err(failed(Cause::Insecure(text)));
    }
    match timeout(connect, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // lettre writes the final dot by itself, which would wait 40 ms for the server's delayed acknowledgement.
            drop(stream.set_nodelay(true));
            let stream = Box::new(Unbuffered::new(stream));
            within(Step::Greeting, command, AsyncSmtpConnection::connect_with_transport(stream, &relay.hello)).await
        }
        Ok(Err(error)) => Err(failed(Cause::Broken(printable(&error.to_string())))),
        Err(_) => Err(failed(Cause::Timeout(connect))),
    }
}

/// Runs one step within its limit of time.
async fn within<T>(
    step: Step,
    limit: Duration,
    work: impl Future<Output = Result<T, SmtpError>>,
) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(outcome) => outcome.map_err(|error| Failure::new(step, &error)),
        Err(_) => Err(Failure { step, cause: Cause::Timeout(limit) }),
    }
}

/// lettre takes any 2xx or 3xx for a yes; a `250` to DATA or a `354` to the dot means that we no longer talk of the same thing.
fn expect(step: Step, answer: Response, codes: RangeInclusive<u16>) -> Result<Response, Failure> {
    let code = u16::from(answer.code());
    if codes.contains(&code) {
        return Ok(answer);
    }
    let text = answer.message().collect::<Vec<_>>().join(" ");
    Err(Failure { step, cause: Cause::Reply(code, printable(&text)) })
}

/// What the server said, on one line.
fn said(answer: &Response) -> String {
    let text = answer.message().collect::<Vec<_>>().join(" ");
    format!("{} {}", answer.code(), printable(&text))
}

/// Adds the outcome of a step to the transcript.
fn note<T>(
    transcript: &mut Transcript,
    step: Step,
    outcome: Result<T, Failure>,
    say: impl FnOnce(&T) -> String,
) -> Result<T, Failure> {
    transcript.push(match &outcome {
        Ok(value) => format!("{} -> {}", step.name(), say(value)),
        Err(failure) => format!("{} -> {}", failure.step.name(), describe(&failure.cause)),
    });
    outcome
}
