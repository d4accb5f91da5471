//! The server's log tells what was done, and holds no secret of anybody, in no line.

use std::{collections::BTreeMap, fs};

use divbase_tests::{
    AnyError, Outcome, TestResult,
    accounts::Person,
    api_process::ApiProcess,
    authenticator::Authenticator,
    browser::Browser,
    client::{Answer, Client, Request},
    eventually::eventually,
    installation::Installation,
    mailbox::Mailbox,
};
use serde_json::{Value, json};

const PASSWORD: &str = "heron lake fog 71";
const WRONG: &str = "heron lake fog typed wrong";

/// A run of somebody, and the secrets that it had.
struct Run {
    client: Client,
    person: Person,
    secrets: BTreeMap<&'static str, String>,
}

impl Run {
    fn keep(&mut self, what: &'static str, secret: &Value) -> TestResult<String> {
        let secret = secret.as_str().ok_or_else(|| format!("no {what}"))?;
        self.secrets.insert(what, secret.to_owned());
        Ok(secret.to_owned())
    }

    async fn post(&self, path: &str, body: Value) -> TestResult<Answer> {
        let request = Request::post(path).bearer(&self.person.token).json(&body);
        self.client.send(request).await
    }

    async fn sessions(&mut self) -> TestResult {
        let login = |password: &'static str| {
            let form = [("username", "linnea@example.org"), ("password", password)];
            self.client
                .send(Request::post("/v1/auth/login").form(&form))
        };
        login(WRONG).await?.refused(401)?;
        let begun = login(PASSWORD).await?.accepted()?;
        self.secrets.insert("password", PASSWORD.to_owned());
        self.secrets.insert("wrong password", WRONG.to_owned());
        self.keep("access token", &begun["access_token"])?;
        let refresh = self.keep("refresh token", &begun["refresh_token"])?;
        let renewed = json!({"refresh_token": refresh, "rotate": true});
        let renewed = self.post("/v1/auth/refresh", renewed).await?.accepted()?;
        let next = self.keep("next refresh token", &renewed["refresh_token"])?;
        let logout = json!({"refresh_token": next});
        self.post("/v1/auth/logout", logout).await?;
        let garbage = "eyJhbGciOiJIUzI1NiJ9.no.token-of-ours";
        self.secrets.insert("no token", garbage.to_owned());
        let garbage = json!({"refresh_token": garbage});
        self.post("/v1/auth/logout", garbage).await?;
        let made = json!({"name": "laptop", "all_projects": true});
        let made = self.post("/v1/auth/pats", made).await?.accepted()?;
        let pat = self.keep("personal access token", &made["token"])?;
        let wrong = format!("{}x", &pat[..pat.len() - 1]);
        for token in [&pat, &wrong] {
            let whoami = Request::get("/v1/auth/whoami").bearer(token);
            self.client.send(whoami).await?;
        }
        self.secrets.insert("wrong access token", wrong);
        let device = Request::post("/v1/auth/device").form(&[("client_id", "a program")]);
        let device = self.client.send(device).await?.accepted()?;
        let code = self.keep("device code", &device["device_code"])?;
        self.keep("user code", &device["user_code"])?;
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let poll = [("grant_type", grant), ("device_code", &code)];
        let poll = Request::post("/v1/auth/device/token").form(&poll);
        self.client.send(poll).await?;
        Ok(())
    }

    async fn second_factor(&mut self) -> TestResult {
        let begin = json!({"password": PASSWORD});
        let begun = self.post("/v1/auth/second-factor", begin).await?;
        let begun = begun.accepted()?;
        let secret = self.keep("secret of the app", &begun["secret"])?;
        let app = Authenticator::new(&secret)?;
        let confirm = json!({"code": app.shows()});
        let made = self
            .post("/v1/auth/second-factor/confirm", confirm)
            .await?
            .accepted()?;
        let code = self.keep("recovery code", &made["recovery_codes"][0])?;
        let wrong = json!({"code": "ABCD-EFGH-IJKL-MNOP"});
        self.post("/v1/auth/second-factor/turn-off", wrong).await?;
        let off = self
            .post("/v1/auth/second-factor/turn-off", json!({"code": code}))
            .await?;
        assert_eq!(off.status, 204, "{}", off.text());
        Ok(())
    }

    /// Tokens in letters, and where they lead.
    async fn letters(&mut self, mailbox: &mut Mailbox, browser: &mut Browser) -> TestResult {
        let forgot = json!({"email": "linnea@example.org"});
        self.post("/v1/auth/forgot-password", forgot).await?;
        let invite = json!({"email": "erik@example.org", "role": "read"});
        self.post("/v1/projects/herring/invitations", invite)
            .await?
            .accepted()?;
        let mut awaited = vec![
            ("reset token", "divbase_rst_", "reset-password"),
            ("invitation", "divbase_inv_", "accept-invitation"),
        ];
        while !awaited.is_empty() {
            let letter = mailbox.next().await?;
            let text = letter["text"].as_str().unwrap_or_default();
            let of = awaited
                .iter()
                .position(|(_, prefix, _)| text.contains(prefix));
            // Others tell what was done to the account.
            let Some(of) = of else { continue };
            let (what, prefix, page) = awaited.remove(of);
            let begins = text.find(prefix).ok_or("no token")?;
            let token = text[begins..].split_whitespace().next();
            let token = token.ok_or("no token")?.to_owned();
            let answer = browser.open(&format!("/{page}?token={token}")).await?;
            assert_eq!(answer.status, 200);
            // Somebody puts it into the path by mistake.
            browser.open(&format!("/{page}/{token}")).await?;
            let wrong = json!({"token": token, "password": "short", "name": "x", "organisation": "x",
                "organisation_role": "x"});
            let path = format!("/v1/auth/{page}");
            self.post(&path, wrong).await?.refused(422)?;
            self.secrets.insert(what, token);
        }
        self.secrets
            .insert("code of a provider", "code-of-a-provider".to_owned());
        browser
            .open("/login/callback/nobody?code=code-of-a-provider&state=x")
            .await?;
        Ok(())
    }

    async fn links(&mut self, installation: &Installation, browser: &mut Browser) -> TestResult {
        let file = json!([{"name": "shared/a.txt", "content_length": 1, "md5_hash": null}]);
        let urls = self
            .post("/v1/s3/upload/single-part?project_name=herring", file)
            .await?
            .accepted()?;
        let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
        let signature = url.split("X-Amz-Signature=").nth(1).ok_or("not signed")?;
        self.secrets.insert(
            "signature of a URL",
            signature.split('&').next().unwrap_or("?").to_owned(),
        );
        let folder = json!({"directories": ["shared"]});
        self.post("/v1/s3/mkdir?project_name=herring", folder)
            .await?
            .accepted()?;
        let link = json!({"path": "shared/"});
        let link = self.post("/v1/projects/herring/share-links", link).await?;
        let token = self.keep("link", &link.accepted()?["token"])?;
        browser.open(&format!("/shared/{token}")).await?;
        browser
            .open(&format!("/shared/{token}/download?name=shared/a.txt"))
            .await?;
        let list = Request::post("/v1/s3/list?project_name=herring").bearer(&token);
        self.client.send(list.json(&json!({}))).await?;
        self.secrets
            .insert("the server's secret", installation.secret.clone());
        Ok(())
    }
}

#[tokio::test]
async fn nothing_secret_is_in_the_log_of_a_server() -> Outcome {
    let mut mailbox = Mailbox::start().await?;
    let installation = Installation::start_api().await?;
    let new = json!({"name": "Linnea Berg", "email": "linnea@example.org", "organisation": "Institute",
        "organisation_role": "Researcher", "password": PASSWORD});
    super::post(&installation, &installation.admin, "/v1/users", new)
        .await?
        .accepted()?;
    let person = Person::log_in(&installation.client, "linnea@example.org", PASSWORD).await?;
    installation.project("herring", &person, "manage").await?;
    let server = ApiProcess::start_logging(&installation, "debug", &mailbox.url()).await?;
    let client = Client::new(&server.api_url)?;
    let mut browser = Browser::new(&client, &server.api_url)?;
    let mut run = Run {
        client,
        person,
        secrets: BTreeMap::new(),
    };
    run.sessions().await?;
    run.second_factor().await?;
    run.letters(&mut mailbox, &mut browser).await?;
    run.links(&installation, &mut browser).await?;
    run.person.password = PASSWORD.to_owned();
    browser.sign_in(&run.person).await?;
    let cookie = browser.cookies.get("__Host-divbase").ok_or("no session")?;
    run.secrets.insert("cookie", cookie.clone());
    let last = run.client.send(Request::get("/v1/core/health")).await?;
    let last = last.headers["x-request-id"].to_str()?.to_owned();
    let log = eventually("the last request to be logged", || async {
        let log = fs::read_to_string(&server.log)?;
        match log.contains(&last) {
            true => Ok(log),
            false => Err(AnyError::from("it is not")),
        }
    })
    .await?;
    // What was done is told, with paths that lead nowhere.
    for words in [
        "/auth/login",
        "/shared/…",
        "/accept-invitation/…",
        "a login failed",
        "linnea@example.org",
    ] {
        assert!(log.contains(words), "{words} is not in {log}");
    }
    assert!(run.secrets.len() >= 18, "{:?}", run.secrets.keys());
    let told: Vec<(&&str, &str)> = run
        .secrets
        .iter()
        .filter_map(|(what, secret)| {
            let line = log.lines().find(|line| line.contains(secret.as_str()))?;
            Some((what, line))
        })
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    installation.stop().await?;
    Ok(())
}

/// What begins a line of its own, if a log lets it.
const FORGED: &str = "FORGED INFO a manager logged in";

/// Requests that have a text wherever one is taken.
fn with_text(text: &str, person: &Person) -> Vec<Request> {
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let herring = |route: &str, body: Value| {
        Request::post(&format!("/v1/s3/{route}?project_name=herring"))
            .bearer(&person.token)
            .json(&body)
    };
    let post = |path: &str, body: Value| Request::post(path).bearer(&person.token).json(&body);
    let file = json!({"name": text, "content_length": 1, "md5_hash": text});
    vec![
        Request::post("/v1/auth/login").form(&[("username", text), ("password", text)]),
        Request::post("/v1/auth/device").form(&[("client_id", text)]),
        post("/v1/auth/forgot-password", json!({"email": text})),
        post(
            "/v1/auth/reset-password",
            json!({"token": text, "password": text}),
        ),
        post("/v1/auth/refresh", json!({"refresh_token": text})),
        post("/v1/auth/logout", json!({"refresh_token": text})),
        post("/v1/auth/pats", json!({"name": text, "all_projects": true})),
        post("/v1/projects", json!({"name": text, "description": text})),
        post(
            "/v1/projects/herring/members",
            json!({"email": text, "role": text}),
        ),
        post(
            "/v1/projects/herring/share-links",
            json!({"path": text, "note": text}),
        ),
        herring(
            "list",
            json!({"prefix": text, "delimiter": null, "next_token": text}),
        ),
        herring("checksums", json!([text])),
        herring("download", json!([{"name": text, "version_id": text}])),
        herring("restore", json!([text])),
        herring("mkdir", json!({"directories": [text]})),
        herring("upload/single-part", json!([file])),
        herring("upload/multi-part/create", file.clone()),
        post(
            "/v1/query/vcf/projects/herring",
            json!({"tsv_filter": text, "metadata_tsv_name": text, "command": text, "samples": [text], "all_samples": false}),
        ),
        post(
            "/v1/query/sample-metadata/projects/herring",
            json!({"tsv_filter": text, "metadata_tsv_name": text}),
        ),
        Request::get(&format!("/v1/projects/{encoded}")).bearer(&person.token),
        Request::get(&format!(
            "/v1/s3/info?project_name={encoded}&object_name={encoded}"
        ))
        .bearer(&person.token),
        Request::get(&format!("/v1/{encoded}")).bearer(&person.token),
        Request::get(&format!("/v1/htsget/variants/herring/{encoded}")).bearer(&person.token),
    ]
}

#[tokio::test]
async fn nobody_writes_a_line_of_the_log() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "manage").await?;
    for format in ["text", "json"] {
        let settings = [("LOG_LEVEL", "debug"), ("LOG_FORMAT", format)];
        let server = ApiProcess::start_as(&installation, &settings).await?;
        let client = Client::new(&server.api_url)?;
        // Ends of lines, and what a terminal takes for one.
        for end in [
            "\n",
            "\r",
            "\u{85}",
            "\u{2028}",
            "a@b.c\r\n",
            "\u{1b}[2K\u{1b}[1G",
        ] {
            for request in with_text(&format!("{end}{FORGED}"), &linnea) {
                let answer = client.send(request).await?;
                assert!(answer.status < 500, "{end:?}: {}", answer.text());
            }
        }
        let last = client.send(Request::get("/v1/core/health")).await?;
        let last = last.headers["x-request-id"].to_str()?.to_owned();
        let log = eventually("the last request to be logged", || async {
            let log = fs::read_to_string(&server.log)?;
            match log.contains(&last) {
                true => Ok(log),
                false => Err(AnyError::from("it is not")),
            }
        })
        .await?;
        assert!(
            log.contains("a program waits to be signed in"),
            "{format}: no text was logged"
        );
        let mut lines = log.split(['\n', '\r', '\u{85}', '\u{2028}']);
        let forged = lines.find(|line| line.starts_with(FORGED));
        assert_eq!(forged, None, "{format}");
        assert!(
            !log.contains('\u{1b}'),
            "{format}: a terminal is told what to do"
        );
    }
    installation.stop().await?;
    Ok(())
}
