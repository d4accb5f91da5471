//! An authenticator app: it has a secret, and shows codes.

use chrono::{Duration, Utc};
use divbase_auth::TotpSecret;
use serde_json::json;

use crate::{TestResult, accounts::Person, client::Request, installation::Installation};

/// RFC 4648 §6.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Somebody's app.
#[derive(Clone, Debug)]
pub struct Authenticator(TotpSecret);

impl Authenticator {
    /// One into which a secret is typed.
    ///
    /// # Errors
    /// If it is no such secret.
    pub fn new(secret: &str) -> TestResult<Self> {
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for letter in secret.chars() {
            let value = LETTERS.find(letter).ok_or("no base32")?;
            bits = (bits << 5) | u32::try_from(value)?;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
            }
        }
        Ok(Self(
            TotpSecret::from_bytes(&bytes).ok_or("not 160 bits long")?,
        ))
    }

    /// The bytes of its secret.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// What it shows now.
    #[must_use]
    pub fn shows(&self) -> String {
        self.0.code_at(Utc::now())
    }

    /// What it shows half a minute later: the service takes it already.
    #[must_use]
    pub fn shows_next(&self) -> String {
        self.0.code_at(Utc::now() + Duration::seconds(30))
    }

    /// What it showed or will show that much from now.
    #[must_use]
    pub fn shows_in(&self, seconds: i64) -> String {
        self.0.code_at(Utc::now() + Duration::seconds(seconds))
    }

    /// Turns somebody's second factor on; gives their app and recovery codes.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn enrol(
        installation: &Installation,
        person: &Person,
    ) -> TestResult<(Self, Vec<String>)> {
        let post = |path: &str| Request::post(path).bearer(&person.token);
        let begin = post("/v1/auth/second-factor").json(&json!({"password": person.password}));
        let begun = installation.client.send(begin).await?.accepted()?;
        let app = Self::new(begun["secret"].as_str().ok_or("no secret")?)?;
        let confirm = post("/v1/auth/second-factor/confirm").json(&json!({"code": app.shows()}));
        let made = installation.client.send(confirm).await?.accepted()?;
        let codes = made["recovery_codes"].as_array().ok_or("no codes")?;
        let codes = codes.iter().filter_map(|code| code.as_str());
        Ok((app, codes.map(str::to_owned).collect()))
    }

    /// Has the service forget which codes were used, so that a test need not wait for the next one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget(installation: &Installation) -> TestResult {
        let mut database = installation.database.connect().await?;
        sqlx::query("UPDATE second_factor SET last_step = 0")
            .execute(&mut database)
            .await?;
        Ok(())
    }
}
