//! Every command that the documents show is run, in their order, by the real program beside a real daemon: a block fenced as `console`
//! holds them, each behind `$ `. Words in capitals stand for what the bed has, and the folders of the packages for its own.
//! Where a document starts or stops the service, the daemon is started or stopped.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bed::{Bed, Daemon, attack, everyday, program};

/// Documents with commands. `deploy/README.md` is followed under a real systemd (`tests/nspawn`).
const DOCUMENTS: &[(&str, &str)] = &[
    ("deliver-mail.md", include_str!("../docs/deliver-mail.md")),
    ("got-nothing.md", include_str!("../docs/got-nothing.md")),
    ("monitoring.md", include_str!("../docs/monitoring.md")),
    ("privacy.md", include_str!("../docs/privacy.md")),
    ("recover.md", include_str!("../docs/recover.md")),
    ("store.md", include_str!("../docs/store.md")),
];

/// The commands of a document, in order.
fn commands(document: &str) -> impl Iterator<Item = &str> {
    let blocks = document.split("```console\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.flat_map(|(block, _)| block.lines()).filter_map(|line| line.trim_start().strip_prefix("$ "))
}

/// What the readers of a document have before them: a daemon that watched a source for a while and told of an attack in it.
struct Desk {
    bed: Bed,
    daemon: Option<Daemon>,
    story: String,
    /// Where its health is served.
    health: String,
}

impl Desk {
    fn new() -> Self {
        // Free now, and hardly taken by another until the daemon opens it.
        let health = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let bed = Bed::new().with(&format!("[metrics]\nlisten = \"{health}\""));
        bed.serve(&[everyday(1)]);
        bed.once();
        bed.serve(&[everyday(1), attack(0)]);
        bed.once();
        assert_eq!(bed.subjects().len(), 1, "one alert is told before anybody reads on");
        let stories: serde_json::Value = serde_json::from_str(&bed.run(&["stories", "--json"]).stdout).unwrap();
        let story = stories["stories"][0]["id"].as_str().unwrap_or_else(|| panic!("no story in {stories}")).to_owned();
        let daemon = Some(bed.daemon());
        Self { bed, daemon, story, health }
    }

    /// Runs one command; why it is not as the document says, if so.
    fn run(&mut self, command: &str) -> Option<String> {
        // Everything here belongs to whoever runs the test.
        let command = command.strip_prefix("sudo ").unwrap_or(command);
        let command = command.strip_prefix("-u sahelwatch ").unwrap_or(command);
        match command.strip_prefix("systemctl ") {
            Some("stop sahelwatch") => return self.stop(),
            Some("start sahelwatch") => {
                self.daemon = Some(self.bed.daemon());
                return None;
            }
            Some(other) => panic!("`systemctl {other}` is not known here"),
            None => {}
        }
        let (command, code) = expected(command);
        let command = command
            .replace("STORY", &self.story)
            .replace("127.0.0.1:8629", &self.health)
            .replace("/var/lib/sahelwatch", self.bed.state().to_str().unwrap())
            .replace("/etc/sahelwatch", self.bed.folder().to_str().unwrap());
        let binary = program();
        let folder = Path::new(binary.get_program()).parent().unwrap().to_owned();
        let path = std::env::join_paths([folder, "/usr/bin".into(), "/bin".into()]).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-ec", &command]).current_dir(self.bed.folder()).stdin(Stdio::null());
        shell.env("PATH", path).env("SAHELWATCH_CONFIG", self.bed.config()).env("NO_COLOR", "1");
        let ended = shell.output().unwrap();
        (ended.status.code() != Some(code)).then(|| {
            let said = [ended.stdout, ended.stderr].concat();
            format!("`{command}` ended with {:?}, not {code}: {}", ended.status, String::from_utf8_lossy(&said))
        })
    }

    fn stop(&mut self) -> Option<String> {
        let code = self.daemon.take().expect("a document stops the service only while it runs").stop();
        (code != Some(0)).then(|| format!("the daemon ended with {code:?}"))
    }
}

/// A command and the code it must end with: `# ends with 1` behind it says another than 0.
fn expected(command: &str) -> (&str, i32) {
    let Some((command, comment)) = command.split_once("  #") else { return (command, 0) };
    let code = comment.trim().strip_prefix("ends with ").and_then(|code| code.parse().ok()).unwrap_or(0);
    (command.trim_end(), code)
}

/// Seen failing with an option that does not exist in one of them.
#[test]
fn every_command_of_the_documents_does_what_they_say() {
    let mut wrong = Vec::new();
    for (name, document) in DOCUMENTS {
        let mut desk = Desk::new();
        let mut any = false;
        for command in commands(document) {
            any = true;
            wrong.extend(desk.run(command).map(|why| format!("{name}: {why}")));
        }
        assert!(any, "{name} shows no command");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A link between documents that leads nowhere helps nobody in the night in which it is needed.
#[test]
fn links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.chain([root.join("README.md"), root.join("deploy/README.md")]);
    let mut broken = Vec::new();
    for page in pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !target.contains("://") && !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
