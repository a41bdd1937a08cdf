//! The nouns every other module speaks in. They keep their own invariants and know nothing of how they are fetched, kept or sent.

mod alert;
mod concept;
mod id;
mod item;
mod notification;
mod secret;
mod source;
mod toll;
mod watch;

pub use alert::{Alert, AlertId, Reason};
pub use concept::{Aliases, Concept, ConceptKind};
pub use id::{BadId, SourceId, WatchId};
pub use item::{Item, ItemId, PrintedDate, StoredItem};
pub use notification::{Delivery, Notification, NotificationId, Outcome};
pub use secret::Secret;
pub use source::{FirstPoll, Moved, PageSelectors, Source, SourceKind, SourceState, Validators};
pub use toll::{FieldToll, ItemTolls, Toll, TollKind, TollQualifier};
pub use watch::{Asks, Field, Mailbox, Match, Severity, Watch, WatchTest};
