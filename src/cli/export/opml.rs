//! Feeds as OPML 2.0 (opml.org/spec2.opml): a folder for each first tag, since that is what feed readers show, and all
//! tags as `category`, so that nothing is lost on the way back.

use quick_xml::escape::escape;

use crate::model::{Source, SourceKind};

/// The document, and the ids of the sources left out because they are no feeds.
pub(super) fn document<'s>(sources: &[&'s Source]) -> (String, Vec<&'s str>) {
    let (feeds, others): (Vec<&Source>, Vec<&Source>) =
        sources.iter().partition(|source| source.kind == SourceKind::Feed);
    let mut folders: Vec<(Option<&str>, Vec<&Source>)> = Vec::new();
    for feed in feeds {
        let folder = feed.tags.first().map(String::as_str);
        match folders.iter_mut().find(|(name, _)| *name == folder) {
            Some((_, members)) => members.push(feed),
            None => folders.push((folder, vec![feed])),
        }
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    \
         <title>Sources of Sahelwatch</title>\n  </head>\n  <body>\n",
    );
    for (folder, members) in folders {
        let Some(folder) = folder else {
            members.iter().for_each(|feed| out.push_str(&format!("    {}\n", outline(feed))));
            continue;
        };
        out.push_str(&format!("    <outline{}>\n", attribute("text", folder)));
        members.iter().for_each(|feed| out.push_str(&format!("      {}\n", outline(feed))));
        out.push_str("    </outline>\n");
    }
    out.push_str("  </body>\n</opml>\n");
    (out, others.iter().map(|source| source.id.as_str()).collect())
}

fn outline(feed: &Source) -> String {
    let lang = feed.lang.as_deref().map(|lang| attribute("language", lang)).unwrap_or_default();
    let tags: Vec<String> = feed.tags.iter().map(|tag| format!("/{tag}")).collect();
    let category = if tags.is_empty() { String::new() } else { attribute("category", &tags.join(",")) };
    format!(
        "<outline type=\"rss\"{}{}{}{lang}{category}/>",
        attribute("text", &feed.name),
        attribute("title", &feed.name),
        attribute("xmlUrl", feed.url.as_str())
    )
}

fn attribute(name: &str, value: &str) -> String {
    format!(" {name}=\"{}\"", escape(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::cli::import;
    use crate::model::SourceId;

    fn feed(id: &str, tags: &[&str]) -> Source {
        let url = Url::parse(&format!("https://{id}.example/feed?a=1&b=2")).unwrap();
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Source { tags, ..Source::new(SourceId::new(id).unwrap(), SourceKind::Feed, url) }
    }

    #[test]
    fn feeds_stand_in_folders_and_the_rest_is_named() {
        let page = Source { kind: SourceKind::Links, ..feed("page", &["ML"]) };
        let french = Source { lang: Some("fr".to_owned()), name: "A & \"B\"".into(), ..feed("a", &["ML", "private"]) };
        let (untagged, other) = (feed("b", &[]), feed("c", &["ML"]));
        let (document, left_out) = document(&[&french, &page, &untagged, &other]);
        let body = document.split_once("<body>\n").unwrap().1;
        assert_eq!(
            body,
            r#"    <outline text="ML">
      <outline type="rss" text="A &amp; &quot;B&quot;" title="A &amp; &quot;B&quot;" xmlUrl="https://a.example/feed?a=1&amp;b=2" language="fr" category="/ML,/private"/>
      <outline type="rss" text="c" title="c" xmlUrl="https://c.example/feed?a=1&amp;b=2" category="/ML"/>
    </outline>
    <outline type="rss" text="b" title="b" xmlUrl="https://b.example/feed?a=1&amp;b=2"/>
  </body>
</opml>
"#
        );
        assert_eq!(left_out, ["page"]);
    }

    const NAME: &str = "[a-zé'\"<>&;#م,/]{1,6}";
    const TAG: &str = "[a-zé'\"<>&;#م]{1,6}";

    /// One line, as the configuration takes it; a tag holds neither of the signs that part categories.
    fn words(word: &'static str) -> impl Strategy<Value = String> {
        prop::collection::vec(word, 1..3).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn what_is_exported_is_imported_again(
            feeds in prop::collection::vec((words(NAME), prop::collection::btree_set(words(TAG), 0..3)), 0..5)
        ) {
            let feeds: Vec<Source> = feeds.into_iter().enumerate().map(|(n, (name, tags))| {
                let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
                Source { name: name.into(), ..feed(&format!("s{n}"), &tags) }
            }).collect();
            let (document, _) = document(&feeds.iter().collect::<Vec<_>>());
            let mut back = import::opml_outlines(&document);
            let mut sent: Vec<_> =
                feeds.iter().map(|feed| (feed.url.to_string(), Some(feed.name.to_string()), feed.tags.clone())).collect();
            back.sort();
            sent.sort();
            prop_assert_eq!(back, sent);
        }
    }
}
