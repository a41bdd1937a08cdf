//! `mail test`: one mail through the configured transport, with the dialogue when it fails. `mail queue`: what waits. Previews
//! are in `preview`.

use std::path::Path;

use jiff::Timestamp;

use super::{exit, preview, run, setup, show};
use crate::config::{Config, mailbox};
use crate::daemon::control::Question;
use crate::daemon::report;
use crate::mail::{Draft, Transport, TransportSettings, Verdict, assemble};
use crate::model::Mailbox;
use crate::text::display::terminal;

/// What `mail` can do.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Send a test mail now, and show what the server said
    Test {
        /// Where to
        address: String,
    },
    /// Show a mail as it would be sent now, without sending it
    Preview(preview::Arguments),
    /// List what waits to be sent
    Queue {
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    let config = match command {
        Command::Test { .. } => setup::configuration(path),
        Command::Preview(_) | Command::Queue { .. } => setup::configuration_without_secrets(path),
    };
    match (config, command) {
        (Ok(config), Command::Test { address }) => test(&config, address),
        (Ok(config), Command::Queue { json }) => queue(&config, *json),
        (Ok(config), Command::Preview(options)) => preview::run(&config, options).unwrap_or_else(|code| code),
        (Err(code), _) => code,
    }
}

fn test(config: &Config, address: &str) -> u8 {
    let to = match mailbox::parse(address) {
        Ok(to) => to,
        Err(error) => {
            errln!("error: `{}`: {error}", terminal(address));
            return exit::USAGE;
        }
    };
    let sent = run::runtime().map_err(|error| error.to_string()).and_then(|runtime| {
        let now = Timestamp::now();
        let message_id = format!("test-{}@{}", now.as_microsecond(), config.mail.list_id);
        let message =
            assemble(&draft(config, to.clone(), now, message_id.clone())).map_err(|error| error.to_string())?;
        let transport = Transport::new(&config.mail).map_err(|error| error.to_string())?;
        let id = message_id.split('@').next().unwrap_or("test").to_owned();
        Ok(runtime.block_on(transport.send_traced(&config.mail.from.address, &to.address, &id, &message)))
    });
    match sent {
        Ok((Verdict::Sent { answer }, _)) => {
            outln!("sent to {}: {}", to.address, terminal(&answer));
            if let TransportSettings::File { folder } = &config.mail.transport {
                outln!(
                    "the transport is `file`: look into {}; for real mail set `[mail] transport = \"smtp\"`",
                    folder.display()
                );
            }
            exit::OK
        }
        Ok((Verdict::Retry { error: answer, .. } | Verdict::Refused { answer }, dialogue)) => {
            errln!("error: not sent to {}: {}", to.address, terminal(&answer));
            dialogue.iter().for_each(|line| errln!("  {}", terminal(line)));
            exit::UNAVAILABLE
        }
        Err(error) => {
            errln!("error: {error}");
            exit::CONFIG
        }
    }
}

fn draft(config: &Config, to: Mailbox, date: Timestamp, message_id: String) -> Draft {
    let text = format!(
        "This is a test mail of sahelwatch {}.\n\nIf you can read it, alerts can reach {}.\nIf it lies in a junk folder, so will they: ask your mail administrator.\n\nالسلام عليكم · à bientôt\n",
        env!("CARGO_PKG_VERSION"),
        to.address
    );
    let html: String = text.split("\n\n").map(|paragraph| format!("<p>{}</p>\n", paragraph.trim())).collect();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Draft {
        from: config.mail.from.clone(),
        to,
        reply_to: config.mail.reply_to.clone(),
        subject: "Test mail of sahelwatch".to_owned(),
        date,
        message_id,
        headers: vec![header("Auto-Submitted", "auto-generated"), header("X-Sahelwatch-Reason", "test")],
        text,
        html: Some(format!("<!doctype html><html lang=\"en\"><title>Test mail</title><body>{html}</body></html>")),
    }
}

fn queue(config: &Config, json: bool) -> u8 {
    let lines = match setup::ask(config, Question::Queue, report::queue) {
        Ok(lines) => lines,
        Err(code) => return code,
    };
    if json {
        return show::json(&serde_json::json!({ "schema": report::SCHEMA, "queue": lines }));
    }
    if lines.is_empty() {
        outln!("nothing waits to be sent");
        return exit::OK;
    }
    let now = Timestamp::now();
    let mut table = show::table(&["to", "subject", "queued", "attempts", "next", "last error"]);
    for line in &lines {
        let error = line.last_error.as_deref().map(terminal).unwrap_or_default();
        let (queued, next) =
            (show::moment(now, Some(line.queued)), show::moment(now, Some(line.next_attempt.max(now))));
        table.add_row([line.to.clone(), terminal(&line.subject), queued, line.attempts.to_string(), next, error]);
    }
    outln!("{table}");
    exit::OK
}
