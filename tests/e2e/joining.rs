//! How people come to a system and leave it: accounts, projects, members, invitations, passwords.

mod accounts;
mod announcements;
mod audit;
mod deletion;
mod file_audit;
mod flood;
mod guesses;
mod limits;
mod logged;
mod mail;
mod members;
mod own_account;
mod projects;
mod requests;
mod second_factor;
mod sessions;
mod strangers;
mod timing;
mod worker;

use divbase_tests::{
    TestResult,
    accounts::Person,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::{Value, json};

async fn post(
    installation: &Installation,
    who: &Person,
    path: &str,
    body: Value,
) -> TestResult<Answer> {
    let request = Request::post(path).bearer(&who.token).json(&body);
    installation.client.send(request).await
}

async fn patch(
    installation: &Installation,
    who: &Person,
    path: &str,
    body: Value,
) -> TestResult<Answer> {
    let request = Request::patch(path).bearer(&who.token).json(&body);
    installation.client.send(request).await
}

async fn get(installation: &Installation, who: &Person, path: &str) -> TestResult<Answer> {
    let request = Request::get(path).bearer(&who.token);
    installation.client.send(request).await
}

async fn delete(installation: &Installation, who: &Person, path: &str) -> TestResult<Answer> {
    let request = Request::delete(path).bearer(&who.token);
    installation.client.send(request).await
}

async fn try_login(installation: &Installation, email: &str, password: &str) -> TestResult<Answer> {
    let form = [("username", email), ("password", password)];
    let request = Request::post("/v1/auth/login").form(&form);
    installation.client.send(request).await
}

/// Accepts an invitation, and logs in as who was invited.
async fn accept(installation: &Installation, issued: &Value) -> TestResult<Person> {
    let email = issued["email"].as_str().ok_or("no address")?;
    let password = "a password of their own";
    let body = json!({"token": issued["token"], "name": "Erik Invited", "organisation": "Institute of Guests",
        "organisation_role": "Student", "password": password});
    let request = Request::post("/v1/auth/accept-invitation").json(&body);
    installation.client.send(request).await?.accepted()?;
    Person::log_in(&installation.client, email, password).await
}
