//! What a browser would make of a page: its elements with their attributes.

use std::collections::BTreeSet;

/// An element's name and attributes, as they are written.
type Tag<'p> = (String, Vec<(String, &'p str)>);

/// Elements that load or run something, of which ours have none or only those named below.
const ACTIVE: [&str; 8] = [
    "img", "iframe", "object", "embed", "base", "style", "video", "audio",
];

/// Elements and attributes of a page that are none of ours.
pub(super) fn foreign(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, attributes) in tags(page) {
        let is_ours = match name.as_str() {
            "script" => attributes
                .iter()
                .any(|(name, value)| name == "src" && value.starts_with("/assets/")),
            name => !ACTIVE.contains(&name),
        };
        if !is_ours {
            found.push(format!("an element {name} with {attributes:?}"));
        }
        for (attribute, value) in attributes {
            let is_address = ["href", "src", "action", "formaction", "xlink:href"];
            let leads = value.trim_start().to_ascii_lowercase();
            if attribute.starts_with("on")
                || is_address.contains(&attribute.as_str())
                    && ["javascript:", "data:", "vbscript:"]
                        .iter()
                        .any(|scheme| leads.starts_with(scheme))
            {
                found.push(format!("{name} has {attribute}=\"{value}\""));
            }
        }
    }
    found
}

/// Names of the fields of a page's forms.
pub(super) fn fields(page: &str) -> BTreeSet<String> {
    let fields = tags(page)
        .into_iter()
        .filter(|(name, _)| ["input", "textarea", "select", "button"].contains(&name.as_str()));
    let names = fields.flat_map(|(_, attributes)| attributes);
    names
        .filter(|(name, _)| name == "name")
        .map(|(_, value)| text(value))
        .collect()
}

/// A page with its references to characters resolved.
pub(super) fn text(page: &str) -> String {
    [
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(page.to_owned(), |page, (from, to)| page.replace(from, to))
}

/// Elements as a browser's tokenizer finds them (HTML, section 13.2.5), outside of which we write no `<`.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        let (attributes, after) = attributes(after);
        found.push((name.to_ascii_lowercase(), attributes));
        rest = after;
    }
    found
}

/// The attributes of a tag, and what comes behind it.
fn attributes(mut rest: &str) -> (Vec<(String, &str)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (found, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '=');
        let end = rest[1..].find(is_end).map_or(rest.len(), |end| end + 1);
        let (name, after) = rest.split_at(end);
        let (mut value, mut behind) = ("", after);
        if let Some(after) = after.trim_start().strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, behind) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => {
                    let is_end = |c: char| c.is_ascii_whitespace() || c == '>';
                    after.split_at(after.find(is_end).unwrap_or(after.len()))
                }
            };
        }
        found.push((name.to_ascii_lowercase(), value));
        rest = behind;
    }
}

#[test]
fn what_a_browser_would_run_is_found() {
    for page in [
        "<p>Hello <script>x()</script>",
        "<input value=\"\"><img src=x onerror=x()>",
        "<input value='' autofocus onfocus=x()>",
        "<a href=\"javascript:x()\">",
        "<a href=' JavaScript:x()'>",
        "<svg/onload=x()>",
        "<SCRIPT src=//evil.example></SCRIPT>",
    ] {
        assert!(!foreign(page).is_empty(), "{page}");
    }
    let ours = "<script src=\"/assets/app-1.js\" defer></script><input value=\"&#34;&#62;&#60;img onerror=x()&#62;\" required>\
                <p>1 < 2 onerror=x()</p>";
    assert_eq!(foreign(ours), Vec::<String>::new());
    assert_eq!(text("&#38;&#60;b&#62;"), "&<b>");
    let fields = fields("<form><input name=\"a\"><textarea name=b></textarea><p name=c>");
    assert_eq!(fields, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
}
