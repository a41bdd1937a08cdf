//! The nouns every other module speaks in. They keep their own invariants and know nothing of how they are fetched, kept or sent.

mod alert;
mod article;
mod concept;
mod histogram;
mod id;
mod item;
mod mute;
mod notification;
mod operator;
mod reader;
mod secret;
mod source;
mod standing;
mod story;
mod toll;
mod watch;

pub use alert::{Alert, AlertId, Fate, Held, Reason, Waiting};
pub use article::{ArticleState, Wanted};
pub use concept::{Aliases, Concept, ConceptKind};
pub use histogram::{Histogram, Recorder};
pub use id::{BadId, DigestId, SourceId, WatchId};
pub use item::{Item, ItemId, PrintedDate, StoredItem};
pub use mute::{Mute, MuteId, Muted};
pub use notification::{Delivery, Notification, NotificationId, Outcome};
pub use operator::{Bulletin, Floor, Matter, Operator, OperatorTold, Ping, Recovery, SignOfLife, Subject};
pub use reader::{
    Deliver, Digest, DigestRuns, KeyFile, Pace, Profile, QuietHours, Rate, Reader, SubjectStyle, Timing, Tongue,
    UpdateOn,
};
pub use secret::Secret;
pub use source::{
    Access, FirstPoll, Hub, JsonPaths, Moved, Owner, PageSelectors, Program, Proxy, Source, SourceKind, SourceState,
    UrlFilter, Validators,
};
pub use standing::{Doubt, Evidence, Gap, Habit, Health, Lease, Proposal, Standing, Window};
pub use story::{Figure, Link, News, Notice, Place, Placement, Report, Rule, StoryId, Told};
pub use toll::{FieldToll, ItemTolls, Toll, TollKind, TollQualifier};
pub use watch::{Asks, Field, Mailbox, Match, Severity, Watch, WatchTest};
