//! The manual and the completions, as the program writes them: a page for each command that `--help` names, and each of them completed.

use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sahelwatch");

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What `--help` lists is the measure, so that no list of commands is kept here.
#[test]
fn every_command_has_a_page_and_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    printed(&["man", folder.path().to_str().unwrap()]);
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let scripts = ["bash", "zsh", "fish"].map(|shell| printed(&["completions", shell]));
    let help = printed(&["--help"]);
    let listed = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let commands: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        assert!(page(&format!("sahelwatch-{command}.1")).contains("SYNOPSIS"), "{command}");
        assert!(page("sahelwatch.1").contains(&format!("sahelwatch\\-{command}(1)")), "{command}");
        for script in &scripts {
            assert!(script.contains(command), "{command} is not completed");
        }
    }
    let configuration = page("sahelwatch.toml.5");
    for word in ["[[source]]", "per_host_delay", "Default: "] {
        assert!(configuration.contains(word), "{word}");
    }
}

#[test]
fn a_manual_that_cannot_be_written_is_an_error() {
    let output = Command::new(PROGRAM).args(["man", "/dev/null/man"]).output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: write the manual to /dev/null/man: "));
}
