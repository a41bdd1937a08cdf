//! `story split` and `story merge`: corrects which items are one story.

use std::path::Path;

use super::past::count;
use super::{desk, exit, setup, show, stories, words};
use crate::config::Config;
use crate::daemon::desk::Request;
use crate::daemon::desk::correct::{Corrected, Correction};

/// What `story` can do.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = stories::EXAMPLES)]
pub(super) enum Command {
    /// Make an item, with its copies, a story of its own
    Split {
        /// The number of the item; the first digits are enough
        item: String,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Make a story part of another one
    Merge {
        /// The number of the story that ends
        story: String,
        /// The story that goes on
        into: String,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    setup::configuration_without_secrets(path).and_then(|config| correct(&config, command)).unwrap_or_else(|code| code)
}

fn correct(config: &Config, command: &Command) -> Result<u8, u8> {
    let (correction, json) = match command {
        Command::Split { item, json } => (Correction::Split(desk::target(item)?), *json),
        Command::Merge { story, into, json } => {
            (Correction::Merge { story: desk::target(story)?, into: desk::target(into)? }, *json)
        }
    };
    let split = matches!(correction, Correction::Split(_));
    let corrected: Corrected = desk::ask(config, Request::Correct(correction))?;
    if json {
        return Ok(show::json(&corrected));
    }
    out!("{}", if split { after_split(&corrected) } else { after_merge(&corrected) });
    Ok(exit::OK)
}

fn after_split(corrected: &Corrected) -> String {
    let (story, from) = (&corrected.story, &corrected.from);
    let title = |title: &str| words::inline(if title.is_empty() { "(no headline)" } else { title });
    let mut lines = vec![
        format!(
            "{} is a story of its own now, with {}: {}",
            story.id,
            count(story.items as u64, "item"),
            title(&story.title)
        ),
        format!("the rest is the story {}, with {}: {}", from.id, count(from.items as u64, "item"), title(&from.title)),
    ];
    if corrected.reopened > 0 {
        let alerts = count(corrected.reopened as u64, "alert");
        lines.push(format!("{alerts} not told before, since the story had nothing new, may be told now"));
    }
    lines.extend(corrected.mutes_over.iter().map(|mute| format!("the mute {mute} still holds for one of them")));
    lines.push(format!("later items follow; see it: sahelwatch stories show {}", story.id));
    lines.push(format!("take it back: sahelwatch story merge {} {}", story.id, from.id));
    lines.join("\n") + "\n"
}

fn after_merge(corrected: &Corrected) -> String {
    let (story, from) = (&corrected.story, &corrected.from);
    let moved = corrected.moved.len();
    let mut lines = vec![format!(
        "{} is part of the story {} now, which has {}",
        from.id,
        story.id,
        count(story.items as u64, "item")
    )];
    lines.extend(
        corrected.mutes_lost.iter().map(|mute| format!("the mute {mute} was of {} and hides nothing more", from.id)),
    );
    lines.extend(corrected.mutes_over.iter().map(|mute| format!("the mute {mute} hides what came to it as well")));
    lines.push(format!("later items follow; see it: sahelwatch stories show {}", story.id));
    if let ([only], 1) = (corrected.moved.as_slice(), moved) {
        lines.push(format!("take it back: sahelwatch story split {only}"));
    }
    lines.join("\n") + "\n"
}
