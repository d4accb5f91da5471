//! Markdown as HTML that our policy lets in: nothing inline, links to pages of ours or none.

use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A page of the documentation.
#[derive(Debug)]
pub(super) struct Document {
    /// Its name in the address.
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) html: String,
    /// The part before the first heading below the title is the first.
    pub(super) sections: Vec<Section>,
}

/// What stands below a heading.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Names it in the page.
    pub(super) id: String,
    pub(super) heading: String,
    /// Without marks, words separated by single blanks.
    pub(super) text: String,
}

/// A page of this name; `names` are those of all pages.
pub(super) fn render(name: &'static str, markdown: &str, names: &[&str]) -> Document {
    let mut events = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    let mut in_heading = false;
    let (mut links, mut tables) = (Vec::new(), 0);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                sections.push(Section::default());
                events.push(event);
            }
            Event::End(TagEnd::Heading(_)) => {
                in_heading = false;
                let section = sections.pop().unwrap_or_default();
                let id = slug(&section.heading);
                name_heading(&mut events, &id);
                sections.push(Section { id, ..section });
                events.push(event);
            }
            Event::Start(Tag::Table(columns)) => {
                tables += 1;
                let frame = format!(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table {tables}\">"
                );
                events.push(Event::Html(frame.into()));
                // An alignment would be a style within the page.
                let columns = vec![Alignment::None; columns.len()];
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let to = address(&dest_url, names);
                links.push(to.is_some());
                if let Some(to) = to {
                    events.push(Event::Start(Tag::Link {
                        link_type,
                        dest_url: CowStr::from(to),
                        title,
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(event);
                }
            }
            // HTML within the text is shown as it is written.
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            event => {
                if let (Event::Text(text) | Event::Code(text), Some(section)) =
                    (&event, sections.last_mut())
                {
                    let into = if in_heading {
                        &mut section.heading
                    } else {
                        &mut section.text
                    };
                    into.push_str(text);
                }
                // What stands in other lines, paragraphs and cells is apart.
                if matches!(event, Event::SoftBreak | Event::HardBreak | Event::End(_))
                    && !matches!(event, Event::End(TagEnd::Emphasis | TagEnd::Strong))
                    && let Some(section) = sections.last_mut()
                {
                    section.text.push(' ');
                }
                events.push(event);
            }
        }
    }
    for section in &mut sections {
        section.text = section
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
    }
    let mut html = String::new();
    html::push_html(&mut html, events.into_iter());
    Document {
        name,
        title: sections
            .first()
            .map_or(name, |section| &section.heading)
            .to_owned(),
        html,
        sections,
    }
}

/// Gives the heading that was begun last its name.
fn name_heading(events: &mut [Event<'_>], slug: &str) {
    let begun = events.iter_mut().rev().find_map(|event| match event {
        Event::Start(Tag::Heading { id, .. }) => Some(id),
        _ => None,
    });
    if let Some(id) = begun {
        *id = Some(CowStr::from(slug.to_owned()));
    }
}

/// Where a link leads from a page; nothing if that is no page.
fn address(to: &str, names: &[&str]) -> Option<String> {
    if to.starts_with('#') || to.starts_with("https://") {
        return Some(to.to_owned());
    }
    let (file, place) = match to.split_once('#') {
        Some((file, place)) => (file, format!("#{place}")),
        None => (to, String::new()),
    };
    let name = file.strip_suffix(".md")?;
    names
        .contains(&name)
        .then(|| format!("/help/{name}{place}"))
}

/// As GitHub names headings.
fn slug(heading: &str) -> String {
    let letters = heading.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
        _ => None,
    });
    letters.flat_map(char::to_lowercase).collect()
}
