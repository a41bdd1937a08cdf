//! `demo`, run as its users run it. What it prints and every mail it writes are kept in `tests/golden/demo`, with LF for CRLF;
//! `UPDATE_GOLDEN=1` writes them anew; read the difference before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use crate::bed::program;

fn demo(folder: &Path, arguments: &[&str]) -> Output {
    let mut demo = program();
    demo.current_dir(folder).arg("demo").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n")
}

/// What a demo printed, and its mails, by name.
fn shown(folder: &Path, output: &Output) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::from([("stdout.txt".to_owned(), text(&output.stdout))]);
    for file in fs::read_dir(folder.join("sahelwatch-demo/mail")).unwrap() {
        let path = file.unwrap().path();
        shown.insert(path.file_name().unwrap().to_string_lossy().into_owned(), text(&fs::read(&path).unwrap()));
    }
    shown
}

#[track_caller]
fn check_golden(shown: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/demo");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).unwrap();
        shown.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
    }
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), shown.len(), "as many mails as are kept: {names:?}");
    for (name, text) in shown {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(kept == *text, "{name} differs (UPDATE_GOLDEN=1 writes it anew)\n{text}");
    }
}

#[test]
fn the_demo_comes_out_the_same_every_time_and_what_it_advises_works() {
    let folder = tempfile::tempdir().unwrap();
    let output = demo(folder.path(), &[]);
    let shown = shown(folder.path(), &output);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    check_golden(&shown);
    for (name, text) in &shown {
        assert!(!text.contains("127.0.0.1"), "the port of the demo's server differs every time: {name}");
    }
    for name in ["alert", "update", "digest"] {
        for ending in ["eml", "html", "txt"] {
            assert!(folder.path().join(format!("sahelwatch-demo/{name}.{ending}")).is_file(), "{name}.{ending}");
        }
    }
    let advised: Vec<Vec<&str>> = shown["stdout.txt"]
        .lines()
        .filter_map(|line| line.strip_prefix("  sahelwatch -c "))
        .map(|rest| rest.split(' ').collect())
        .collect();
    assert!(advised.len() >= 3, "{advised:?}");
    for arguments in advised.iter().chain([&vec!["sahelwatch-demo/sahelwatch.toml", "check"]]) {
        let ended = program().current_dir(folder.path()).arg("-c").args(arguments).output().unwrap();
        assert!(ended.status.success(), "{arguments:?}: {}", text(&ended.stderr));
        assert!(!ended.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_demo_replaces_a_demo_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let first = demo(folder.path(), &[]);
    let before = shown(folder.path(), &first);
    // Nothing is found on an empty path: the demo is shown all the same, and the file is named.
    let mut second = program();
    let second = second.current_dir(folder.path()).args(["demo", "--open"]).env("PATH", "").output().unwrap();
    assert!(shown(folder.path(), &second) == before, "{}", text(&second.stdout));
    assert_eq!(second.status.code(), Some(2));
    assert_eq!(
        text(&second.stderr),
        "error: nothing here opens a web page (neither xdg-open nor open): open sahelwatch-demo/update.html in a browser \
         yourself\n"
    );
    let own = folder.path().join("own");
    fs::create_dir_all(own.join("state")).unwrap();
    for configuration in [None, Some("version = 1\n")] {
        if let Some(configuration) = configuration {
            fs::write(own.join("sahelwatch.toml"), configuration).unwrap();
        }
        let refused = demo(folder.path(), &["--out", "own"]);
        assert_eq!(refused.status.code(), Some(2));
        assert_eq!(
            text(&refused.stderr),
            "error: own holds something that is no demo's: give another folder with --out\n"
        );
        assert!(own.join("state").is_dir());
    }
}
