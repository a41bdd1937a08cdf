//! Bulletins to test with: invented sources in invented trouble, and what a [`Setting`] borrows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::*;
use crate::alert::recipient_hash;
use crate::model::*;

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything a [`Setting`] borrows: Sunday 22 November 2026, 16:30 in Niamey.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) id: NotificationId,
    pub(super) tongue: Tongue,
    pub(super) zone: TimeZone,
    pub(super) is_discreet: bool,
    pub(super) sources: Vec<Source>,
    pub(super) host: &'static str,
}

impl Desk {
    pub(super) fn new(tongue: Tongue) -> Self {
        let source = |(id, name, lang): (&str, &str, &str)| {
            let url = Url::parse(&format!("https://www.{id}.example/feed")).unwrap();
            let mut source = Source::new(SourceId::new(id).unwrap(), SourceKind::Feed, url);
            (source.name, source.lang) = (name.into(), Some(lang.into()));
            source
        };
        let named = [
            ("echo-du-liptako", "L’Écho du Liptako", "fr"),
            ("sahel-wire", "Sahel Wire", "en"),
            ("sada-alqawafil", "صدى القوافل", "ar"),
            ("tribune-des-dunes", "La Tribune des Dunes", "fr"),
            ("radio-gourma", "Radio Gourma", "fr"),
            ("al-waha", "الواحة الإخبارية", "ar"),
            ("sidwaya", "sidwaya", "fr"),
        ];
        Self {
            id: NotificationId {
                thread: ItemId::at(time("2026-11-22T15:30:00Z")),
                seq: 0,
                recipient: recipient_hash("ops@example.org"),
            },
            tongue,
            zone: TimeZone::posix("WAT-1").unwrap(),
            is_discreet: false,
            sources: named.map(source).to_vec(),
            host: "watch.example.org",
        }
    }

    pub(super) fn setting(&self) -> Setting<'_> {
        Setting {
            id: &self.id,
            tongue: self.tongue,
            zone: &self.zone,
            is_discreet: self.is_discreet,
            keyword: None,
            sources: &self.sources,
            now: time("2026-11-22T15:30:00Z"),
            started: time("2026-11-16T11:12:00Z"),
            list_id: "sahelwatch.example.org",
            reply_to: Some("security-desk@example.org"),
            from_address: "alerts@example.org",
            host: self.host,
            version: "0.5.0",
        }
    }
}

pub(super) fn matter(subject: Subject, since: &str) -> Matter {
    let (what, advice) = match subject {
        Subject::Network => (
            "41 of 63 sources could not be reached in the same minutes, on hosts that have nothing in common. This is \
             our connection, and no source is blamed for it.",
            None,
        ),
        Subject::Mail => (
            "The mail server smtp.example.org:587 refused the login (535). 12 mails wait.",
            Some("sahelwatch mail test ops@example.org"),
        ),
        Subject::Configuration => (
            "conf.d/10-sources.toml, line 4: unknown field `intervall` in [[source]]. The configuration read before \
             stays in use.",
            Some("sahelwatch check"),
        ),
        Subject::Recipient(_) => (
            "refused: 550 5.1.1 no such user (in reply to RCPT TO)",
            Some(
                "see that amina@example.org is right and takes mail; `sahelwatch mail test amina@example.org` tries it",
            ),
        ),
        Subject::Floor(_) => ("2 live sources of at least 3.", Some("sahelwatch sources --lang ar")),
        Subject::Flood(_) => ("90 of its items matched within an hour.", Some("sahelwatch mute source anp --for 1d")),
        Subject::Source(_) => ("The server could not be reached.", None),
        Subject::Disk => {
            ("The disk of the state folder has 120 MB free, less than 256 MB.", Some("sahelwatch db stats"))
        }
        Subject::Size => ("The store had 510 MB of rows, `max_size` allows 500 MB.", Some("sahelwatch db stats")),
        Subject::Store(_) => {
            ("It was made anew from the export of this morning and the journal after it.", Some("sahelwatch status"))
        }
    };
    Matter {
        subject,
        health: Health::Failing,
        since: time(since),
        what: what.into(),
        sample: None,
        advice: advice.map(Into::into),
    }
}

pub(super) fn source(id: &str, health: Health, since: &str) -> Matter {
    let (what, sample) = match health {
        Health::Ok | Health::Failing => ("The server answered 503 to 26 polls in a row.", Some("Service Unavailable")),
        Health::Moved => ("It answers at https://www.example.org/rss.xml for good (301, 5 polls in a row).", None),
        Health::Overflowing => {
            ("40 new items in a feed of 20: some were never seen. It is polled every 5 minutes now.", None)
        }
        Health::Silent => ("Nothing new for 6 days; it used to bring 9 items a day.", None),
        Health::Degraded => {
            ("The selectors pick nothing, where they used to pick 24 items.", Some("الرئيسية · أخبار · رأي · اتصل بنا"))
        }
        Health::Blocked => (
            "The server answered 403 with a challenge for browsers.",
            Some("Just a moment… Enable JavaScript and cookies to continue"),
        ),
    };
    Matter {
        subject: Subject::Source(SourceId::new(id).unwrap()),
        health,
        since: time(since),
        what: what.into(),
        sample: sample.map(Into::into),
        advice: Some(format!("sahelwatch try {id}")),
    }
}

pub(super) fn over(matter: Matter, at: &str) -> Recovery {
    Recovery { matter, at: time(at), gap: None }
}

pub(super) fn missed(matter: Matter, at: &str) -> Recovery {
    let gap = Gap { from: matter.since, to: time(at) };
    Recovery { gap: Some(gap), ..over(matter, at) }
}
