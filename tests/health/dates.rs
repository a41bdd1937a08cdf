//! What a feed prints as dates decides nothing (C12): news are news when they are first seen, and once.

use super::vigil::Vigil;
use crate::bed::{attack, everyday, headline};
use crate::trials;

/// Seen failing with what is printed as old taken for known, and with what has no date, or one to come.
#[test]
fn each_new_item_alerts_once_whatever_its_date_says() {
    let trial = trials::of("C12");
    let dates = [
        "",
        "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>",
        "<pubDate>Fri, 31 Dec 2099 23:59:59 GMT</pubDate>",
        "<pubDate>2026-01-05 04:00:00</pubDate>",
        "<pubDate>Monday, 05-Jan-26 05:00:00 GMT</pubDate>",
        "<pubDate>5 يناير 2026 06:00</pubDate>",
        "<pubDate>hier soir</pubDate>",
    ];
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    let mut shown = vec![everyday(1)];
    vigil.serve("outlet", &shown);
    vigil.hours(1);
    for (n, date) in (1..).zip(dates) {
        shown.insert(0, attack(n).replace("</item>", &format!("{date}</item>")));
        vigil.serve("outlet", &shown);
        vigil.hours(1);
        assert_eq!(vigil.headlines(), [headline(n)], "{date}");
    }
    vigil.days(2);
    assert_eq!((vigil.headlines(), vigil.titles(), vigil.state("outlet").as_str()), (vec![], vec![], "ok"));
    trial.passed(dates.len());
}
