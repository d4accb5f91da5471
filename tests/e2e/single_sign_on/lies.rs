//! Answers that are not the provider's, or not to our request, sign nobody in.

use divbase_sso::Vouches;
use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    installation::Installation,
    lying_provider::{CLIENT_ID, LyingProvider},
};
use serde_json::{Value, json};

use super::{Asked, browser, installation, is_in, leave};

const INFO: &str = "asa@example.org";

/// Leaves, has the provider give the token that `lie` makes, and comes back.
async fn lie(
    installation: &Installation,
    liar: &LyingProvider,
    make: impl FnOnce(&LyingProvider, Value) -> TestResult<String>,
) -> TestResult<(Browser, u16, String)> {
    let mut browser = browser(installation)?;
    let asked = leave(&mut browser).await?;
    let token = make(liar, liar.claims(&asked.nonce, "1"))?;
    let info = json!({"sub": "1", "email": INFO, "email_verified": true});
    liar.say(token, &asked.challenge, info);
    let answer = browser.open(&asked.back()).await?;
    Ok((browser, answer.status, answer.text()))
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

type Lie = fn(&LyingProvider, Value) -> TestResult<String>;

const LIES: [(&str, Lie); 21] = [
    ("another nonce", |liar, claims| {
        liar.sign(&with(claims, "nonce", json!("other")))
    }),
    ("no nonce", |liar, claims| {
        liar.sign(&with(claims, "nonce", Value::Null))
    }),
    ("another issuer", |liar, claims| {
        liar.sign(&with(claims, "iss", json!("https://evil.example")))
    }),
    ("no issuer", |liar, claims| {
        liar.sign(&with(claims, "iss", Value::Null))
    }),
    ("another audience", |liar, claims| {
        liar.sign(&with(claims, "aud", json!("other")))
    }),
    ("no audience", |liar, claims| {
        liar.sign(&with(claims, "aud", json!([])))
    }),
    ("two audiences", |liar, claims| {
        liar.sign(&with(claims, "aud", json!([CLIENT_ID, "other"])))
    }),
    ("another party", |liar, claims| {
        liar.sign(&with(claims, "azp", json!("other")))
    }),
    ("expired", |liar, claims| {
        let end = chrono::Utc::now().timestamp() - 120;
        liar.sign(&with(claims, "exp", json!(end)))
    }),
    ("no end", |liar, claims| {
        liar.sign(&with(claims, "exp", Value::Null))
    }),
    ("from the future", |liar, claims| {
        let begin = chrono::Utc::now().timestamp() + 600;
        liar.sign(&with(claims, "iat", json!(begin)))
    }),
    ("not yet", |liar, claims| {
        let begin = chrono::Utc::now().timestamp() + 600;
        liar.sign(&with(claims, "nbf", json!(begin)))
    }),
    ("no subject", |liar, claims| {
        liar.sign(&with(claims, "sub", json!("")))
    }),
    ("a subject of control characters", |liar, claims| {
        liar.sign(&with(claims, "sub", json!("a\nb")))
    }),
    ("another key", |liar, claims| liar.forge(&claims)),
    ("nobody's signature", |liar, claims| {
        Ok(liar.unsigned(&claims))
    }),
    ("the public key as a secret", |liar, claims| {
        Ok(liar.confused(&claims))
    }),
    ("an unknown key", |liar, claims| {
        liar.sign_as(&json!({"alg": "ES256", "kid": "nobody's"}), &claims)
    }),
    ("an algorithm of another key", |liar, claims| {
        liar.sign_as(&json!({"alg": "RS256", "kid": "one"}), &claims)
    }),
    ("what must be understood", |liar, claims| {
        liar.sign_as(
            &json!({"alg": "ES256", "kid": "one", "crit": ["b64"]}),
            &claims,
        )
    }),
    ("no token", |_, _| Ok("x.y.z".to_owned())),
];

#[tokio::test]
async fn a_token_that_is_not_for_us_now_signs_nobody_in() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "open").await?;
    for (name, make) in LIES {
        let (mut browser, status, text) = lie(&installation, &liar, make).await?;
        assert_eq!(status, 400, "{name}: {text}");
        assert!(
            text.contains("The answer of Liars is not valid"),
            "{name}: {text}"
        );
        assert!(!is_in(&mut browser).await?, "{name}");
    }
    // The same but for the lie.
    let clocks_differ = |liar: &LyingProvider, claims: Value| {
        let now = chrono::Utc::now().timestamp();
        liar.sign(&with(
            with(claims, "exp", json!(now - 30)),
            "iat",
            json!(now + 30),
        ))
    };
    let (mut browser, status, text) = lie(&installation, &liar, clocks_differ).await?;
    assert_eq!(status, 303, "{text}");
    assert!(is_in(&mut browser).await?);
    let without_id = |liar: &LyingProvider, claims: Value| {
        let claims = with(
            with(claims, "aud", json!([CLIENT_ID, "other"])),
            "azp",
            json!(CLIENT_ID),
        );
        liar.sign_as(&json!({"alg": "ES256"}), &claims)
    };
    let (_, status, text) = lie(&installation, &liar, without_id).await?;
    assert_eq!(status, 303, "{text}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_asked_and_once() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "open").await?;
    let prepared = |asked: &Asked| -> TestResult {
        let info = json!({"sub": "1", "email": INFO, "email_verified": true});
        liar.say(
            liar.sign(&liar.claims(&asked.nonce, "1"))?,
            &asked.challenge,
            info,
        );
        Ok(())
    };
    let mut mine = browser(&installation)?;
    let asked = leave(&mut mine).await?;
    prepared(&asked)?;
    let said = "began in another browser";
    let mut other = browser(&installation)?;
    let answer = other.open(&asked.back()).await?;
    assert!(
        answer.status == 400 && answer.text().contains(said),
        "{}",
        answer.text()
    );
    // An answer to another request of the same browser.
    let answer = mine
        .open("/login/callback/liar?code=good&state=other")
        .await?;
    assert!(
        answer.status == 400 && answer.text().contains(said),
        "{}",
        answer.text()
    );
    // A cookie that somebody made up, or that is a token of another kind.
    let session = installation.admin.token.clone();
    for cookie in [session.as_str(), "x.y.z", ""] {
        let mut forger = browser(&installation)?;
        forger
            .cookies
            .insert("__Host-divbase-sso".to_owned(), cookie.to_owned());
        assert_eq!(forger.open(&asked.back()).await?.status, 400, "{cookie}");
    }
    for (more, said) in [
        ("&iss=https://evil.example", "is not valid"),
        ("&error=access_denied", "did not sign you in"),
    ] {
        let answer = mine.open(&format!("{}{more}", asked.back())).await?;
        assert!(answer.text().contains(said), "{more}: {}", answer.text());
        assert!(!is_in(&mut mine).await?);
    }
    let wrong_code = asked.back().replace("good", "bad");
    let answer = mine.open(&wrong_code).await?;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(
        answer
            .text()
            .contains("does not take what your browser brought back")
    );
    let went = mine.open(&asked.back()).await?;
    assert_eq!(location(&went)?, "/profile/");
    assert!(is_in(&mut mine).await?);
    // The flow is over.
    assert_eq!(mine.open(&asked.back()).await?.status, 400);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_the_user_info_says_of_somebody_else_does_not_count() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "open").await?;
    let mut browser = browser(&installation)?;
    let asked = leave(&mut browser).await?;
    let token = liar.sign(&liar.claims(&asked.nonce, "1"))?;
    liar.say(token, &asked.challenge, json!({"sub": "2", "email": INFO}));
    let answer = browser.open(&asked.back()).await?;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(!is_in(&mut browser).await?);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_silent_spoils_no_other_way_in() -> Outcome {
    let liar = LyingProvider::start().await?;
    let mut described = liar.described(Vouches::Always);
    described.issuer = format!("{}/nobody", liar.issuer);
    let installation = installation(described, "open").await?;
    let mut browser = browser(&installation)?;
    let answer = browser.open("/login/with/liar").await?;
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.text().contains("Liars does not answer as it should"));
    assert!(answer.text().contains("name=\"password\""));
    let linnea = installation.person("linnea").await?;
    browser.sign_in(&linnea).await?;
    assert!(is_in(&mut browser).await?);
    installation.stop().await?;
    Ok(())
}
