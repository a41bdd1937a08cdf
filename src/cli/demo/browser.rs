//! Shows a file in the browser of whoever sits at this machine.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// What opens a file with the program meant for it: on most desktops (xdg-utils), and on macOS.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

/// Opens it and does not wait: some openers last as long as the browser does.
pub(super) fn open(file: &Path) -> Result<(), String> {
    for opener in OPENERS {
        let started =
            Command::new(opener).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        match started {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(format!("open {} with {opener}: {error}", file.display())),
        }
    }
    let tried = OPENERS.join(" nor ");
    Err(format!("nothing here opens a web page (neither {tried}): open {} in a browser yourself", file.display()))
}
