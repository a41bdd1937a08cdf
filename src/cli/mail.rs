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
use crate::text::display::{line, terminal};

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
        let sending = transport.send_traced(&config.mail.from.address, &to.address, &id, &message);
        let (verdict, dialogue) = runtime.block_on(sending);
        Ok((verdict, dialogue, message))
    });
    match sent {
        Ok((Verdict::Sent { answer }, dialogue, message)) => {
            outln!("sent to {}: {}", to.address, terminal(&answer));
            arrived(config, &dialogue, &message);
            if let TransportSettings::File { folder } = &config.mail.transport {
                outln!(
                    "the transport is `file`: look into {}; for real mail set `[mail] transport = \"smtp\"`",
                    folder.display()
                );
            }
            exit::OK
        }
        Ok((Verdict::Retry { error: answer, .. } | Verdict::Refused { answer, .. }, dialogue, _)) => {
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

/// What the other side saw of the mail, and what to look for where it arrived. Whether a sender is genuine is judged by the
/// receiving server alone (SPF, RFC 7208; DKIM, RFC 6376; DMARC, RFC 7489), and it writes its verdict into the mail (RFC 8601).
fn arrived(config: &Config, dialogue: &[String], message: &[u8]) {
    if !dialogue.is_empty() {
        outln!("\nwhat the mail server saw:");
        dialogue.iter().for_each(|line| outln!("  {}", terminal(line)));
    }
    outln!("\nwhat the receiver sees (envelope sender {}):", terminal(&config.mail.from.address));
    let head = String::from_utf8_lossy(message);
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().for_each(|line| outln!("  {}", terminal_line(line)));
    let domain = config.mail.from.address.rsplit('@').next().unwrap_or_default();
    outln!(
        "\nlook at the source of the mail where it arrived: its Authentication-Results should say spf=pass, dkim=pass and \
         dmarc=pass for {}; without them alerts may be taken for junk, and others could send them in your name",
        terminal(domain)
    );
}

/// A line of a message's head; one that goes on the line before stays indented.
fn terminal_line(line: &str) -> String {
    let indent = if line.starts_with([' ', '\t']) { "  " } else { "" };
    format!("{indent}{}", terminal(line))
}

fn draft(config: &Config, to: Mailbox, date: Timestamp, message_id: String) -> Draft {
    let keyword = config.readers.get(&to.address.to_ascii_lowercase()).and_then(|reader| reader.keyword.as_ref());
    let keyword = keyword.map(|word| format!("Your key word: {}.\n\n", line(word.expose()))).unwrap_or_default();
    let text = format!(
        "This is a test mail of sahelwatch {}.\n\nIf you can read it, alerts can reach {}.\nIf it lies in a junk folder, so will they: ask your mail administrator.\n\n{keyword}السلام عليكم · à bientôt\n",
        env!("CARGO_PKG_VERSION"),
        to.address
    );
    let html: String = text.split("\n\n").map(|paragraph| format!("<p>{}</p>\n", escaped(paragraph.trim()))).collect();
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

/// Text as it stands in HTML: the address and the key word are whatever somebody typed.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
