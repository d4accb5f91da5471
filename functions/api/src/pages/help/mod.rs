//! `/help/`: the documentation of this version, rendered from `docs/` when it is first opened, with a search.

mod render;
mod search;

use std::sync::LazyLock;

use askama::Template;
use axum::{Router, extract::Path, response::Response, routing::get};

use self::{
    render::{Document, render},
    search::{Found, search},
};
use super::{asked::Asked, frame::Frame};
use crate::{AppState, error::ApiError};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/help/", get(index))
        .route("/help/{page}", get(show))
}

/// For whom a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Everybody,
    Operators,
    Developers,
}

const READERS: [(Reader, &str); 3] = [
    (Reader::Everybody, "Using DivBase"),
    (Reader::Operators, "Running DivBase"),
    (Reader::Developers, "Changing DivBase"),
];

macro_rules! pages {
    ($($name:literal for $reader:ident,)*) => {
        &[$(($name, Reader::$reader, include_str!(concat!("../../../../../docs/", $name, ".md")))),*]
    };
}

/// Name, reader and text of each page, in the order of the list.
const SOURCES: &[(&str, Reader, &str)] = pages![
    "index" for Everybody,
    "joining" for Everybody,
    "metadata-filters" for Everybody,
    "files" for Everybody,
    "clients" for Everybody,
    "web" for Everybody,
    "single-sign-on" for Everybody,
    "api" for Everybody,
    "errors" for Everybody,
    "glossary" for Everybody,
    "comparison" for Everybody,
    "costs" for Everybody,
    "operations" for Operators,
    "own-servers" for Operators,
    "security" for Operators,
    "architecture" for Developers,
    "adding-a-task" for Developers,
    "task-requirements" for Developers,
    "benchmarks" for Developers,
];

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let names: Vec<&str> = SOURCES.iter().map(|(name, ..)| *name).collect();
    let sources = SOURCES.iter();
    sources
        .map(|(name, _, text)| render(name, text, &names))
        .collect()
});

#[derive(Template)]
#[template(path = "help.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    found: Vec<Found>,
}

impl Index {
    /// Headings of the list with their pages.
    fn groups(&self) -> Vec<(&'static str, Vec<&'static Document>)> {
        let of = |reader: Reader| {
            let pairs = SOURCES.iter().zip(DOCUMENTS.iter());
            pairs.filter(move |((_, written_for, _), _)| *written_for == reader)
        };
        let groups = READERS.iter();
        groups
            .map(|(reader, heading)| {
                (
                    *heading,
                    of(*reader).map(|(_, document)| document).collect(),
                )
            })
            .collect()
    }
}

#[derive(Template)]
#[template(path = "help_page.html")]
struct Page {
    frame: Frame,
    document: &'static Document,
}

async fn index(frame: Frame, asked: Asked) -> Response {
    let found = search(&DOCUMENTS, asked.get("q"));
    frame.page(|frame| Index {
        frame,
        asked,
        found,
    })
}

async fn show(frame: Frame, Path(name): Path<String>) -> Result<Response, ApiError> {
    let document = DOCUMENTS.iter().find(|document| document.name == name);
    let document = document.ok_or_else(|| {
        ApiError::not_found(format!(
            "There is no help page '{name}'. The list is at /help/."
        ))
    })?;
    Ok(frame.page(|frame| Page { frame, document }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_links_between_pages_lead_somewhere() {
        let mut places = HashSet::new();
        for document in DOCUMENTS.iter() {
            places.insert(format!("/help/{}", document.name));
            for section in &document.sections {
                places.insert(format!("/help/{}#{}", document.name, section.id));
            }
        }
        for document in DOCUMENTS.iter() {
            for link in document.html.split("href=\"").skip(1) {
                let to = link.split('"').next().unwrap_or_default();
                let to = match to.strip_prefix('#') {
                    Some(id) => format!("/help/{}#{id}", document.name),
                    None => to.to_owned(),
                };
                assert!(
                    to.starts_with("https://") || places.contains(&to),
                    "{}: {to} leads nowhere",
                    document.name
                );
            }
        }
    }

    #[test]
    fn nothing_inline_is_in_a_page() {
        for document in DOCUMENTS.iter() {
            assert!(!document.html.contains(" style="), "{}", document.name);
            assert!(!document.html.contains("<script"), "{}", document.name);
            assert!(document.html.starts_with("<h1"), "{}", document.name);
        }
    }

    #[test]
    fn every_page_of_the_documentation_is_shown() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(".md") {
                assert!(
                    SOURCES.iter().any(|(known, ..)| *known == name),
                    "{name}.md is not shown"
                );
            }
        }
    }

    #[test]
    fn what_is_searched_is_found_in_headings_first() {
        let found = search(&DOCUMENTS, "genome browser");
        assert_eq!(found[0].heading, "The genome browser");
        assert!(
            found[0]
                .excerpt
                .iter()
                .any(|(text, is_hit)| *is_hit && text.eq_ignore_ascii_case("genome"))
        );
        assert!(search(&DOCUMENTS, "no-such-word-anywhere").is_empty());
        assert!(search(&DOCUMENTS, "  ").is_empty());
    }
}
