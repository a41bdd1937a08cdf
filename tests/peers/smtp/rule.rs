//! What the scripted SMTP server is told to do, and on which occasions.

/// Where a rule applies. `Dot`: the message has arrived and nothing was decided. `Accepted`: it was recorded and is about to be
/// answered. `Answered`: 250 was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Greeting,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
    Accepted,
    Answered,
}

/// What to do.
pub(super) enum Action {
    Reply { text: String, dribble: bool },
    Close,
    Reset,
    Stall,
    Run(Box<dyn FnMut() + Send>),
}

/// What to do, and when.
pub(super) struct Rule {
    step: Step,
    /// Only for this recipient.
    pub(super) to: Option<String>,
    /// Occasions to let pass first.
    pub(super) skip: usize,
    /// Occasions left to act on.
    pub(super) left: usize,
    pub(super) action: Action,
}

impl Rule {
    /// Acts on every occasion.
    pub(super) fn new(step: Step, action: Action) -> Self {
        Self { step, to: None, skip: 0, left: usize::MAX, action }
    }

    /// Whether the rule acts on this occasion; counts it.
    pub(super) fn applies(&mut self, step: Step, to: &str) -> bool {
        if self.step != step || self.left == 0 || self.to.as_deref().is_some_and(|wanted| wanted != to) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.left -= 1;
        true
    }
}
