//! A browser without a script: it keeps cookies, sends forms with what their page says, and follows what it is told to.

use std::collections::BTreeMap;

use crate::{
    TestResult,
    accounts::Person,
    client::{Answer, Client, Request},
};

/// One person's browser.
#[derive(Clone, Debug)]
pub struct Browser {
    client: Client,
    origin: String,
    /// Names and values of its cookies.
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser at the installation whose API has this base URL.
    ///
    /// # Errors
    /// If the URL does not end in `/api`.
    pub fn new(client: &Client, api_url: &str) -> TestResult<Self> {
        let origin = api_url.strip_suffix("/api").ok_or("no base URL")?;
        Ok(Self {
            client: client.clone(),
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
        })
    }

    /// Sends a request to a path with the cookies, and keeps those that come back.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn send(&mut self, mut request: Request) -> TestResult<Answer> {
        request.target = format!("{}{}", self.origin, request.target);
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = self
            .client
            .send(request.header("Cookie", &pairs.join("; ")))
            .await?;
        for cookie in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = cookie
                .to_str()?
                .split_once(';')
                .ok_or("a cookie without attributes")?;
            let (name, value) = pair.split_once('=').ok_or("a cookie without a value")?;
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// Opens a page.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn open(&mut self, path: &str) -> TestResult<Answer> {
        self.send(Request::get(path)).await
    }

    /// Opens a page that has to be there; gives its text.
    ///
    /// # Errors
    /// If it is not.
    pub async fn read(&mut self, path: &str) -> TestResult<String> {
        let answer = self.open(path).await?;
        match answer.status {
            200 => Ok(answer.text()),
            status => Err(format!("{path} answered {status}: {}", answer.text()).into()),
        }
    }

    /// Sends a form as a page of ours has it.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> TestResult<Answer> {
        if self.csrf().is_empty() {
            self.open("/login").await?;
        }
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.send(Request::post(path).form(&all)).await
    }

    /// Sends a form that leads somewhere; gives the text of the page that it leads to.
    ///
    /// # Errors
    /// If it leads nowhere, with what was said instead.
    pub async fn submit_and_read(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> TestResult<String> {
        let answer = self.submit(path, fields).await?;
        let to = location(&answer)?;
        self.read(&to).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn sign_in(&mut self, person: &Person) -> TestResult {
        let fields = [
            ("email", person.email.as_str()),
            ("password", &person.password),
        ];
        location(&self.submit("/login", &fields).await?).map(|_| ())
    }

    fn csrf(&self) -> String {
        self.cookies
            .get("__Host-divbase-csrf")
            .cloned()
            .unwrap_or_default()
    }
}

/// Where a form leads.
///
/// # Errors
/// If it leads nowhere, with what was said instead.
pub fn location(answer: &Answer) -> TestResult<String> {
    let to = answer
        .headers
        .get("location")
        .filter(|_| answer.status == 303);
    let to = to.ok_or_else(|| format!("{} and no way on: {}", answer.status, answer.text()))?;
    Ok(to.to_str()?.to_owned())
}
