//! Sizes of letters in the HTML of a mail. Arabic letters are smaller than Latin ones of the same size, and need room
//! above and below for their vowels.

use crate::text::direction::Direction::{self, Ltr, Rtl};

/// The first heading of a mail.
pub(crate) fn headline(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:22px;line-height:1.35",
        Rtl => "font-size:24px;line-height:1.6",
    }
}

/// A source's words in a mail on its story.
pub(crate) fn quoted(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:16px;line-height:1.5",
        Rtl => "font-size:18px;line-height:1.7",
    }
}

/// Our own words that matter.
pub(crate) fn large(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:16px;line-height:1.5",
        Rtl => "font-size:17px;line-height:1.65",
    }
}

/// Our own words beside them.
pub(crate) fn small(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:14px;line-height:1.5",
        Rtl => "font-size:15px;line-height:1.7",
    }
}

/// The headline of one story among many.
pub(crate) fn among_many(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:17px;line-height:1.4",
        Rtl => "font-size:19px;line-height:1.6",
    }
}

/// The headline of a story that takes a line.
pub(crate) fn brief(direction: Direction) -> &'static str {
    match direction {
        Ltr => "font-size:14px;line-height:1.5",
        Rtl => "font-size:16px;line-height:1.6",
    }
}
