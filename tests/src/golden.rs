//! Golden exchanges: a text file of requests as the stock client sends them and of answers as it needs them.
//!
//! ```text
//! ## What this exchange shows
//! # why, in a comment
//! @ reader                                  who sends it: a person of the stage; nobody if absent
//! POST /v1/s3/list?project_name={project}   `{name}` is a value of the stage or one that was kept
//! X-Header: value                           more headers; an empty value leaves a usual one out
//!
//! {"prefix": null}                          the body, sent as it stands
//!
//! => 200                                    the status; `=> 200 eventually` asks again until it fits
//! X-Request-ID: <uuid>                      headers; `<absent>` for one that must not be there
//!
//! {"files": []}                             the body's shape; without one the body must be empty
//! ```
//!
//! With `UPDATE=1` what comes back is written into the file where it differs; see [`Mode::Accept`].

mod accept;

use std::{collections::BTreeMap, fmt, fs, path::Path};

use accept::accept;
use serde_json::Value;

use crate::{
    TestResult,
    client::{Answer, Client, Request},
    eventually::eventually,
    shape::{Kept, compare, compare_text},
};

/// One request and what must come back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What it shows.
    pub title: String,
    who: Option<String>,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    status: u16,
    eventually: bool,
    expected_headers: Vec<(String, String)>,
    expected_body: String,
}

/// What becomes of exchanges that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are an error.
    Check,
    /// What came back is written into the file, to be read before it is committed.
    Accept,
}

impl Mode {
    /// [`Mode::Accept`] if the variable `UPDATE` is set.
    #[must_use]
    pub fn from_env() -> Self {
        match std::env::var_os("UPDATE") {
            Some(_) => Self::Accept,
            None => Self::Check,
        }
    }
}

/// Plays all exchanges of a file in order. `tokens` are those of the people by name, `values` what `{…}` stand for.
///
/// # Errors
/// All differences, each with the exchange's title; in [`Mode::Accept`] those that cannot be accepted.
pub async fn play(
    file: &Path,
    mode: Mode,
    client: &Client,
    tokens: &BTreeMap<String, String>,
    mut values: Kept,
) -> TestResult<Kept> {
    let text = fs::read_to_string(file)?;
    let (mut accepted, mut faults) = (text.clone(), Vec::new());
    for exchange in parse(&text)? {
        let outcome = if exchange.eventually {
            let awaited = eventually(&exchange.title, || once(&exchange, client, tokens, &values));
            match (awaited.await, mode) {
                (Ok(kept), _) => Ok(kept),
                // It differs for good; this is how.
                (Err(_), Mode::Accept) => once(&exchange, client, tokens, &values).await,
                (Err(error), Mode::Check) => Err(Difference::of(error.to_string())),
            }
        } else {
            once(&exchange, client, tokens, &values).await
        };
        let difference = match outcome {
            Ok(kept) => {
                values.extend(kept);
                continue;
            }
            Err(difference) => difference,
        };
        let fault = match (mode, &difference.answer) {
            (Mode::Accept, Some(answer)) => {
                let found = (answer.status, answer.text());
                match accept(&accepted, &exchange.title, (found.0, &found.1), &values) {
                    Ok(text) => {
                        accepted = text;
                        continue;
                    }
                    Err(why) => format!("{why}\n{difference}"),
                }
            }
            _ => difference.to_string(),
        };
        faults.push(format!("## {}\n{fault}", exchange.title));
    }
    if accepted != text {
        fs::write(file, accepted)?;
    }
    if faults.is_empty() {
        return Ok(values);
    }
    Err(format!(
        "{} exchanges differ\n\n{}",
        faults.len(),
        faults.join("\n\n")
    )
    .into())
}

/// How an exchange differs from what is expected.
struct Difference {
    fault: String,
    answer: Option<Answer>,
}

impl Difference {
    fn of(fault: impl Into<String>) -> Self {
        Self {
            fault: fault.into(),
            answer: None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fault)?;
        match &self.answer {
            Some(answer) => write!(f, "\nanswer: {} {}", answer.status, answer.text()),
            None => Ok(()),
        }
    }
}

async fn once(
    exchange: &Exchange,
    client: &Client,
    tokens: &BTreeMap<String, String>,
    values: &Kept,
) -> Result<Kept, Difference> {
    let fill = |text: &str| fill_in(text, values);
    let method = exchange
        .method
        .parse()
        .map_err(|_| Difference::of(format!("no such method: {}", exchange.method)))?;
    let mut request =
        Request::new(method, &fill(&exchange.target)).bytes(fill(&exchange.body).as_bytes());
    if let Some(who) = &exchange.who {
        let token = tokens
            .get(who)
            .ok_or_else(|| Difference::of(format!("nobody is called {who}")))?;
        request = request.bearer(token);
    }
    let has_type = exchange
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    if !has_type && !exchange.body.is_empty() {
        request = request.header("Content-Type", "application/json");
    }
    for (name, value) in &exchange.headers {
        request = request.header(name, &fill(value));
    }
    let answer = client
        .send(request)
        .await
        .map_err(|error| Difference::of(error.to_string()))?;
    judge(exchange, &answer, values).map_err(|fault| Difference {
        fault,
        answer: Some(answer),
    })
}

fn judge(exchange: &Exchange, answer: &Answer, values: &Kept) -> Result<Kept, String> {
    if answer.status != exchange.status {
        return Err(format!(
            "expected status {}, found {}",
            exchange.status, answer.status
        ));
    }
    let mut kept = Kept::new();
    for (name, shape) in &exchange.expected_headers {
        let found = answer
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        match (shape.as_str(), found) {
            ("<absent>", None) => {}
            ("<absent>", Some(found)) => return Err(format!("header {name}: {found} is there")),
            (_, None) => return Err(format!("the header {name} is missing")),
            (shape, Some(found)) => compare_text(&fill_in(shape, values), found, &mut kept)
                .map_err(|why| format!("header {name}: {why}"))?,
        }
    }
    let expected = fill_in(&exchange.expected_body, values);
    match expected.as_str() {
        "" if answer.body.is_empty() => {}
        "" => return Err("the body should be empty".to_owned()),
        expected => match serde_json::from_str::<Value>(expected) {
            Ok(shape) => {
                let found = serde_json::from_slice(&answer.body)
                    .map_err(|error| format!("the body is not JSON: {error}"))?;
                compare(&shape, &found, "$", &mut kept)?;
            }
            Err(_) => compare_text(expected, &answer.text(), &mut kept)?,
        },
    }
    Ok(kept)
}

/// Puts the values in; braces around anything else stay.
fn fill_in(text: &str, values: &Kept) -> String {
    let mut filled = text.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

fn parse(text: &str) -> TestResult<Vec<Exchange>> {
    let titled = text.split("\n## ").skip(1);
    let exchanges: Vec<Exchange> = titled
        .map(|block| parse_one(block).map_err(|why| format!("## {block}\n{why}")))
        .collect::<Result<_, _>>()?;
    if exchanges.is_empty() {
        return Err("there are no exchanges in the file".into());
    }
    Ok(exchanges)
}

fn parse_one(block: &str) -> Result<Exchange, String> {
    let (title, rest) = block
        .split_once('\n')
        .ok_or("there is nothing but a title")?;
    let (request, expected) = rest.split_once("\n=> ").ok_or("there is no `=> STATUS`")?;
    let (head, body) = split_body(request);
    let mut exchange = Exchange {
        title: title.to_owned(),
        body,
        ..Exchange::default()
    };
    for line in head.lines().filter(|line| !line.starts_with('#')) {
        if let Some(who) = line.strip_prefix("@ ") {
            exchange.who = Some(who.trim().to_owned());
        } else if exchange.method.is_empty() {
            let (method, target) = line.split_once(' ').ok_or("no method and target")?;
            (exchange.method, exchange.target) = (method.to_owned(), target.trim().to_owned());
        } else {
            exchange.headers.push(header(line)?);
        }
    }
    let (head, body) = split_body(expected);
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    exchange.eventually = status.ends_with(" eventually");
    exchange.status = status
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .ok_or("no status")?;
    exchange.expected_headers = lines.map(header).collect::<Result<_, _>>()?;
    exchange.expected_body = body;
    Ok(exchange)
}

/// Head and body are parted by the first empty line.
fn split_body(text: &str) -> (&str, String) {
    match text.split_once("\n\n") {
        Some((head, body)) => (head, body.trim().to_owned()),
        None => (text.trim_end(), String::new()),
    }
}

fn header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| format!("no header: {line}"))?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_read() {
        let text = "# about\n\n## a title\n# why\n@ reader\nPOST /v1/x\nA: b\n\n{\"n\": null}\n\n=> 200 eventually\nC: d\n\n[1]\n\n## another\nGET /\n\n=> 404\n";
        let parsed = parse(text).unwrap();
        assert_eq!(parsed.len(), 2);
        assert_eq!(
            parsed[0],
            Exchange {
                title: "a title".to_owned(),
                who: Some("reader".to_owned()),
                method: "POST".to_owned(),
                target: "/v1/x".to_owned(),
                headers: vec![("A".to_owned(), "b".to_owned())],
                body: "{\"n\": null}".to_owned(),
                status: 200,
                eventually: true,
                expected_headers: vec![("C".to_owned(), "d".to_owned())],
                expected_body: "[1]".to_owned(),
            }
        );
        assert_eq!(
            (parsed[1].status, parsed[1].expected_body.as_str()),
            (404, "")
        );
    }
}
