//! Time tells nobody who has an account: logins, resets and registrations of different kinds take equally long. The kinds take turns,
//! so that whatever else the machine does falls on all of them, and what is compared are medians of differences within a turn.

use std::time::Instant;

use divbase_api::Registration;
use divbase_service::mail::Mailer;
use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::json;
use sqlx::PgConnection;

use super::patch;

/// Turns that each kind gets.
const TURNS: usize = 25;
/// A difference below this part of what a request takes is none. A password's hash is nearly all of it, so that leaving it out
/// would be a difference of nine tenths.
const PART: f64 = 0.10;
/// Differences of less than this are not seen through a network.
const LEAST_SECONDS: f64 = 0.000_5;

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The median difference of two kinds in seconds, and what it may be by chance: three times its standard error, which the
/// median deviation estimates whatever single outliers there are, and the part that counts as none.
fn difference(one: &[f64], other: &[f64]) -> (f64, f64) {
    let differences: Vec<f64> = one.iter().zip(other).map(|(a, b)| a - b).collect();
    let middle = median(&differences);
    let deviations: Vec<f64> = differences.iter().map(|d| (d - middle).abs()).collect();
    let spread = 1.4826 * median(&deviations);
    let turns = differences.len() as f64;
    let error = 1.2533 * spread / turns.sqrt();
    let none = (PART * median(one).max(median(other))).max(LEAST_SECONDS);
    (middle.abs(), none + 3.0 * error)
}

/// Sends each request in turn, again and again, and gives what each took. The order within a turn changes.
async fn measured(
    installation: &Installation,
    kinds: &[&(dyn Fn(usize) -> Request + Sync)],
    expected: &[u16],
) -> TestResult<Vec<Vec<f64>>> {
    let mut database = installation.database.connect().await?;
    let mut took = vec![Vec::new(); kinds.len()];
    for turn in 0..=TURNS {
        for place in 0..kinds.len() {
            let kind = (place + turn) % kinds.len();
            forget_attempts(&mut database).await?;
            let began = Instant::now();
            let answer = installation.client.send(kinds[kind](turn)).await?;
            let seconds = began.elapsed().as_secs_f64();
            assert_eq!(answer.status, expected[kind], "{}", answer.text());
            // The first turn opens connections.
            if turn > 0 {
                took[kind].push(seconds);
            }
        }
    }
    Ok(took)
}

/// Nobody is slowed down as a guesser: what is measured is what a first attempt takes.
async fn forget_attempts(database: &mut PgConnection) -> TestResult {
    sqlx::query("DELETE FROM attempt").execute(database).await?;
    Ok(())
}

fn assert_alike(names: &[&str], took: &[Vec<f64>]) {
    for (place, one) in took.iter().enumerate() {
        for (other_place, other) in took.iter().enumerate().skip(place + 1) {
            let (seen, bound) = difference(one, other);
            println!(
                "{} {:.1} ms, {} {:.1} ms: differ by {:.2} ms, bound {:.2} ms",
                names[place],
                median(one) * 1e3,
                names[other_place],
                median(other) * 1e3,
                seen * 1e3,
                bound * 1e3
            );
            assert!(
                seen < bound,
                "{} and {} differ",
                names[place],
                names[other_place]
            );
        }
    }
}

fn login(email: &str, password: &str) -> Request {
    Request::post("/v1/auth/login").form(&[("username", email), ("password", password)])
}

async fn deactivate(installation: &Installation, token: &str) -> TestResult<Answer> {
    let me = Request::get("/v1/auth/whoami").bearer(token);
    let id = installation.client.send(me).await?.accepted()?["id"].clone();
    let path = format!("/v1/users/{id}");
    patch(
        installation,
        &installation.admin,
        &path,
        json!({"is_active": false}),
    )
    .await
}

#[tokio::test]
async fn a_login_that_fails_takes_as_long_whoever_is_named() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let closed = installation.person("closed").await?;
    deactivate(&installation, &closed.token).await?.accepted()?;
    let unknown = |_| login("nobody@example.org", "not the password");
    let wrong = |_| login(&linnea.email, "not the password");
    let inactive = |_| login(&closed.email, &closed.password);
    let took = measured(&installation, &[&unknown, &wrong, &inactive], &[401; 3]).await?;
    assert_alike(&["unknown", "wrong", "inactive"], &took);

    // The bound would see it if one of them hashed nothing: a login without a password is refused before that.
    let no_hash = |_| Request::post("/v1/auth/login").form(&[("username", "nobody@example.org")]);
    let took = measured(&installation, &[&unknown, &no_hash], &[401, 422]).await?;
    let (seen, bound) = difference(&took[0], &took[1]);
    assert!(seen > bound, "{seen} s, bound {bound} s");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_reset_and_a_registration_take_as_long_whoever_is_named() -> Outcome {
    // Letters are written by workers, and there is none.
    let api_url = Some("https://divbase.example.org/api".to_owned());
    let mailer = Mailer::new("smtp://127.0.0.1:9", "d@example.org", api_url)?;
    let installation = Installation::start_api_with(|settings| {
        settings.mail = Some(mailer);
        settings.registration = Registration::Open;
    })
    .await?;
    let linnea = installation.person("linnea").await?;
    let closed = installation.person("closed").await?;
    deactivate(&installation, &closed.token).await?.accepted()?;
    let reset =
        |email: &str| Request::post("/v1/auth/forgot-password").json(&json!({"email": email}));
    let unknown = |_| reset("nobody@example.org");
    let known = |_| reset(&linnea.email);
    let inactive = |_| reset(&closed.email);
    let took = measured(&installation, &[&unknown, &known, &inactive], &[202; 3]).await?;
    assert_alike(
        &["reset of unknown", "reset of known", "reset of inactive"],
        &took,
    );

    let register = |email: &str| {
        Request::post("/v1/auth/register").json(&json!({"email": email, "name": "Some One",
            "organisation": "Nowhere", "organisation_role": "None", "password": "heron lake fog 71"}))
    };
    let free = |turn: usize| register(&format!("new{turn}@example.org"));
    let taken = |_| register(&linnea.email);
    let took = measured(&installation, &[&free, &taken], &[202; 2]).await?;
    assert_alike(&["registration of a free address", "of a taken one"], &took);
    installation.stop().await?;
    Ok(())
}

#[test]
fn outliers_hide_no_difference_and_make_none() {
    let even: Vec<f64> = (0..25_u8).map(|n| 0.05 + f64::from(n % 5) * 1e-4).collect();
    let mut noisy = even.clone();
    for place in [3, 11, 19] {
        noisy[place] += 2.0;
    }
    let (seen, bound) = difference(&even, &noisy);
    assert!(seen < bound, "{seen} {bound}");
    let slower: Vec<f64> = noisy.iter().map(|one| one + 0.02).collect();
    let (seen, bound) = difference(&even, &slower);
    assert!(seen > bound, "{seen} {bound}");
}
