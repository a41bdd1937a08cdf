//! sahelwatch(1) and a page for each of its commands, from the definitions that read the command line.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::page::{DATE, MANUAL, SOURCE, prose, sample, terms};

const EXIT_STATUS: [(&str, &str); 7] = [
    ("0", "All went well; for commands that look for something: there is at least one."),
    ("1", "It ran well, and the answer is no: nothing found, a test failed, something needs a person."),
    ("2", "The arguments make no sense, or a failure of no other kind."),
    ("69", "A service cannot be reached: the daemon, the mail server, an address."),
    ("74", "The store or another file cannot be read or written."),
    ("75", "Another process holds the store; try later."),
    ("78", "The configuration is wrong. systemd does not start the service again after it."),
];

const FILES: [(&str, &str); 6] = [
    ("/etc/sahelwatch/sahelwatch.toml", "The configuration: see `sahelwatch.toml`(5)."),
    ("/etc/sahelwatch/conf.d/*.toml", "Further files of it: sources, watches, people."),
    ("~/.config/sahelwatch/sahelwatch.toml", "The configuration of a person, where the system has none."),
    ("/etc/sahelwatch/credentials/", "Secrets that systemd hands to the service; for root alone."),
    ("/var/lib/sahelwatch/", "The store: what was seen and sent. For the account of the service alone."),
    ("/var/lib/sahelwatch/control.sock", "The socket by which commands talk to a running daemon."),
];

const ENVIRONMENT: [(&str, &str); 5] = [
    ("SAHELWATCH_CONFIG", "The configuration file, where `--config` does not name one."),
    ("SAHELWATCH_LOG", "What is logged: `warn,sahelwatch=info` unless it says otherwise, such as `sahelwatch=debug`."),
    ("STATE_DIRECTORY", "Where the store is, if the configuration does not say; systemd sets it."),
    ("CREDENTIALS_DIRECTORY", "Where secrets named as `…_credential` are; systemd sets it."),
    ("NO_COLOR", "Print without colours."),
];

/// Every page, as a file name and its text.
pub(super) fn pages(mut command: Command) -> impl Iterator<Item = (String, String)> {
    command.build();
    let mut commands = Vec::new();
    gather(&command, &mut commands);
    commands.into_iter().enumerate().map(|(number, command)| {
        let name = format!("{}.1", name_of(&command));
        (name, page(&command, number == 0))
    })
}

fn gather(command: &Command, into: &mut Vec<Command>) {
    into.push(command.clone());
    command.get_subcommands().filter(|inner| !inner.is_hide_set()).for_each(|inner| gather(inner, into));
}

fn name_of(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command, is_whole: bool) -> String {
    let man = Man::new(command.clone()).date(DATE).source(SOURCE).manual(MANUAL);
    let mut text = Vec::new();
    let mut write = |render: fn(&Man, &mut dyn std::io::Write) -> std::io::Result<()>| {
        render(&man, &mut text).unwrap_or_else(|_| unreachable!("memory can be written to"));
    };
    write(|man, to| man.render_title(to));
    write(|man, to| man.render_name_section(to));
    write(|man, to| man.render_synopsis_section(to));
    write(|man, to| man.render_description_section(to));
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        write(|man, to| man.render_options_section(to));
    }
    if command.has_subcommands() {
        write(|man, to| man.render_subcommands_section(to));
    }
    text.extend(foot(command, is_whole).to_roff().into_bytes());
    String::from_utf8_lossy(&text).into_owned()
}

/// What the definitions of the command line do not say.
fn foot(command: &Command, is_whole: bool) -> Roff {
    let mut page = Roff::new();
    if let Some(examples) = command.get_after_help().map(ToString::to_string) {
        page.control("SH", ["EXAMPLES"]);
        sample(&mut page, examples.trim_start_matches("Examples:\n"));
    }
    if is_whole {
        page.control("SH", ["EXIT STATUS"]);
        terms(&mut page, EXIT_STATUS);
        page.control("SH", ["ENVIRONMENT"]);
        terms(&mut page, ENVIRONMENT);
        page.control("SH", ["FILES"]);
        terms(&mut page, FILES);
    }
    page.control("SH", ["SEE ALSO"]);
    page.text(prose(if is_whole { "`sahelwatch.toml`(5)" } else { "`sahelwatch`(1), `sahelwatch.toml`(5)" }));
    if is_whole {
        page.control("PP", []);
        page.text([roman("The documentation in /usr/share/doc/sahelwatch.")]);
    }
    page
}
