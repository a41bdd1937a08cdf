//! sahelwatch.toml(5): every table and key, from the schema that reads them.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::page::{head, prose, sample, terms};
use crate::config::{self, Entry, KeyDefault, Section};

const EXAMPLE: &str = "\
version = 1
timezone = \"Africa/Bamako\"
group.security-desk = [\"amina@example.org\"]

[http]
contact = \"ops@example.org\"

[mail]
from = \"Sahelwatch <alerts@example.org>\"
ops_to = [\"ops@example.org\"]
transport = \"file\"

[[source]]
id = \"example-feed\"
kind = \"feed\"
url = \"https://example.org/rss\"

[[watch]]
id = \"attacks\"
any = [\"attaque*\", \"@ambush\"]
to = [\"@security-desk\"]";

const DESCRIPTION: [&str; 4] = [
    "The configuration of `sahelwatch`(1) is a TOML file, by default `/etc/sahelwatch/sahelwatch.toml`, and the files it includes, by \
     default those of the folder `conf.d` beside it. `sahelwatch check` reads them and lists everything that is wrong; a daemon that \
     runs reads them again at `sahelwatch reload`, and keeps what it has when they are bad.",
    "A key that is not known is an error. Times are texts with a unit: `30s`, `15m`, `1h30m`, `3d`. So are sizes (`8MB`, `64KiB`) and \
     rates (`12/h`: so many per s, min, h or d). Paths are relative to the file they stand in.",
    "Files and folders must not be writable for everyone, and belong to root or to the user this runs as.",
    "Secrets never stand in these files. A key that ends in `_file` names a file of its own, and one that ends in `_credential` a \
     credential of systemd.",
];

const SEE_ALSO: &str = "`sahelwatch`(1), `sahelwatch-check`(1), `sahelwatch-init`(1), `systemd.exec`(5)";

pub(super) fn page() -> String {
    let mut page = head("sahelwatch.toml", "5", "configuration of sahelwatch");
    page.control("SH", ["DESCRIPTION"]);
    for (number, paragraph) in DESCRIPTION.into_iter().enumerate() {
        if number > 0 {
            page.control("PP", []);
        }
        page.text(prose(paragraph));
    }
    page.control("SH", ["EXAMPLE"]);
    sample(&mut page, EXAMPLE);
    page.control("SH", ["TABLES AND KEYS"]);
    for part in config::reference() {
        section(&mut page, &part);
    }
    page.control("SH", ["FILES"]);
    terms(
        &mut page,
        [
            ("/etc/sahelwatch/sahelwatch.toml", "The main file. `sahelwatch init` writes one with comments."),
            ("/etc/sahelwatch/conf.d/90-local.toml", "Written by `sahelwatch source add` and its like."),
            ("/etc/sahelwatch/credentials/", "Secrets that systemd hands to the service; for root alone."),
        ],
    );
    page.control("SH", ["SEE ALSO"]);
    page.text(prose(SEE_ALSO));
    page.to_roff()
}

fn section(page: &mut Roff, part: &Section) {
    page.control("SS", [part.heading]);
    page.text(prose(part.about));
    for key in &part.keys {
        page.control("TP", []);
        page.text(term(key));
        page.text(prose(key.meaning));
        if let Some(default) = key.default {
            page.control("br", []);
            page.text(match default {
                KeyDefault::Typed(typed) => vec![roman("Default: "), bold(typed)],
                KeyDefault::Words(words) => prose(&format!("Default: {words}.")),
            });
        }
    }
}

/// The key, what it takes and whether it must be there.
fn term(key: &Entry) -> Vec<Inline> {
    let takes = key.takes.trim_start_matches("a ");
    let name = key.name.map_or_else(|| italic("NAME"), bold);
    let required = if key.required { ", required" } else { "" };
    vec![name, roman(format!("  ({takes}{required})"))]
}

#[cfg(test)]
mod tests {
    use crate::config::{Environment, load};

    /// Who copies it has a configuration that works.
    #[test]
    fn the_example_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("sahelwatch.toml");
        std::fs::write(&main, super::EXAMPLE).unwrap();
        let loaded = load(&main, &Environment::default());
        let problems: Vec<String> = loaded.report.problems.iter().map(|problem| problem.message.clone()).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }
}
