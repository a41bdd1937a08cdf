//! How much of a story a mail tells: measured, not guessed. A mail is written with all the room there is, and again with less
//! until it fits, since what a character costs once escaped or encoded depends on what a source wrote.

/// Bounds of one attempt; lengths in characters unless they say otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) headline: usize,
    pub(crate) excerpt: usize,
    /// Longest address of the headline, in bytes.
    pub(crate) link: usize,
    /// Independent reports listed, and copies named beside each.
    pub(crate) reports: usize,
    pub(crate) copies: usize,
    /// Of a listed report: its title, and its address in bytes.
    pub(crate) title: usize,
    pub(crate) title_link: usize,
    /// Kinds of figures told, such as the dead and the wounded.
    pub(crate) kinds: usize,
    /// Different figures of a kind, claims and changes shown.
    pub(crate) claims: usize,
    /// Who is named beside one of them.
    pub(crate) named: usize,
    pub(crate) places: usize,
    /// Watches said to have matched; with none, nothing is said of why.
    pub(crate) watches: usize,
    pub(crate) terms: usize,
    /// Any name from a configuration.
    pub(crate) name: usize,
}

/// Largest HTML part. Mail programs clip near 100 kB; a phone on a bad line reads this.
pub(crate) const MAX_HTML: usize = 20_000;

/// Largest body of the plain profile, as sent.
pub(crate) const MAX_PLAIN: usize = 2_000;

/// Bytes of a text as sent: in base64 or in quoted-printable (RFC 2045 §6.7 and 6.8), whichever is shorter, line ends counted
/// twice. Rounded up: a soft line break is counted more often than one is needed.
pub(crate) fn as_sent(text: &str) -> usize {
    let raw: usize = text.lines().map(|line| line.len() + 2).sum();
    let base64 = raw.div_ceil(3) * 4 + 2 * raw.div_ceil(57);
    let quoted = |line: &str| {
        let plain = |b: &u8| (b.is_ascii_graphic() || *b == b' ') && *b != b'=';
        let bytes = line.bytes().map(|b| if plain(&b) { 1 } else { 3 }).sum::<usize>();
        bytes + 3 * (bytes / 73) + 2
    };
    base64.min(text.lines().map(quoted).sum())
}

/// The bounds in the order of [`Limits`].
#[rustfmt::skip]
const fn row(bounds: [usize; 14]) -> Limits {
    let [headline, excerpt, link, reports, copies, title, title_link, kinds, claims, named, places, watches, terms, name] =
        bounds;
    Limits {
        headline, excerpt, link, reports, copies, title, title_link, kinds, claims, named, places, watches, terms, name,
    }
}

/// All there is to tell, then ever less: first of what a reader finds by following a link.
#[rustfmt::skip]
pub(crate) const FULL: [Limits; 7] = [
    row([300, 300, 3_000, 8, 6, 140, 700, 5, 5, 5, 3, 5, 6, 60]),
    row([300, 300, 3_000, 8, 3, 120, 600, 5, 3, 3, 3, 3, 4, 40]),
    row([300, 300, 3_000, 8, 2, 100, 600, 5, 3, 2, 3, 3, 3, 32]),
    row([240, 240, 3_000, 8, 1,  90, 600, 3, 2, 2, 2, 2, 2, 28]),
    row([240, 240, 3_000, 8, 1,  80, 240, 3, 2, 2, 2, 2, 2, 28]),
    row([200, 200, 3_000, 4, 1,  80, 120, 3, 3, 2, 2, 2, 2, 28]),
    row([160, 160, 3_000, 0, 0,   0,   0, 2, 2, 2, 1, 1, 2, 24]),
];

/// The same for the plain profile, where reports are named and not listed. Place, toll and link stay to the end.
#[rustfmt::skip]
pub(crate) const PLAIN: [Limits; 8] = [
    row([300, 300,   700, 5, 2,   0,   0, 5, 4, 3, 3, 2, 3, 40]),
    row([300, 200,   700, 4, 1,   0,   0, 5, 4, 3, 2, 1, 3, 32]),
    row([200, 130,   700, 3, 0,   0,   0, 4, 4, 2, 2, 1, 2, 28]),
    row([200,   0,   700, 3, 0,   0,   0, 3, 4, 2, 2, 0, 0, 24]),
    row([160,   0,   700, 2, 0,   0,   0, 2, 3, 2, 1, 0, 0, 20]),
    row([120,   0,   700, 0, 0,   0,   0, 2, 2, 1, 1, 0, 0, 16]),
    row([ 80,   0,   500, 0, 0,   0,   0, 1, 1, 1, 1, 0, 0, 12]),
    row([ 60,   0,   300, 0, 0,   0,   0, 1, 1, 1, 1, 0, 0,  8]),
];

/// The first attempt that fits; the last one if none does.
pub(crate) fn fit<T>(attempts: &[Limits], write: impl Fn(&Limits) -> T, fits: impl Fn(&T) -> bool) -> T {
    let (last, earlier) = attempts.split_last().expect("both ladders have rungs");
    earlier.iter().map(&write).find(|written| fits(written)).unwrap_or_else(|| write(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_attempt_that_fits_is_taken() {
        let written = |room: usize| fit(&FULL, |limits| limits.reports, |reports| *reports <= room);
        assert_eq!([written(9), written(7), written(4), written(0)], [8, 4, 4, 0]);
    }

    #[test]
    fn a_text_is_as_long_as_its_shorter_encoding() {
        for (text, bytes) in [("", 0), ("a=é\n", 4 + 4 + 2), ("هجوم", 16 + 2), ("x", 3)] {
            assert_eq!(as_sent(text), bytes, "{text}");
        }
    }
}
