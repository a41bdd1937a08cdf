//! What every page has in common: its head, and prose with code between backticks. Knows nothing of commands and keys.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// The manual that the pages belong to.
pub(super) const MANUAL: &str = "Sahelwatch manual";

/// The program and its version, as the foot of a page names them.
pub(super) const SOURCE: &str = concat!("sahelwatch ", env!("CARGO_PKG_VERSION"));

/// No date: the same sources must make the same page. A blank, as an empty argument would be left out and shift the others.
pub(super) const DATE: &str = " ";

/// The title line and the NAME section.
pub(super) fn head(name: &str, section: &str, about: &str) -> Roff {
    let mut page = Roff::new();
    page.control("TH", [name, section, DATE, SOURCE, MANUAL]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{name} - {about}"))]);
    page
}

/// Prose; what stands between backticks is bold.
pub(super) fn prose(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

/// Lines as they are typed.
pub(super) fn sample(page: &mut Roff, lines: &str) {
    page.control("nf", []);
    page.control("RS", ["4"]);
    for line in lines.lines() {
        page.text([roman(line)]);
    }
    page.control("RE", []);
    page.control("fi", []);
}

/// A list of terms, each with what is said of it.
pub(super) fn terms<'a>(page: &mut Roff, terms: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (term, meaning) in terms {
        page.control("TP", []);
        page.text([bold(term)]);
        page.text(prose(meaning));
    }
}
