//! Signing in with an identity of elsewhere.

pub(crate) mod device;
mod lies;
mod people;
mod real;

use divbase_sso::Provider;
use divbase_tests::{
    TestResult,
    browser::{Browser, location},
    client::Answer,
    installation::Installation,
    lying_provider::LyingProvider,
    provider::PUBLIC_API_URL,
};
use serde_json::Value;

/// An installation whose people can sign in at this provider.
pub(crate) async fn installation(
    provider: Provider,
    registration: &str,
) -> TestResult<Installation> {
    let registration = registration.parse()?;
    Installation::start_api_with(|settings| {
        settings.providers = vec![provider];
        settings.public_api_url = Some(PUBLIC_API_URL.to_owned());
        settings.registration = registration;
    })
    .await
}

fn browser(installation: &Installation) -> TestResult<Browser> {
    Browser::new(&installation.client, &installation.api_url)
}

/// What a request to a provider says.
struct Asked {
    state: String,
    nonce: String,
    challenge: String,
}

impl Asked {
    fn of(url: &str) -> TestResult<Self> {
        let url = reqwest::Url::parse(url)?;
        let get = |name: &str| -> TestResult<String> {
            let mut pairs = url.query_pairs();
            let found = pairs.find(|(key, _)| key == name);
            Ok(found
                .ok_or_else(|| format!("no {name}: {url}"))?
                .1
                .into_owned())
        };
        assert_eq!(get("response_type")?, "code");
        assert_eq!(get("code_challenge_method")?, "S256");
        assert!(get("scope")?.split(' ').any(|scope| scope == "openid"));
        let back = "https://divbase.example.org/login/callback/";
        assert!(get("redirect_uri")?.starts_with(back));
        Ok(Self {
            state: get("state")?,
            nonce: get("nonce")?,
            challenge: get("code_challenge")?,
        })
    }

    fn back(&self) -> String {
        format!("/login/callback/liar?code=good&state={}", self.state)
    }
}

/// Has a browser leave for the lying provider.
async fn leave(browser: &mut Browser) -> TestResult<Asked> {
    let answer = browser.open("/login/with/liar?next=/projects/").await?;
    Asked::of(&location(&answer)?)
}

/// Has a browser come back from the lying provider as somebody, whom the user info describes.
pub(crate) async fn come_back(
    browser: &mut Browser,
    liar: &LyingProvider,
    subject: &str,
    info: &Value,
) -> TestResult<Answer> {
    let asked = leave(browser).await?;
    return_as(browser, liar, &asked, subject, info).await
}

async fn return_as(
    browser: &mut Browser,
    liar: &LyingProvider,
    asked: &Asked,
    subject: &str,
    info: &Value,
) -> TestResult<Answer> {
    let mut info = info.clone();
    info["sub"] = subject.into();
    liar.say(
        liar.sign(&liar.claims(&asked.nonce, subject))?,
        &asked.challenge,
        info,
    );
    browser.open(&asked.back()).await
}

/// Whether somebody is signed in.
async fn is_in(browser: &mut Browser) -> TestResult<bool> {
    Ok(browser.open("/profile/").await?.status == 200)
}
