//! Logs go to stderr: with time and level for people, with `<N>` priorities (sd-daemon(3)) for the journal.

use std::fmt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Compact, Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// What is logged unless `SAHELWATCH_LOG` says otherwise: our own steps, and what libraries worry about.
const FILTER: &str = "warn,sahelwatch=info";

/// Starts logging, for the daemon.
pub(super) fn start() {
    start_with(FILTER);
}

/// Starts logging for commands that say themselves what they do: only what goes wrong.
pub(super) fn start_quietly() {
    start_with("warn");
}

fn start_with(default: &str) {
    let filter = EnvFilter::try_from_env("SAHELWATCH_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // systemd sets it when stderr is the journal.
    let started = if std::env::var_os("JOURNAL_STREAM").is_some() {
        builder
            .with_ansi(false)
            .event_format(Journal(Format::default().compact().with_target(false).with_level(false).without_time()))
            .try_init()
    } else {
        let color = super::setup::colors(&std::io::stderr());
        builder.with_ansi(color).compact().try_init()
    };
    if let Err(error) = started {
        errln!("warning: logging was started before: {error}");
    }
}

/// A line for the journal: its priority, then the event.
struct Journal(Format<Compact, ()>);

impl<S, N> FormatEvent<S, N> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        write!(writer, "<{priority}>")?;
        self.0.format_event(context, writer, event)
    }
}
