//! Keeps a mail below the size at which mail programs cut it off.

use super::view::View;
use super::{HtmlPart, render};

/// Bytes of HTML: Gmail shows some 102 kB of a message and hides the rest behind a link.
pub(super) const MAX_HTML: usize = 80_000;

/// How many matters there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Told in full.
    pub(super) full: usize,
    /// On one line.
    pub(super) brief: usize,
}

impl Room {
    /// More than forty causes nobody looks into one by one.
    pub(super) const ALL: Self = Self { full: 40, brief: 60 };

    /// Room for less, after so many bytes turned out to be more than `max`: first for fewer lines, then for fewer
    /// matters in full.
    pub(super) fn smaller(self, bytes: usize, max: usize) -> Self {
        match self.brief {
            0 => Self { full: self.full * max / bytes * 19 / 20, brief: 0 },
            brief => Self { brief: brief / 4, ..self },
        }
    }

    pub(super) fn is_none(self) -> bool {
        self.full + self.brief == 0
    }
}

/// What a mail says, as much of it as fits, and its HTML part.
pub(super) fn fitting(write: impl Fn(Room) -> View) -> (View, String) {
    let mut room = Room::ALL;
    loop {
        let view = write(room);
        let html = render(&HtmlPart { view: &view });
        if html.len() <= MAX_HTML || room.is_none() {
            return (view, html);
        }
        room = room.smaller(html.len(), MAX_HTML);
    }
}
