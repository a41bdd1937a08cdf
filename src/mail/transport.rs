//! The way mail leaves, whichever was configured: one `send` over three transports.

use super::smtp::Relay;
use super::{MailError, Settings, Timeouts, TransportSettings, Verdict, file, sendmail};

/// The configured way out. One is shared by all who send; sends may run at the same time, each with a connection of its own.
pub struct Transport {
    way: Way,
    timeouts: Timeouts,
}

enum Way {
    File(file::Folder),
    Sendmail(sendmail::Command),
    Smtp(Box<Relay>),
}

impl Transport {
    /// Sets the transport up. Touches no network.
    ///
    /// # Errors
    /// [`MailError::CaFile`] and [`MailError::Tls`] when TLS cannot be set up as configured.
    pub fn new(settings: &Settings) -> Result<Self, MailError> {
        Self::with_timeouts(settings, Timeouts::default())
    }

    /// As [`Transport::new`], with other timeouts.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn with_timeouts(settings: &Settings, timeouts: Timeouts) -> Result<Self, MailError> {
        let way = match &settings.transport {
            TransportSettings::File { folder } => Way::File(file::Folder::new(folder.clone())),
            TransportSettings::Sendmail { command } => Way::Sendmail(sendmail::Command::new(command.clone())),
            TransportSettings::Smtp(smtp) => Way::Smtp(Box::new(Relay::new(smtp, timeouts)?)),
        };
        Ok(Self { way, timeouts })
    }

    /// Hands over one message to one recipient. `id` names it in files.
    ///
    /// Do not drop the future before it is done: past DATA the outcome would be unknown, and the mail sent twice. It ends by
    /// itself, at the latest after the sum of its [`Timeouts`].
    pub async fn send(&self, envelope_from: &str, to: &str, id: &str, message: &[u8]) -> Verdict {
        self.send_traced(envelope_from, to, id, message).await.0
    }

    /// As [`Transport::send`], with the SMTP dialogue for people: one line per step, e.g. `RCPT TO -> 250 2.1.5 Ok`; no secrets.
    pub async fn send_traced(&self, envelope_from: &str, to: &str, id: &str, message: &[u8]) -> (Verdict, Vec<String>) {
        let mut transcript = Vec::new();
        let verdict = match &self.way {
            Way::File(folder) => folder.write(id, message).await,
            Way::Sendmail(command) => command.run(envelope_from, to, message, self.timeouts.answer).await,
            Way::Smtp(relay) => relay.send(envelope_from, to, message, &mut transcript).await,
        };
        (verdict, transcript)
    }

    /// Says goodbye on connections that have been idle for [`Timeouts::idle`]. Call it now and then, e.g. when nothing is due;
    /// `send` does not use such a connection any more.
    pub async fn close_idle(&self) {
        if let Way::Smtp(relay) = &self.way {
            relay.close_idle(self.timeouts.idle).await;
        }
    }

    /// Says goodbye on all connections not in use, for a clean stop.
    pub async fn close(&self) {
        if let Way::Smtp(relay) = &self.way {
            relay.close_idle(std::time::Duration::ZERO).await;
        }
    }
}
