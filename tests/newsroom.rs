//! What the program goes through in the tests that kill it: three sources with new articles each round, one of them in two sources,
//! two recipients, and the oracle that knows what each of them must have been told.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::bed::{Bed, Daemon, Ended, entry, everyday, feed, headline};
use crate::oracle::Oracle;
use crate::peers::http::Reply;
use crate::peers::trap::{Point, Trap};

const RECIPIENTS: [&str; 2] = ["amina@example.org", "desk@example.org"];
const PATHS: [&str; 3] = ["/feed", "/paper", "/agency"];
/// Entries a source shows; articles are delivered long before they leave.
const SHELF: usize = 8;
/// Articles after which a newsroom runs out of towns: an attack on a town already in the news is no news of its own.
const MOST: usize = 216;
/// How long the daemon may take to deliver.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Newsroom {
    pub bed: Bed,
    pub trap: Trap,
    oracle: Oracle,
    shelves: [Vec<String>; 3],
    articles: usize,
    extras: usize,
    /// Mails taken when the current process started.
    before: usize,
}

impl Newsroom {
    /// Every source is primed, so from now on each new article is news.
    pub fn new(bed: Bed) -> Self {
        let bed = bed.to(&RECIPIENTS).source("paper", "feed", "/paper", "").source("agency", "feed", "/agency", "");
        let trap = Trap::default();
        trap.set_in_smtp(&bed.smtp);
        PATHS.iter().for_each(|path| trap.set_in_http(&bed.http, path));
        let shelves = [1, 2, 3].map(|n| vec![everyday(n)]);
        let newsroom = Self { bed, trap, oracle: Oracle::default(), shelves, articles: 0, extras: 0, before: 0 };
        newsroom.show();
        newsroom.bed.once();
        newsroom
    }

    /// The same newsroom while it has towns left to write about, and then another.
    pub fn or_another(self, bed: impl FnOnce() -> Bed) -> Self {
        if self.articles < MOST { self } else { Self::new(bed()) }
    }

    /// Three new articles: one in the first source, one in the second, and one in the second and the third.
    pub fn publish(&mut self) {
        let (own, other, shared) = (self.article(), self.article(), self.article());
        let reprint = entry(&format!("reprint-{shared}"), &title(shared), &text(shared));
        for (shelf, article) in [(0, article(own)), (1, article(other)), (1, article(shared)), (2, reprint)] {
            self.shelves[shelf].insert(0, article);
            self.shelves[shelf].truncate(SHELF);
        }
        self.show();
    }

    /// Mails that a round or a daemon brings before it has brought all.
    pub async fn until_brought(&self, mails: usize) {
        self.bed.smtp.until_taken(|accepted| accepted.len() >= self.before + mails).await;
    }

    /// Mails that have come since the beginning, repeats not counted.
    pub async fn until_brought_in_all(&self, mails: usize) {
        self.bed.smtp.until_taken(|accepted| accepted.len() - Oracle::repeats(accepted) >= mails).await;
    }

    /// A source never polled before, whose articles are news at once. Sources known are not due for the daemon so soon.
    pub fn publish_for_the_daemon(mut self) -> Self {
        let articles = [(); 4].map(|()| article(self.article()));
        self.extras += 1;
        let path = format!("/extra-{}", self.extras);
        self.bed.http.on(&path, [Reply::feed(feed(&articles))]);
        self.trap.set_in_http(&self.bed.http, &path);
        self.bed = self.bed.source(&path[1..], "feed", &path, "on_first_run = \"alert\"");
        self
    }

    /// Starts a round.
    pub fn start(&mut self) -> Child {
        self.before = self.bed.smtp.accepted().len();
        self.bed.start_once()
    }

    /// Starts a round under another program.
    pub fn start_under(&mut self, other: Command) -> Child {
        self.before = self.bed.smtp.accepted().len();
        self.bed.start_once_under(other)
    }

    /// Starts the daemon.
    pub fn start_daemon(&mut self) -> Daemon {
        self.before = self.bed.smtp.accepted().len();
        self.bed.start_daemon()
    }

    /// Waits for the end of what was started, and notes what it has brought.
    pub async fn until_dead(&mut self, mut process: Child) {
        process.wait().unwrap();
        self.died().await;
    }

    /// Notes what the process that just died had brought.
    pub async fn died(&mut self) {
        self.bed.smtp.until_idle().await;
        self.oracle.excuse(&self.bed.smtp.accepted()[self.before..]);
    }

    /// One round undisturbed delivers all there is, and the round after it nothing.
    #[track_caller]
    pub fn deliver(&self, what: &str) {
        let first = self.bed.once();
        assert!(!first.stderr.contains("damaged"), "{what}: {first:?}");
        self.judge(what);
    }

    /// The same where the store may be damaged; says how the round went.
    #[track_caller]
    pub fn deliver_in_spite(&self, what: &str) -> Ended {
        let first = self.bed.once();
        self.judge(what);
        first
    }

    /// Waits until the daemon has delivered all there is, and stops it.
    pub async fn deliver_by(&self, daemon: Daemon, what: &str) {
        daemon.hears("READY=1");
        self.end_with(daemon, what).await;
    }

    /// The same for a daemon that runs already.
    pub async fn end_with(&self, daemon: Daemon, what: &str) {
        self.end_within(PATIENCE, daemon, what).await;
    }

    /// The same in so much time.
    pub async fn end_within(&self, patience: Duration, daemon: Daemon, what: &str) {
        self.until_told(patience, &daemon, what).await;
        let log = daemon.log();
        assert_eq!(daemon.stop(), Some(0), "{what}: {log}");
        self.judge(what);
    }

    /// Waits until everyone was told of everything.
    pub async fn until_told(&self, patience: Duration, daemon: &Daemon, what: &str) {
        let told = self.bed.smtp.until_taken(|accepted| self.oracle.is_satisfied(accepted));
        let in_time = tokio::time::timeout(patience, told).await.is_ok();
        let complaints = || self.oracle.complaints(&self.bed.smtp.accepted());
        assert!(in_time, "{what}: {:#?}\n{}", complaints(), daemon.log());
    }

    #[track_caller]
    fn judge(&self, what: &str) {
        let complaints = self.oracle.complaints(&self.bed.smtp.accepted());
        assert!(complaints.is_empty(), "{what}:\n{}", complaints.join("\n"));
    }

    pub fn repeats(&self) -> usize {
        Oracle::repeats(&self.bed.smtp.accepted())
    }

    /// Sets the trap, lets a round run into it, and says whether it did.
    pub async fn kill_at(&mut self, point: Point, passes: usize) -> bool {
        self.trap.set(point, passes);
        let process = self.start();
        self.trap.hunt(&process);
        self.until_dead(process).await;
        !self.trap.clear()
    }

    /// How long an undisturbed round takes.
    pub fn round(&mut self) -> Duration {
        self.publish();
        let start = Instant::now();
        self.deliver("undisturbed");
        start.elapsed()
    }

    /// The number of a new article, which everyone must be told of.
    fn article(&mut self) -> usize {
        self.articles += 1;
        for recipient in RECIPIENTS {
            self.oracle.expect(recipient, &title(self.articles));
        }
        self.articles
    }

    fn show(&self) {
        for (path, shelf) in PATHS.iter().zip(&self.shelves) {
            self.bed.http.on(path, [Reply::feed(feed(shelf))]);
        }
    }
}

/// The `n`-th article, an attack in the `n`-th place.
pub fn article(n: usize) -> String {
    entry(&format!("article-{n}"), &title(n), &text(n))
}

fn title(n: usize) -> String {
    headline(n)
}

/// Long, and of a kind that does not compress: the store's file must grow, since in parts of it that are on disk already a missing
/// sync would not show.
fn text(n: usize) -> String {
    let mut random = fastrand::Rng::with_seed(n as u64);
    (0..2000).map(|_| format!("{:08x} ", random.u32(..))).collect()
}
