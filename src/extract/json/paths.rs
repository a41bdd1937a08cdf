//! The JSONPath queries of a source, compiled once. The only file that names serde_json_path. Knows nothing of
//! documents.
//!
//! A query is written by the operator and trusted, a document is not: none may make a query cost more than its length.
//! So `..`, which visits everything below a node, stands at most once between the document and a value, and filters ask
//! about what they filter and not about the whole document: both would multiply. Filters in filters are refused as
//! well: twenty of them take the parser half a minute, and more of them for ever.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::super::BadPick;
use crate::model::JsonPaths;

/// Longest query, in bytes.
const MAX_QUERY: usize = 500;
/// Deepest brackets in a query: the parser descends by recursion.
const MAX_BRACKETS: usize = 16;

/// Compiled queries: how the items of a document are found, and what is taken from each.
#[derive(Debug, Clone)]
pub struct Queries {
    pub(super) item: Query,
    pub(super) title: Query,
    pub(super) link: Option<Query>,
    pub(super) id: Option<Query>,
    pub(super) date: Option<Query>,
    pub(super) summary: Option<Query>,
    pub(super) body: Option<Query>,
}

impl Queries {
    /// Compiles the queries of a source.
    ///
    /// # Errors
    /// Every bad query, in the order of the keys.
    pub fn compile(paths: &JsonPaths) -> Result<Self, Vec<BadPick>> {
        let mut bad = Vec::new();
        let mut compile = |key, typed: Option<&String>| {
            Query::compile(key, typed?).map_err(|problem| bad.push(BadPick { key, problem })).ok()
        };
        let item = compile("item", Some(&paths.item));
        let title = compile("title", Some(&paths.title));
        let link = compile("link", paths.link.as_ref());
        let id = compile("id", paths.id.as_ref());
        let date = compile("date", paths.date.as_ref());
        let summary = compile("summary", paths.summary.as_ref());
        let body = compile("body", paths.body.as_ref());
        let (Some(item), Some(title)) = (item, title) else { return Err(bad) };
        let queries = Self { item, title, link, id, date, summary, body };
        if queries.item.descends {
            let twice = queries.fields().into_iter().flatten().filter(|query| query.descends);
            let problem = "`..` is in `item` already, and may not be here too: the two would multiply";
            bad.extend(twice.map(|query| BadPick { key: query.key, problem: problem.to_owned() }));
        }
        if bad.is_empty() { Ok(queries) } else { Err(bad) }
    }

    /// All but `item`.
    pub(super) fn fields(&self) -> [Option<&Query>; 6] {
        let Self { item: _, title, link, id, date, summary, body } = self;
        [Some(title), link.as_ref(), id.as_ref(), date.as_ref(), summary.as_ref(), body.as_ref()]
    }
}

/// One query.
#[derive(Debug, Clone)]
pub(super) struct Query {
    /// Its key in the configuration.
    pub(super) key: &'static str,
    /// As typed.
    pub(super) typed: String,
    path: JsonPath,
    /// Whether it has a `..`.
    descends: bool,
}

impl Query {
    fn compile(key: &'static str, typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("empty; write a query such as `$.articles[*]` or `$.title`".to_owned());
        }
        if !typed.starts_with('$') {
            return Err(format!("a query begins with `$`, as in `$.{}`", typed.trim_start_matches(['.', '@'])));
        }
        if typed.len() > MAX_QUERY {
            return Err(format!("longer than {MAX_QUERY} bytes"));
        }
        let shape = Shape::of(typed);
        if shape.brackets > MAX_BRACKETS {
            return Err(format!("brackets are nested more than {MAX_BRACKETS} deep"));
        }
        if shape.descents > 1 {
            return Err("`..` stands more than once, and the two would multiply".to_owned());
        }
        if shape.roots > 1 || shape.filters > 1 {
            return Err("a filter may not hold a further filter or begin anew at `$`: ask about `@`".to_owned());
        }
        let path = JsonPath::parse(typed).map_err(|error| match shape.calls {
            // RFC 9535 §2.4 has functions; a regular expression over every node of a hostile document is left out.
            true => "functions such as `match()` are not supported".to_owned(),
            false => format!("{} (at character {})", error.message(), error.position()),
        })?;
        Ok(Self { key, typed: typed.to_owned(), path, descends: shape.descents > 0 })
    }

    /// What it selects, in document order.
    pub(super) fn nodes<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        self.path.query(value).all()
    }
}

/// What counts for the cost of a query, outside of quoted names.
#[derive(Debug, Default)]
struct Shape {
    /// `..`
    descents: usize,
    /// `$`
    roots: usize,
    /// `?`
    filters: usize,
    /// The deepest nesting of `[` and `(`.
    brackets: usize,
    /// A name followed by `(`.
    calls: bool,
}

impl Shape {
    fn of(typed: &str) -> Self {
        let mut shape = Self::default();
        let (mut quote, mut escaped, mut open, mut before) = (None, false, 0_usize, ' ');
        for c in typed.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quote.is_some() => escaped = true,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                _ if quote.is_some() => quote = quote.filter(|&opened| opened != c),
                '.' if before == '.' => shape.descents += 1,
                '$' => shape.roots += 1,
                '?' => shape.filters += 1,
                '[' | '(' => {
                    shape.calls |= c == '(' && before.is_ascii_alphanumeric();
                    open += 1;
                    shape.brackets = shape.brackets.max(open);
                }
                ']' | ')' => open = open.saturating_sub(1),
                _ => {}
            }
            before = c;
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(item: &str, title: &str) -> JsonPaths {
        JsonPaths { item: item.to_owned(), title: title.to_owned(), ..JsonPaths::default() }
    }

    #[test]
    fn bad_queries_say_what_is_wrong() {
        let deep = format!("$[?{}1{}]", "(".repeat(200), ")".repeat(200));
        let long = format!("$.{}", "a".repeat(MAX_QUERY));
        for (typed, want) in [
            ("", "empty; write a query such as `$.articles[*]` or `$.title`"),
            ("title.rendered", "a query begins with `$`, as in `$.title.rendered`"),
            ("@.title", "a query begins with `$`, as in `$.title`"),
            ("$..a..b", "`..` stands more than once, and the two would multiply"),
            ("$[?@.a == $.b]", "a filter may not hold a further filter or begin anew at `$`: ask about `@`"),
            ("$[?@[?@.a]]", "a filter may not hold a further filter or begin anew at `$`: ask about `@`"),
            ("$[?match(@.a, 'x')]", "functions such as `match()` are not supported"),
            (deep.as_str(), "brackets are nested more than 16 deep"),
            (long.as_str(), "longer than 500 bytes"),
        ] {
            let bad = Queries::compile(&paths("$[*]", typed)).expect_err(typed);
            assert_eq!(bad, [BadPick { key: "title", problem: want.to_owned() }], "{typed}");
        }
        for typed in ["$.", "$.a[", "$.a[b]", "$['a", "$.a b", "$[?@.a = 1]"] {
            let bad = Queries::compile(&paths("$[*]", typed)).expect_err(typed);
            assert!(bad[0].problem.contains("(at character "), "{typed}: {bad:?}");
        }
    }

    #[test]
    fn the_worst_query_within_bounds_compiles_in_no_time() {
        let group = format!("{}@.a{}", "(".repeat(MAX_BRACKETS - 1), ")".repeat(MAX_BRACKETS - 1));
        let groups = [group.as_str(); 14].join("&&");
        for query in [format!("$[?{groups}]"), format!("$[?{groups}&&]")] {
            assert!(query.len() <= MAX_QUERY && Shape::of(&query).brackets == MAX_BRACKETS, "{}", query.len());
            assert_eq!(Query::compile("title", &query).is_ok(), !query.ends_with("&]"));
        }
    }

    #[test]
    fn every_bad_query_is_reported() {
        let some = |typed: &str| Some(typed.to_owned());
        let all =
            JsonPaths { link: some("a"), id: some("$["), date: some(""), summary: some("$..x"), ..paths("x", "") };
        let keys = |paths: &JsonPaths| -> Vec<&str> {
            Queries::compile(paths).expect_err("some are bad").iter().map(|bad| bad.key).collect()
        };
        assert_eq!(keys(&all), ["item", "title", "link", "id", "date"]);
        assert_eq!(keys(&JsonPaths { summary: some("$..x"), ..paths("$..a", "$.t") }), ["summary"]);
    }

    #[test]
    fn known_queries_compile_and_cross_threads() {
        fn crosses<T: Send + Sync>(_: &T) {}
        for typed in
            ["$", "$.a['b..c$?'][0]", "$..posts[*]", "$[?@.lang == 'fr' && @.n > 3]", "$.a[1:5:2]", "$['عنوان']"]
        {
            crosses(&Queries::compile(&paths(typed, "$.t")).expect(typed));
        }
    }
}
