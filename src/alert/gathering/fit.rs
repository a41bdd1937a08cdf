//! Keeps a mail on several stories below the size at which mail programs cut it off.

use askama::Template;

use super::envelope::Envelope;
use super::view::View;
use super::{Gathering, HtmlPart};

/// Bytes of HTML: Gmail shows some 102 kB of a message and hides the rest behind a link.
const MAX_HTML: usize = 80_000;
/// Stories told in full at most, whatever the configuration says: more are not read.
const MAX_FULL: usize = 100;
const MAX_BRIEF: usize = 60;
const MAX_SENT: usize = 20;

/// How many entries of each kind there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Stories told in full.
    pub(super) full: usize,
    /// Stories that take a line.
    pub(super) brief: usize,
    /// Stories that were sent before.
    pub(super) sent: usize,
}

impl Room {
    fn of(gathering: &Gathering<'_>) -> Self {
        Self {
            full: gathering.max_stories.min(MAX_FULL).min(gathering.stories.len()),
            brief: MAX_BRIEF,
            sent: MAX_SENT,
        }
    }

    /// Room for less, after so many bytes turned out to be too many: first for fewer lines, then for fewer stories in
    /// full, at last for nothing.
    fn smaller(self, bytes: usize) -> Self {
        if self.brief + self.sent > 0 {
            return Self { brief: self.brief / 2, sent: self.sent / 2, ..self };
        }
        Self { full: self.full * MAX_HTML / bytes * 19 / 20, ..self }
    }

    fn is_none(self) -> bool {
        self.full + self.brief + self.sent == 0
    }
}

/// What a mail says, as much of it as fits, and its HTML part.
pub(super) fn fitting(gathering: &Gathering<'_>, envelope: &Envelope) -> (View, String) {
    let mut room = Room::of(gathering);
    loop {
        let view = View::of(gathering, envelope, room);
        let html = HtmlPart { view: &view }.render().expect("rendering to a string cannot fail");
        if html.len() <= MAX_HTML || room.is_none() {
            return (view, html);
        }
        room = room.smaller(html.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_less_room_each_time_and_none_at_last() {
        let mut room = Room { full: 100, brief: 60, sent: 20 };
        for _ in 0..200 {
            let smaller = room.smaller(MAX_HTML + 1);
            assert!(
                smaller.is_none() || smaller.full + smaller.brief + smaller.sent < room.full + room.brief + room.sent
            );
            room = smaller;
        }
        assert!(room.is_none());
    }
}
