//! Sections of the documentation that have all words of a search.

use super::render::{Document, Section};

/// Sections that are shown.
const MOST: usize = 30;

/// Words of a search that count.
const MOST_WORDS: usize = 10;

/// Characters of an excerpt before the first hit, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 240;

/// A section that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it is.
    pub(super) address: String,
    /// The page's title.
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    /// Pieces of its text, and whether each is a word of the search.
    pub(super) excerpt: Vec<(String, bool)>,
}

/// Those with words in their headings first, then those with the most hits.
pub(super) fn search(documents: &'static [Document], asked: &str) -> Vec<Found> {
    let words: Vec<String> = asked
        .split_whitespace()
        .take(MOST_WORDS)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for document in documents {
        for section in &document.sections {
            if let Some(weight) = weight(section, &words) {
                found.push((weight, document, section));
            }
        }
    }
    found.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    found.truncate(MOST);
    let shown = found.into_iter().map(|(_, document, section)| Found {
        address: format!("/help/{}#{}", document.name, section.id),
        title: &document.title,
        heading: &section.heading,
        excerpt: excerpt(&section.text, &words),
    });
    shown.collect()
}

/// How well a section fits: words in its heading, then hits. Nothing if a word is missing.
fn weight(section: &Section, words: &[String]) -> Option<(usize, usize)> {
    let (heading, text) = (section.heading.to_lowercase(), section.text.to_lowercase());
    let hits = |word: &String| text.matches(word.as_str()).count();
    let in_heading = words
        .iter()
        .filter(|word| heading.contains(word.as_str()))
        .count();
    let all = words
        .iter()
        .all(|word| heading.contains(word.as_str()) || hits(word) > 0);
    all.then(|| (in_heading, words.iter().map(hits).sum()))
}

/// The text around the first hit, in pieces.
fn excerpt(text: &str, words: &[String]) -> Vec<(String, bool)> {
    let letters: Vec<char> = text.chars().collect();
    // Letter by letter, as a lower-case text may have another length.
    let lower: Vec<char> = letters
        .iter()
        .map(|letter| letter.to_lowercase().next().unwrap_or(*letter))
        .collect();
    let words: Vec<Vec<char>> = words.iter().map(|word| word.chars().collect()).collect();
    let hit = |at: usize| {
        words
            .iter()
            .find(|word| lower[at..].starts_with(word))
            .map(Vec::len)
    };
    let first = (0..lower.len()).find(|at| hit(*at).is_some()).unwrap_or(0);
    let mut begin = first.saturating_sub(BEFORE);
    while begin > 0 && letters[begin - 1] != ' ' {
        begin -= 1;
    }
    let end = (begin + LENGTH).min(letters.len());
    let mut pieces = Vec::new();
    let mut plain = String::from(if begin > 0 { "… " } else { "" });
    let mut at = begin;
    while at < end {
        match hit(at) {
            Some(length) => {
                pieces.push((std::mem::take(&mut plain), false));
                pieces.push((letters[at..at + length].iter().collect(), true));
                at += length;
            }
            None => {
                plain.push(letters[at]);
                at += 1;
            }
        }
    }
    if end < letters.len() {
        plain.push_str(" …");
    }
    pieces.push((plain, false));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}
