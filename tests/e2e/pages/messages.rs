//! What people are told: every message of the pages and every letter, by a table (`messages.tsv`).

use std::collections::{BTreeMap, BTreeSet};

use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    browser::{Browser, location},
    client::{Answer, Request},
    installation::Installation,
    mailbox::Mailbox,
};
use serde_json::Value;

use super::browser;

const MESSAGES: &str = include_str!("messages.tsv");
const NEW: &str = "heron lake fog 71";
const OTHER: &str = "otter river mist 17";
/// Letters that the public server sends, by what ours are called.
const LETTERS: [&str; 7] = [
    "Confirm your address for DivBase",
    "You have an account at DivBase",
    "Set a new password for DivBase",
    "Your password at DivBase was set",
    "A personal access token was made for your account at DivBase",
    "A personal access token of your account at DivBase was revoked",
    "A test of DivBase's mail",
];

/// A row of the table.
struct Row<'t> {
    rule: String,
    who: &'t str,
    method: &'t str,
    path: String,
    form: Vec<(String, String)>,
    status: u16,
    words: Vec<String>,
    /// The subject of the letter that it sends.
    letter: Option<&'t str>,
}

/// Puts what the names in braces stand for in their places.
fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

impl<'t> Row<'t> {
    fn read(line: &'t str, values: &BTreeMap<String, String>) -> TestResult<Self> {
        let mut columns: Vec<&str> = line.split('\t').collect();
        columns.resize(8, "");
        let [about, rule, who, order, form, status, words, letter] = columns[..] else {
            return Err(format!("not a row: {line}").into());
        };
        let (method, path) = order.split_once(' ').ok_or("no method")?;
        let fields = form.split('&').filter_map(|pair| pair.split_once('='));
        Ok(Self {
            rule: format!("{about}: {rule}"),
            who,
            method,
            path: filled(path, values),
            form: fields
                .map(|(name, value)| (name.to_owned(), filled(value, values)))
                .collect(),
            status: status.parse()?,
            words: words.split('|').map(|word| filled(word, values)).collect(),
            letter: Some(letter).filter(|letter| !letter.is_empty()),
        })
    }

    /// Does it; gives the status, and the text of the page that is read in the end.
    async fn done(&self, browser: &mut Browser) -> TestResult<(u16, String)> {
        let form = self.form.iter();
        let form: Vec<_> = form.map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = match self.method {
            "GET" => browser.open(&self.path).await?,
            _ => browser.submit(&self.path, &form).await?,
        };
        let text = match answer.status {
            303 => browser.read(&location(&answer)?).await?,
            _ => answer.text(),
        };
        Ok((answer.status, text))
    }

    fn judge(&self, status: u16, text: &str) -> Option<String> {
        let text = text.replace("&#39;", "'").replace("&#34;", "\"");
        let missing: Vec<&String> = self
            .words
            .iter()
            .filter(|words| !text.contains(*words))
            .collect();
        if status == self.status && missing.is_empty() {
            return None;
        }
        let begins = text.find("<main").unwrap_or_default();
        let said: String = text[begins..].chars().take(1_500).collect();
        Some(format!(
            "{}: {status}, without {missing:?}: {said}",
            self.rule
        ))
    }
}

/// The token in a letter.
fn token(letter: &Value) -> Option<String> {
    let text = letter["text"].as_str()?;
    let (_, after) = text.split_once("token=")?;
    Some(after.split_whitespace().next()?.to_owned())
}

async fn number(installation: &Installation, person: &Person) -> TestResult<String> {
    let me = Request::get("/v1/auth/whoami").bearer(&person.token);
    Ok(installation.client.send(me).await?.accepted()?["id"].to_string())
}

/// The number of the personal access token of this name.
async fn token_number(installation: &Installation, person: &Person) -> TestResult<String> {
    let tokens = Request::get("/v1/auth/pats").bearer(&person.token);
    let tokens = installation.client.send(tokens).await?.accepted()?;
    let mut tokens = tokens.as_array().into_iter().flatten();
    let found = tokens.find(|token| token["name"] == "laptop");
    Ok(found
        .map(|found| found["id"].to_string())
        .unwrap_or_default())
}

#[tokio::test]
async fn people_are_told_what_the_table_says() -> Outcome {
    let mut mailbox = Mailbox::start().await?;
    let mailer = mailbox.mailer()?;
    let registration = "@example.org".parse()?;
    let installation = Installation::start_with(|settings| {
        settings.mail = Some(mailer);
        settings.registration = registration;
    })
    .await?;
    let [linnea, erik, olof] = ["linnea", "erik", "olof"].map(|name| installation.person(name));
    let (linnea, erik, olof) = (linnea.await?, erik.await?, olof.await?);
    installation.project("herring", &linnea, "manage").await?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE app_user SET is_active = false WHERE email = $1")
        .bind(&olof.email)
        .execute(&mut database)
        .await?;

    let admin = &installation.admin;
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut browsers = BTreeMap::from([("nobody", browser(&installation)?)]);
    for (name, person) in [
        ("linnea", &linnea),
        ("erik", &erik),
        ("olof", &olof),
        ("admin", admin),
    ] {
        values.insert(name.to_owned(), person.email.clone());
        values.insert(format!("{name}.password"), person.password.clone());
        if name != "olof" {
            let id = number(&installation, person).await?;
            values.insert(format!("{name}.id"), id);
            let mut browser = browser(&installation)?;
            browser.sign_in(person).await?;
            browsers.insert(name, browser);
        }
    }
    values.insert("new".to_owned(), NEW.to_owned());
    values.insert("other".to_owned(), OTHER.to_owned());

    let (mut wrong, mut sent) = (Vec::new(), BTreeSet::new());
    let rows = MESSAGES.lines().filter(|line| !line.starts_with('#'));
    for line in rows.skip(1) {
        let laptop = token_number(&installation, &linnea).await?;
        values.insert("laptop".to_owned(), laptop);
        let row = Row::read(line, &values)?;
        let (status, text) = if row.path.starts_with("/api/") {
            let path = row.path.trim_start_matches("/api");
            let answer: Answer = installation
                .client
                .send(Request::post(path).bearer(&admin.token))
                .await?;
            (answer.status, answer.text())
        } else {
            let browser = browsers.get_mut(row.who).ok_or("nobody of this name")?;
            row.done(browser).await?
        };
        wrong.extend(row.judge(status, &text));
        let Some(subject) = row.letter else {
            continue;
        };
        let letter = mailbox.next().await?;
        if letter["subject"] != subject {
            wrong.push(format!("{}: a letter {}", row.rule, letter["subject"]));
        }
        sent.insert(subject);
        if let Some(token) = token(&letter) {
            values.insert("token".to_owned(), token);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let missing: Vec<&str> = LETTERS
        .into_iter()
        .filter(|letter| !sent.contains(letter))
        .collect();
    assert!(missing.is_empty(), "no row sends {missing:?}");
    installation.stop().await?;
    Ok(())
}
