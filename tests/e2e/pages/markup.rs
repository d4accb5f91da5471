//! Markup in every text that somebody can choose is text on every page: it opens no element and runs nothing. What stands where is a
//! table (`markup.tsv`) that has every page of `pages.tsv`.

mod hostile;
mod stored;
mod tags;

use std::collections::BTreeSet;

use divbase_tests::{Outcome, TestResult, client::Request};
use reqwest::Url;

use super::permissions::{paths, routes};
use hostile::{NAMES, hostile};
use stored::Stored;
use tags::{foreign, text};

const TABLE: &str = include_str!("markup.tsv");

/// Words of addresses that no field has.
const ADDRESS_WORDS: [&str; 8] = [
    "q",
    "name",
    "next",
    "next_token",
    "before",
    "after",
    "from",
    "region",
];

/// A page of the table.
struct Row {
    route: &'static str,
    who: &'static str,
    path: &'static str,
    /// Names of the hostile texts that stand there.
    shows: BTreeSet<&'static str>,
}

fn rows() -> TestResult<Vec<Row>> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    let row = |line: &'static str| {
        let [route, who, path, shows] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("not a row: {line}").into());
        };
        Ok(Row {
            route,
            who,
            path,
            shows: shows.split(' ').filter(|name| !name.is_empty()).collect(),
        })
    };
    lines.map(row).collect()
}

#[test]
fn every_page_is_in_the_table() -> Outcome {
    let known: BTreeSet<&str> = rows()?.iter().map(|row| row.route).collect();
    let pages = routes("GET");
    let pages: BTreeSet<&str> = pages.iter().map(String::as_str).collect();
    assert_eq!(known, pages);
    let shown: BTreeSet<&str> = rows()?.into_iter().flat_map(|row| row.shows).collect();
    assert_eq!(shown, BTreeSet::from(NAMES), "texts that no page shows");
    Ok(())
}

/// What of a page is not as it should be.
fn judge(row: &Row, status: u16, page: &str) -> Vec<String> {
    let mut wrong = foreign(page);
    if status != 200 && !row.shows.is_empty() {
        wrong.push(format!("answers {status}"));
    }
    let text = text(page);
    let there = NAMES
        .into_iter()
        .filter(|name| text.contains(&hostile(name)));
    let there: BTreeSet<&str> = there.collect();
    if there != row.shows {
        wrong.push(format!("shows {there:?}, not {:?}", row.shows));
    }
    wrong
}

/// A word of an address as browsers write it.
fn query(name: &str, value: &str) -> TestResult<String> {
    let url = Url::parse_with_params("http://localhost", [(name, value)])?;
    Ok(url.query().unwrap_or_default().to_owned())
}

/// What is foreign in a page, with where it is.
fn faults(place: &str, page: &str) -> Vec<String> {
    let found = foreign(page).into_iter();
    found.map(|fault| format!("{place}: {fault}")).collect()
}

#[tokio::test]
async fn stored_markup_is_text_on_every_page() -> Outcome {
    let mut stored = Stored::set().await?;
    let mut wrong = Vec::new();
    for row in rows()? {
        let path = stored.filled(row.path)?;
        let browser = stored.browser(row.who)?;
        let request = Request::get(&path).header("Accept", "text/html");
        let answer = browser.send(request).await?;
        let faults = judge(&row, answer.status, &answer.text()).into_iter();
        wrong.extend(faults.map(|fault| format!("{path}: {fault}")));
    }
    let mut written = String::new();
    for letter in &stored.letters {
        let html = letter["html"].as_str().unwrap_or_default();
        wrong.extend(faults(&letter["subject"].to_string(), html));
        written += &text(html);
    }
    assert!(written.contains(&hostile("person")), "{written}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stored.stop().await?;
    Ok(())
}

/// Words of an address, and whatever is typed into a form, come back as text too, with what is said of them.
#[tokio::test]
async fn typed_markup_is_text_in_every_answer() -> Outcome {
    let mut stored = Stored::set().await?;
    let value = hostile("typed");
    let (mut names, mut wrong, mut told) = (BTreeSet::new(), Vec::new(), 0);
    for row in rows()? {
        let path = stored.filled(row.path)?;
        let browser = stored.browser(row.who)?;
        let mut own = tags::fields(&browser.open(&path).await?.text());
        own.extend(ADDRESS_WORDS.map(str::to_owned));
        // One at a time, because the first that is refused hides what the others do.
        for name in &own {
            let joint = if path.contains('?') { '&' } else { '?' };
            let pair = query(name, &value)?;
            let path = format!("{path}{joint}{pair}");
            let request = Request::get(&path).header("Accept", "text/html");
            let page = browser.send(request).await?.text();
            told += usize::from(text(&page).contains(&value));
            wrong.extend(faults(&path, &page));
        }
        names.extend(own);
    }
    names.remove("csrf");
    let fields: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), value.as_str()))
        .collect();
    assert!(told > 20, "only {told} pages say what was typed");
    // Those that end a session come last.
    let mut forms = paths("POST");
    forms.sort_by_key(|path| path.contains("logout") || path.contains("end-all"));
    let mut said = 0;
    for path in forms {
        for who in ["owner", "admin"] {
            let browser = stored.browser(who)?;
            let answer = browser.submit(&path, &fields).await?;
            let page = match answer.headers.get("location") {
                Some(to) if answer.status == 303 => browser.open(to.to_str()?).await?.text(),
                _ => answer.text(),
            };
            said += usize::from(text(&page).contains(&value));
            wrong.extend(faults(&path, &page));
        }
    }
    assert!(said > 10, "only {said} forms say what was typed");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stored.stop().await?;
    Ok(())
}
