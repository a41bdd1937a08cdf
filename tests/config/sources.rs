//! `source` and `import`, as a person at a terminal sees them: what is written, what is refused and stays as it was.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use super::{Bed, HEAD, set_mode};
use crate::bed::program;

const LOCAL: &str = "conf.d/90-local.toml";

struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

impl Bed {
    /// A bed of its own state folder, on which no daemon runs.
    fn of_sources() -> Self {
        let bed = Self::with("");
        let state = bed.path("state");
        bed.file("conf.d/10-storage.toml", &format!("storage = {{ path = \"{}\" }}\n", state.display()));
        bed
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = program();
        command.arg("--config").arg(self.path("sahelwatch.toml")).args(arguments).stdin(Stdio::null());
        said(&command.output().unwrap())
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// Refused, with the file as it was.
    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32, why: &str) {
        let before = self.local();
        let said = self.run(arguments);
        assert_eq!(said.code, Some(code), "{}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains(why), "no `{why}` in {}", said.stderr);
        assert_eq!(self.local(), before);
        let left: Vec<_> = fs::read_dir(self.path("conf.d")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
    }

    fn local(&self) -> Option<String> {
        fs::read_to_string(self.path(LOCAL)).ok()
    }
}

#[test]
fn a_source_is_added_switched_and_removed() {
    let bed = Bed::of_sources();
    let add = ["source", "add", "https://www.studiotamani.example/feed/", "--lang", "fr", "--tag", "ML"];
    let shown = bed.ok(&[&add[..], &["--dry-run"]].concat());
    assert!(shown.contains("+[[source]]\n+id = \"studiotamani\"\n+kind = \"feed\"\n"), "{shown}");
    assert_eq!(bed.local(), None, "a dry run writes nothing");

    let told = bed.ok(&add);
    assert!(told.contains("+1 source: studiotamani") && told.contains("no daemon runs here"), "{told}");
    let added = bed.local().unwrap();
    assert!(added.starts_with("# Sources added by") && added.ends_with("lang = \"fr\"\ntags = [\"ML\"]\n"), "{added}");
    assert_eq!(fs::metadata(bed.path(LOCAL)).unwrap().permissions().mode() & 0o777, 0o640);
    bed.refused(&add, 1, "`studiotamani` polls this address already");

    set_mode(&bed.path(LOCAL), 0o600);
    assert!(bed.ok(&["source", "disable", "studiotamani"]).contains("-1 source: studiotamani"));
    assert!(bed.local().unwrap().ends_with("tags = [\"ML\"]\nenabled = false\n"));
    assert!(bed.ok(&["source", "disable", "studiotamani"]).contains("nothing to change"));
    bed.ok(&["source", "enable", "studiotamani"]);
    assert_eq!(bed.local().as_deref(), Some(added.as_str()));
    bed.ok(&["source", "rm", "studiotamani"]);
    assert!(!bed.local().unwrap().contains("[[source]]"));
    assert_eq!(fs::metadata(bed.path(LOCAL)).unwrap().permissions().mode() & 0o777, 0o600, "its mode stays");
    bed.refused(&["source", "rm", "studiotamani"], 1, "no source `studiotamani` is configured");
}

#[test]
fn a_source_of_another_file_is_left_to_its_author() {
    let bed = Bed::of_sources();
    bed.file("conf.d/20.toml", "# Ours.\n[[source]]\nid = \"rfi\"\nkind = \"feed\"\nurl = \"https://rfi.example/\"\n");
    bed.refused(&["source", "rm", "rfi"], 1, "conf.d/20.toml, line 2, a file that is yours alone to edit: remove its");
    bed.refused(&["source", "disable", "rfi"], 1, "add a line `enabled = false` after line 5");
    bed.refused(&["source", "disable", "rfo"], 1, "did you mean `rfi`?");
    bed.refused(&["source", "add", "https://x.example/", "--id", "rfi"], 1, "`rfi` is taken");
}

#[test]
fn an_edit_that_would_spoil_the_configuration_is_not_made() {
    let bed = Bed::of_sources();
    for (options, why) in [
        (&["ftp://x.example/"] as &[&str], "scheme `ftp`"),
        (&["https://x.example/", "--lang", "french"], "not a language tag"),
        (&["https://x.example/", "--id", "X Y"], "is not an id"),
        (&["https://x.example/", "--interval", "5"], "interval"),
        (&["https://x.example/", "--select", "item=li[", "--select", "title=a"], "not a selector"),
    ] {
        bed.refused(&[&["source", "add"], options].concat(), 78, why);
    }
    bed.refused(&["source", "add", "x.example"], 2, "write all of it, with https://");

    bed.file("sahelwatch.toml", &HEAD.replace("version = 1\n", "version = 1\ninclude = [\"conf.d/[1-5]*.toml\"]\n"));
    bed.refused(&["source", "add", "https://x.example/"], 78, "add \"conf.d/90-local.toml\" to its `include`");
    bed.file("sahelwatch.toml", &format!("{HEAD}timezon = \"UTC\"\n"));
    bed.refused(&["source", "add", "https://x.example/"], 78, "unknown key `timezon`");
}

#[test]
fn lists_of_other_programs_are_taken_over() {
    let bed = Bed::of_sources();
    let opml = bed.file(
        "feeds.opml",
        "<opml version=\"2.0\"><body><outline text=\"Mali\">\
         <outline text=\"Écho & Cie\" xmlUrl=\"https://echo.example/\"/><outline text=\"A\" xmlUrl=\"https://example.org/a\"/></outline></body></opml>",
    );
    let opml = opml.to_str().unwrap();
    let shown = bed.run(&["import", "opml", opml, "--dry-run"]);
    assert!(shown.code == Some(0) && shown.stdout.contains("+name = \"Écho & Cie\""), "{}", shown.stdout);
    assert!(shown.stderr.contains("left out: A: `a` polls it already\n1 source would be taken over, 1 left out\n"));
    bed.ok(&["import", "opml", opml]);
    assert!(bed.local().unwrap().ends_with("url = \"https://echo.example/\"\ntags = [\"Mali\"]\n"));
    bed.refused(&["import", "opml", opml], 1, "0 sources taken over, 2 left out");

    let jobs = bed.file(
        "urls.yaml",
        "name: News\nurl: https://u.example/\nfilter:\n- css: li\n---\nnavigate: https://n.example/\n",
    );
    let said = bed.run(&["import", "urlwatch", jobs.to_str().unwrap()]);
    assert!(said.code == Some(0) && said.stderr.contains("needs a browser"), "{}", said.stderr);
    assert!(bed.local().unwrap().contains("select = { item = \"li\", title = \"a\" }\n"));

    let config = bed.file("rss2email.cfg", "[DEFAULT]\nto = x@example.org\n[feed.b]\nurl = https://b.example/\n");
    bed.ok(&["import", "rss2email", config.to_str().unwrap()]);
    bed.refused(&["import", "rss2email", opml], 2, "not a configuration of rss2email");
    bed.refused(&["import", "opml", "no.opml"], 74, "read no.opml: ");

    let exported = bed.ok(&["export", "opml"]);
    assert!(
        exported.contains("<outline text=\"Mali\">\n      <outline type=\"rss\" text=\"Écho &amp; Cie\""),
        "{exported}"
    );
}

#[test]
fn a_running_daemon_polls_a_new_source_at_once() {
    let bed = crate::bed::Bed::new();
    let daemon = bed.daemon();
    let added = bed.run(&["source", "add", "https://late.example/feed"]);
    assert!(added.code == Some(0) && added.stdout.ends_with("reloaded: +1 source: late\n"), "{added:?}");
    let removed = bed.run(&["source", "rm", "late"]);
    assert!(removed.stdout.ends_with("reloaded: -1 source: late\n"), "{removed:?}");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn no_edit_makes_a_file_larger_than_is_read() {
    let bed = Bed::of_sources();
    let outlines: String = (0..9_000)
        .map(|n| format!("<outline text='An outlet of a long name, {n}' xmlUrl='https://{n}.example/feed/of/news'/>"))
        .collect();
    let opml = bed.file("feeds.opml", &format!("<opml>{outlines}</opml>"));
    bed.refused(&["import", "opml", opml.to_str().unwrap()], 78, "it is larger than 1 MiB");
}
