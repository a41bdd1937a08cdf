//! What became of one attempt to hand a mail over. Knows nothing of how it was handed over.

/// What became of one attempt. Whatever is not known to be final is worth another one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Accepted: from here on the mail system answers for it.
    Sent {
        /// What the server said, e.g. `250 2.0.0 Ok: queued as 4F3…`.
        answer: String,
    },
    /// Not accepted, or not known to be; try again later.
    Retry {
        /// What happened, for people.
        error: String,
        /// What an operator, or the schedule, would do about it.
        kind: RetryKind,
    },
    /// Refused for good: this recipient or this message.
    Refused {
        /// What the server said, and in reply to what.
        answer: String,
        /// Whether it was refused for what it is, so that another form of it may be taken: the recipient had been accepted.
        for_content: bool,
    },
}

/// Why a mail must be tried again; one variant per thing one would do differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryKind {
    /// No session, or it broke before the mail was handed over: nothing was accepted.
    Unreachable,
    /// The server wants another login than the configured one: nothing is sent until an operator sees to it.
    Login,
    /// The server said "not now" (4xx).
    Temporary,
    /// The final dot was sent and no answer read: the mail may have been accepted. The next attempt may be a repeat.
    OutcomeUnknown,
    /// The connection cannot be protected as configured: nothing is sent until an operator sees to it.
    Insecure,
}

/// Longest text kept of what a server or program said, in characters.
const MAX_ANSWER: usize = 500;

/// Makes foreign text fit for logs, the terminal and the ledger: no control characters, one line, not endless.
pub(super) fn printable(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_ANSWER).collect()
}
