//! A real OpenID Connect provider, `oidc-provider` of npm, in a process of its own, and people who sign in there.

use std::process::Stdio;

use divbase_services::workspace_root;
use divbase_sso::{ClientSecret, Provider, Vouches};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::{
    TestResult,
    browser::{Browser, location},
    client::Client,
};

/// The address of the pages, as the provider knows it. Nothing is there: a test's browser looks at paths alone.
pub const PUBLIC_API_URL: &str = "https://divbase.example.org/api";
const SITE: &str = "https://divbase.example.org";
const SECRET: &str = "a secret of the tests, which is long enough";

/// The provider.
#[derive(Debug)]
pub struct RealProvider {
    child: Child,
    /// It writes there now and then, and ends if nobody has the other end.
    _output: Lines<BufReader<ChildStdout>>,
    port: u16,
    people: Value,
}

impl RealProvider {
    /// Starts it on a free port. `people` has the claims of each person by the login name.
    ///
    /// # Errors
    /// If Node or the package is not there: `make test-sso` installs it.
    pub async fn start(people: Value) -> TestResult<Self> {
        let (child, output, port) = launch(0, &people).await?;
        Ok(Self {
            child,
            _output: output,
            port,
            people,
        })
    }

    /// Stops it and starts it again with other keys, and without anybody's session.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn restart(&mut self) -> TestResult {
        self.child.kill().await?;
        (self.child, self._output, self.port) = launch(self.port, &self.people).await?;
        Ok(())
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// As the operator describes it; `client_id` is one of `divbase`, `divbase-es` and `divbase-ed`, which get tokens of
    /// RS256, ES256 and EdDSA.
    #[must_use]
    pub fn described(&self, client_id: &str, vouches: Vouches) -> Provider {
        Provider {
            id: "uni".to_owned(),
            name: "University of Tests".to_owned(),
            issuer: self.issuer(),
            client_id: client_id.to_owned(),
            client_secret: Some(ClientSecret::new(SECRET.to_owned())),
            scopes: "openid email profile".to_owned(),
            email_claim: "email".to_owned(),
            vouches,
        }
    }

    /// Signs somebody in at the provider, where a browser was sent to, and lets them agree to everything. Gives the path
    /// of ours that the browser comes back to.
    ///
    /// # Errors
    /// If the provider does not send it back.
    pub async fn sign_in(&self, client: &Client, url: &str, login: &str) -> TestResult<String> {
        let mut browser = Browser::new(client, &format!("{}/api", self.issuer()))?;
        let mut at = self.path(url)?;
        for _ in 0..12 {
            let answer = browser.open(&at).await?;
            let to = match answer.status {
                303 => location(&answer)?,
                200 => {
                    let prompt = match answer.text().contains("value=\"login\"") {
                        true => "login",
                        false => "consent",
                    };
                    let form = [("prompt", prompt), ("login", login), ("password", "x")];
                    let request = crate::client::Request::post(&at).form(&form);
                    location(&browser.send(request).await?)?
                }
                status => return Err(format!("{at}: {status}: {}", answer.text()).into()),
            };
            if let Some(path) = to.strip_prefix(SITE) {
                return Ok(path.to_owned());
            }
            at = self.path(&to)?;
        }
        Err(format!("the provider goes on and on, now at {at}").into())
    }

    fn path(&self, url: &str) -> TestResult<String> {
        let path = url.strip_prefix(&self.issuer()).unwrap_or(url);
        match path.starts_with('/') {
            true => Ok(path.to_owned()),
            false => Err(format!("not at the provider: {url}").into()),
        }
    }
}

async fn launch(
    port: u16,
    people: &Value,
) -> TestResult<(Child, Lines<BufReader<ChildStdout>>, u16)> {
    let root = workspace_root();
    let mut child = Command::new("node")
        .arg(root.join("tests/sso/provider.mjs"))
        .arg(root.join(".local/sso"))
        .arg(port.to_string())
        .arg(format!("{SITE}/login/callback/uni"))
        .args([SECRET, &people.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let port = lines
        .next_line()
        .await?
        .ok_or("the provider did not start: run local/scripts/sso.sh")?;
    Ok((child, lines, port.parse()?))
}
