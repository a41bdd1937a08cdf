//! The nouns every other module speaks in. They keep their own invariants and know nothing of how they are fetched, kept or sent.

mod alert;
mod concept;
mod id;
mod item;
mod mute;
mod notification;
mod reader;
mod secret;
mod source;
mod story;
mod toll;
mod watch;

pub use alert::{Alert, AlertId, Fate, Held, Reason, Waiting};
pub use concept::{Aliases, Concept, ConceptKind};
pub use id::{BadId, DigestId, SourceId, WatchId};
pub use item::{Item, ItemId, PrintedDate, StoredItem};
pub use mute::{Mute, MuteId, Muted};
pub use notification::{Delivery, Notification, NotificationId, Outcome};
pub use reader::{
    Deliver, Digest, DigestRuns, KeyFile, Pace, Profile, QuietHours, Rate, Reader, SubjectStyle, Timing, Tongue,
    UpdateOn,
};
pub use secret::Secret;
pub use source::{FirstPoll, Moved, PageSelectors, Source, SourceKind, SourceState, Validators};
pub use story::{Figure, Link, News, Notice, Place, Placement, Report, Rule, StoryId, Told};
pub use toll::{FieldToll, ItemTolls, Toll, TollKind, TollQualifier};
pub use watch::{Asks, Field, Mailbox, Match, Severity, Watch, WatchTest};
