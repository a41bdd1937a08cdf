//! A trial from the question to the report: gets the document, finds out what it is, looks behind a page, puts the
//! items before the watches, reads an article, and recommends. Prints nothing and stores nothing.

use url::Url;

use super::ask::{Door, Got};
use super::judge::{self, Judge};
use super::look::{self, Seen};
use super::offer::{self, Offer};
use super::read::{self, Guess};
use super::report::{Article, Next, Robots, SCHEMA, Texts, Trial, Trouble};
use super::target::Target;
use super::{Arguments, guess_json, hints, trouble, url_shown};
use crate::extract::discover::home_of;
use crate::extract::{Document, ParseError, Parsed, Reader, Wall, article, links, wall_on};
use crate::model::{Item, Source, SourceKind};
use crate::text::language::UNKNOWN;

/// Items shown.
const SHOWN: usize = 5;
/// Most addresses asked for behind a page, and at a site that keeps us out.
const BEHIND: usize = 8;
const BEHIND_A_WALL: usize = 4;

/// What is tried, and how.
pub(super) struct Asked<'a> {
    pub(super) door: Door<'a>,
    pub(super) target: &'a Target,
    /// Where that is known.
    pub(super) kind: Option<SourceKind>,
    pub(super) judge: Option<&'a Judge<'a>>,
    pub(super) arguments: &'a Arguments,
}

/// Makes the trial, and what comes of it as a source.
pub(super) async fn trial(asked: Asked<'_>) -> (Trial, Option<Offer>) {
    let watches = asked.judge.map(Judge::watches);
    let trial = Trial { schema: SCHEMA, asked: asked.name(), watches, ..Trial::default() };
    let mut run = Run { asked, trial, offer: None };
    run.begin().await;
    (run.trial, run.offer)
}

struct Run<'a> {
    asked: Asked<'a>,
    trial: Trial,
    offer: Option<Offer>,
}

impl Asked<'_> {
    /// What is tried, for people.
    fn name(&self) -> String {
        match self.target {
            Target::Web(url) => url_shown(url),
            Target::File(path) => path.display().to_string(),
            Target::Stdin => "stdin".to_owned(),
            Target::Program(program) => offer::line(&program.command),
            Target::Configured(plan) => format!("{} · {}", plan.source.id, url_shown(&plan.source.url)),
        }
    }

    /// Whether the document comes over HTTP.
    fn is_web(&self) -> bool {
        match self.target {
            Target::Web(_) => true,
            Target::Configured(plan) => !matches!(plan.source.kind, SourceKind::Exec(_)),
            Target::File(_) | Target::Stdin | Target::Program(_) => false,
        }
    }

    fn source(&self) -> &Source {
        self.door.source
    }
}

impl Run<'_> {
    async fn begin(&mut self) {
        let kind = self.asked.kind.clone();
        let mut got = match self.asked.door.document(self.asked.target, kind.as_ref()).await {
            Ok(got) => got,
            Err(trouble) => return self.refused(trouble).await,
        };
        got.url = got.url.or_else(|| self.asked.arguments.url.clone());
        self.trial.answer = got.answer.take();
        let document = got.document();
        match kind {
            Some(kind) => match Reader::compile(&kind).map(|reader| reader.read(&document)) {
                Ok(Ok(parsed)) => self.listed(kind, parsed, &got).await,
                Ok(Err(error)) => self.unread(&error, Some(kind.as_str()), &got).await,
                // Compiled before anything was asked.
                Err(_) => {}
            },
            None => match read::guess(&document) {
                Guess::Kind(kind, parsed) => self.listed(kind, *parsed, &got).await,
                Guess::Page => self.page(&got).await,
                Guess::Json => self.json(&got),
                Guess::Nothing(error) => self.unread(&error, None, &got).await,
            },
        }
    }

    /// A document that could be read as it stands.
    async fn listed(&mut self, kind: SourceKind, mut parsed: Parsed, got: &Got) {
        if kind.is_page() && self.asked.is_web() {
            self.trial.robots = match &got.url {
                Some(url) => Some(self.asked.door.robots(url).await),
                None => None,
            };
        }
        if self.asked.is_web() {
            look::further(&self.asked.door, &mut parsed).await;
        }
        self.trial.is = Some(read::nature(&kind, &got.document(), &parsed));
        if kind == SourceKind::Links
            && let Some(selectors) = links::suggest(&got.document())
        {
            let command = offer::try_with(&SourceKind::Page(Box::new(selectors)), self.asked.arguments);
            let to = "to pick the items by selectors of your own, begin with these".to_owned();
            self.trial.next.push(Next { to, command });
        }
        let url = self.asked.is_web().then(|| self.asked.source().url.clone()).or_else(|| got.url.clone());
        self.recommended(url, kind, &parsed).await;
    }

    /// What is recommended: its items, an article of it, and what to know.
    async fn recommended(&mut self, url: Option<Url>, kind: SourceKind, parsed: &Parsed) {
        let mut parsed = parsed.clone();
        let filter = &self.asked.source().filter;
        parsed.items.retain(|item| item.link.as_ref().is_none_or(|link| filter.admits(link.as_str())));
        let items = read::items(&parsed);
        let (id, lang) = (self.asked.source().id.as_str(), self.asked.source().lang.as_deref());
        let first = parsed.items.iter().enumerate().take(SHOWN);
        let shown =
            first.map(|(at, item)| judge::shown(item, self.asked.judge, id, lang, parsed.relative_links.get(&at)));
        self.trial.first = shown.collect();
        self.trial.items = Some(items);
        self.trial.problems.extend(parsed.problems.iter().cloned());
        let is_read =
            !matches!(kind, SourceKind::Telegram | SourceKind::Exec(_)) && items.navigation * 2 <= items.count;
        let is_short = matches!(items.texts, Texts::Teasers | Texts::Headlines);
        if self.asked.arguments.articles || (is_read && is_short && self.asked.is_web()) {
            self.trial.article = self.article(&parsed).await;
        }
        let reads_articles = self.trial.article.as_ref().is_some_and(|article| article.problem.is_none());
        let language = read::usual_language(&parsed.items);
        let can_be_polled = url.is_some() || matches!(&kind, SourceKind::Exec(program) if !program.command.is_empty());
        let offer = Offer {
            title: parsed.head.title.clone(),
            lang: Some(language).filter(|lang| lang != UNKNOWN),
            full_text: is_short && reads_articles,
            allow_private: self.asked.arguments.allow_private && self.asked.is_web(),
            url,
            kind,
        };
        let has_full_text = self.asked.source().full_text;
        self.trial.hints.extend(hints::of(&self.trial, &offer, self.asked.is_web(), has_full_text));
        let is_configured = matches!(self.asked.target, Target::Configured(_));
        let is_good = items.count > 0 && items.navigation * 2 <= items.count;
        let is_wanted = !offer.kind.is_page() || !is_unwanted(self.trial.robots);
        self.offer = Some(offer).filter(|_| is_good && is_wanted && can_be_polled && !is_configured);
    }

    /// The article behind the first item that has one.
    async fn article(&self, parsed: &Parsed) -> Option<Article> {
        let (item, url) = parsed.items.iter().find_map(|item| Some((item, item.link.clone()?)))?;
        let shown = url.to_string();
        let source = self.asked.source();
        let judged = |text: &str| {
            let item = Item { body: text.to_owned(), ..item.clone() };
            let lang = read::language(&item, source.lang.as_deref());
            self.asked.judge.map(|judge| judge.judged(&item, source.id.as_str(), &lang)).unwrap_or_default()
        };
        let failed = |problem: String| Article { url: shown.clone(), problem: Some(problem), ..Article::default() };
        let got = match self.asked.door.page(&url).await {
            Ok(got) => got,
            Err(error) => return Some(failed(error.to_string())),
        };
        Some(match article::read(&got.document()) {
            Ok(read) => Article {
                watches: judged(&read.text),
                characters: read.text.chars().count(),
                title: read.title,
                language: read.language,
                published: read.published.and_then(|date| date.at),
                problem: read.cut_by.map(|wall| wall.to_string()),
                url: shown,
            },
            Err(error) => failed(error.to_string()),
        })
    }

    /// A page of which nobody said what it is: what is behind it, or else what can be picked from it.
    async fn page(&mut self, got: &Got) {
        let document = got.document();
        let wall = wall_on(document.bytes, document.content_type);
        let parsed = links::read(&document).unwrap_or_default();
        let mut is = read::nature(&SourceKind::Links, &document, &parsed);
        is.dialect = "HTML".to_owned();
        self.trial.is = Some(is);
        if self.asked.is_web() && wall != Some(Wall::Portal) {
            let url = document.url.unwrap_or(&self.asked.source().url);
            self.trial.robots = Some(self.asked.door.robots(url).await);
            let most = if wall.is_some_and(Wall::keeps_out) { BEHIND_A_WALL } else { BEHIND };
            let seen = look::look(&self.asked.door, &document, most).await;
            self.trial.found = seen.iter().map(|seen| seen.found.clone()).collect();
            if let Some(best) = look::best(&seen) {
                self.trial.problems.extend(wall.map(|wall| format!("{} stands at this address itself", wall.name())));
                return self.better(best).await;
            }
        }
        if let Some(wall) = wall.filter(|_| parsed.items.is_empty()) {
            self.trial.trouble = Some(trouble::of_wall(wall));
            return;
        }
        if parsed.items.is_empty() {
            self.trial.trouble = Some(trouble::of_bare_page());
            return;
        }
        self.listed(SourceKind::Links, parsed, got).await;
    }

    /// What was found behind a page takes its place.
    async fn better(&mut self, best: &Seen) {
        self.trial.first_of = Some(best.url.to_string());
        let parsed = best.parsed.clone().unwrap_or_default();
        self.recommended(Some(best.url.clone()), best.kind.clone(), &parsed).await;
    }

    /// JSON of which nobody said how it is read.
    fn json(&mut self, got: &Got) {
        let found = guess_json::paths(&got.bytes);
        self.trial.trouble = Some(trouble::of_json(found.is_some()));
        self.trial.next.extend(found.map(|paths| Next {
            to: "to read it by what its keys are called".to_owned(),
            command: offer::try_with(&SourceKind::Json(Box::new(paths)), self.asked.arguments),
        }));
    }

    /// A document that is not what it should be.
    async fn unread(&mut self, error: &ParseError, kind: Option<&str>, got: &Got) {
        self.trial.trouble = Some(trouble::of_parse(error, kind));
        if let (ParseError::PageForFeed { wall: None, .. }, true) = (error, self.asked.is_web()) {
            let seen = look::look(&self.asked.door, &got.document(), BEHIND).await;
            self.point_at(&seen);
        }
    }

    /// A document that did not come. Where a site only keeps us out, its feed may stand open.
    async fn refused(&mut self, trouble: Trouble) {
        let url = self.asked.source().url.clone();
        let home = home_of(&url);
        if trouble.keeps_out && self.asked.kind.is_none() {
            let nothing = Document { bytes: b"<p>", content_type: None, url: Some(&url) };
            let seen = look::look(&self.asked.door, &nothing, BEHIND_A_WALL).await;
            self.trial.found = seen.iter().map(|seen| seen.found.clone()).collect();
            if let Some(best) = look::best(&seen) {
                self.trial.problems.push(trouble.what);
                return self.better(best).await;
            }
        } else if trouble.keeps_out || (trouble.is_gone && url != home) {
            let to = "to look for it from the front page".to_owned();
            self.trial.next.push(Next { to, command: self.trying(&home) });
        }
        self.trial.trouble = Some(trouble);
    }

    /// Shows what was found in place of what was asked for.
    fn point_at(&mut self, seen: &[Seen]) {
        self.trial.found = seen.iter().map(|seen| seen.found.clone()).collect();
        if let Some(best) = look::best(seen) {
            self.trial.next.push(Next { to: "to try what was found".to_owned(), command: self.trying(&best.url) });
        }
    }

    /// The command that tries another address in the same way.
    fn trying(&self, url: &Url) -> String {
        let mut words = ["sahelwatch", "try", url.as_str()].map(str::to_owned).to_vec();
        words.extend(self.asked.arguments.allow_private.then(|| "--allow-private".to_owned()));
        offer::line(&words)
    }
}

/// Whether robots.txt speaks against polling.
pub(super) fn is_unwanted(robots: Option<Robots>) -> bool {
    matches!(robots, Some(Robots::Refuses | Robots::Unreadable))
}
