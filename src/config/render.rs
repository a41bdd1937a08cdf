//! How a report looks: like rustc's, with the line, a caret and a hint. Knows nothing of how problems were found.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{Place, Problem, Report, Severity};

/// Most problems printed at once; the rest is only counted. A screen or two is read, more is scrolled past.
const MOST_PRINTED: usize = 20;

impl Report {
    /// The problems for people, each with its line and caret; empty when there is none. Ends with a line end.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for problem in self.most_important() {
            text.push_str(&renderer.render(&[self.group(problem)]));
            text.push_str("\n\n");
        }
        let left = self.problems.len().saturating_sub(MOST_PRINTED);
        if left > 0 {
            text.push_str(&format!("… and {left} more\n"));
        }
        text
    }

    /// The problems to print: errors before warnings when there are too many, in their order in any case.
    fn most_important(&self) -> Vec<&Problem> {
        let of = |severity| self.problems.iter().filter(move |p| p.severity == severity);
        let mut chosen: Vec<&Problem> = of(Severity::Error).chain(of(Severity::Warning)).take(MOST_PRINTED).collect();
        chosen.sort_by_key(|p| (p.place.file, p.place.span.as_ref().map(|s| s.start)));
        chosen
    }

    fn group<'a>(&'a self, problem: &'a Problem) -> Group<'a> {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let group = Group::with_title(level.primary_title(&problem.message));
        let mut group = self.point_at(group, &problem.place, AnnotationKind::Primary, None);
        if let Some(related) = &problem.related {
            group = self.point_at(group, related, AnnotationKind::Context, Some("first here"));
        }
        match &problem.hint {
            Some(hint) => group.element(Level::HELP.message(hint)),
            None => group,
        }
    }

    fn point_at<'a>(
        &'a self,
        group: Group<'a>,
        place: &Place,
        kind: AnnotationKind,
        label: Option<&'a str>,
    ) -> Group<'a> {
        let file = &self.files[place.file];
        let path = file.path.to_string_lossy();
        match &place.span {
            None => group.element(Origin::path(path)),
            Some(span) => {
                let annotation = kind.span(span.clone()).label(label);
                group.element(Snippet::source(&file.text).path(path).annotation(annotation))
            }
        }
    }
}
