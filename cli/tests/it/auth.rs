//! Sessions and access tokens.

use serde_json::json;

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const LOGIN: &str = "POST /api/v1/auth/login";
const WHOAMI: &str = "GET /api/v1/auth/whoami";

fn user() -> serde_json::Value {
    json!({
        "id": 1, "name": "A B", "email": "a@b.se", "organisation": "o", "organisation_role": "r", "is_admin": false,
        "is_active": true, "is_deleted": false, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
    })
}

fn accept_login(stub: &Stub) {
    stub.json(
        LOGIN,
        &json!({
            "access_token": "access", "refresh_token": "refresh", "access_token_expires_at": 4_000_000_000_i64,
            "refresh_token_expires_at": 4_000_000_000_i64, "email": "a@b.se"
        }),
    );
    stub.json(WHOAMI, &user());
}

#[test]
fn login_stores_tokens_that_only_the_owner_can_read() {
    let stub = Stub::start();
    accept_login(&stub);
    let heading =
        json!([{ "heading": "Down on Friday", "message": "All day", "level": "warning" }]);
    stub.json("GET /api/v1/core/announcements", &heading);
    let home = Home::new(&stub);
    let run = home
        .run_with_input(&["auth", "login", "a@b.se"], "pass word+1\n")
        .expect(0);
    assert!(run.out.contains("Logged in successfully as: a@b.se"));
    assert!(run.out.contains("Announcement") && run.out.contains("Down on Friday"));
    let request = &stub.requests(LOGIN)[0];
    assert_eq!(request.header("x-cli-version"), "0.1.0a9");
    assert_eq!(
        request.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    let form = String::from_utf8(request.body.clone()).unwrap();
    assert_eq!(
        form,
        "grant_type=password&username=a%40b.se&password=pass+word%2B1"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(home.path(".secrets"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let run = home.run(&["auth", "whoami"]).expect(0);
    assert!(run.out.contains("a@b.se") && run.out.contains("A B"));
    assert_eq!(
        stub.requests(WHOAMI)[0].header("authorization"),
        "Bearer access"
    );
    let json: serde_json::Value =
        serde_json::from_str(&home.run(&["auth", "whoami", "--json"]).expect(0).out).unwrap();
    assert_eq!(json, user());
}

#[test]
fn a_wrong_password_shows_what_the_server_says() {
    let stub = Stub::start();
    stub.on(
        LOGIN,
        [Reply::error(
            401,
            "authentication_error",
            "Invalid email or password",
        )],
    );
    let home = Home::new(&stub);
    let run = home
        .run_with_input(&["auth", "login", "a@b.se"], "wrong\n")
        .expect(1);
    assert!(run.err.contains("Invalid email or password") && run.out.is_empty());
    assert_eq!(stub.requests(LOGIN).len(), 1);
    assert!(!home.path(".secrets").exists());
}

#[test]
fn a_valid_session_is_not_replaced_unasked() {
    let stub = Stub::start();
    accept_login(&stub);
    let home = Home::logged_in(&stub);
    let run = home
        .run_with_input(&["auth", "login", "a@b.se"], "pw\nn\n")
        .expect(0);
    assert!(
        run.out.contains("Already logged in to") && run.out.contains("Do you want to login again?")
    );
    assert!(run.out.contains("Login cancelled."));
    let run = home
        .run_with_input(&["auth", "login", "a@b.se"], "pw\n")
        .expect(1);
    assert!(run.err.contains("Aborted."));
    assert!(stub.requests(LOGIN).is_empty());
    home.run_with_input(&["auth", "login", "a@b.se"], "pw\ny\n")
        .expect(0);
    home.run_with_input(&["auth", "login", "-f", "a@b.se"], "pw\n")
        .expect(0);
    assert_eq!(stub.requests(LOGIN).len(), 2);
}

#[test]
fn logout_always_ends_the_session_here() {
    let stub = Stub::start();
    let route = "POST /api/v1/auth/logout";
    stub.on(route, [Reply::error(422, "request_validation_error", "no")]);
    let home = Home::logged_in(&stub);
    let run = home.run(&["auth", "logout"]).expect(0);
    assert!(run.out.contains("Logged out successfully") && run.err.contains("Warning"));
    assert_eq!(
        stub.requests(route)[0].json(),
        json!({ "refresh_token": "refresh" })
    );
    assert_eq!(stub.requests(route)[0].header("authorization"), "");
    assert!(!home.path(".secrets").exists());
    assert!(!home.read("config.yaml").contains("a@b.se"));
    home.run(&["auth", "logout"]).expect(0);
    assert_eq!(stub.requests(route).len(), 1);
}

#[test]
fn an_old_access_token_is_refreshed_once() {
    let stub = Stub::start();
    stub.json(WHOAMI, &user());
    let route = "POST /api/v1/auth/refresh";
    stub.on(
        route,
        [
            Reply::error(503, "server_error", "later"),
            Reply::json(
                200,
                &json!({ "access_token": "new", "expires_at": 4_000_000_000_i64 }),
            ),
        ],
    );
    let home = Home::logged_in(&stub);
    home.tokens(2, 36000);
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(
        stub.requests(route)[1].json(),
        json!({ "refresh_token": "refresh", "rotate": true })
    );
    assert_eq!(
        stub.requests(WHOAMI)[0].header("authorization"),
        "Bearer new"
    );
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(stub.requests(route).len(), 2);
}

#[test]
fn a_session_that_cannot_be_continued_is_forgotten() {
    let stub = Stub::start();
    let route = "POST /api/v1/auth/refresh";
    stub.on(
        route,
        [Reply::error(401, "authentication_error", "revoked")],
    );
    for (access, refresh, asked) in [(2, 200, 0), (2, 36000, 1)] {
        let home = Home::logged_in(&stub);
        home.tokens(access, refresh);
        let run = home.run(&["auth", "whoami"]).expect(1);
        assert!(run.err.contains("expired") && run.err.contains("auth login"));
        assert_eq!(stub.requests(route).len(), asked);
        assert!(!home.path(".secrets").exists());
        assert!(
            home.run(&["config", "show"])
                .expect(0)
                .out
                .contains("not logged in")
        );
    }
}

#[test]
fn access_tokens_are_used_without_a_session() {
    let stub = Stub::start();
    stub.json(WHOAMI, &user());
    let mut home = Home::new(&stub);
    assert!(
        home.run(&["auth", "whoami"])
            .expect(1)
            .err
            .contains("not logged in")
    );
    let stored = home
        .run_with_input(&["auth", "add-pat", "hpc"], "divbase_pat_stored\n")
        .expect(0);
    assert!(stored.out.contains("'hpc' stored successfully"));
    home.run(&["auth", "whoami"]).expect(0);
    home.set("DIVBASE_API_PAT", "divbase_pat_env");
    home.run(&["auth", "whoami"]).expect(0);
    home.tokens(3600, 36000);
    home.run(&["auth", "whoami"]).expect(0);
    let used: Vec<String> = stub
        .requests(WHOAMI)
        .iter()
        .map(|request| request.header("authorization").to_owned())
        .collect();
    assert_eq!(
        used,
        [
            "Bearer divbase_pat_stored",
            "Bearer divbase_pat_env",
            "Bearer access"
        ]
    );
}

#[test]
fn the_stored_access_token() {
    let home = Home::new(&Stub::start());
    assert!(
        home.run(&["auth", "pat-info"])
            .expect(0)
            .out
            .contains("No personal access token")
    );
    assert!(
        home.run_with_input(&["auth", "add-pat", "x"], "secret\n")
            .expect(1)
            .err
            .contains("divbase_pat_")
    );
    let past = home
        .run_with_input(&["auth", "add-pat", "x", "-e", "5"], "divbase_pat_1\n")
        .expect(1);
    assert!(past.err.contains("past"));
    home.run_with_input(&["auth", "add-pat", "x"], "divbase_pat_1\n")
        .expect(0);
    let info = home.run(&["auth", "pat-info"]).expect(0).out;
    assert!(
        info.contains("Name: x")
            && info.contains("Expires: Never")
            && !info.contains("divbase_pat_")
    );
    let twice = home
        .run_with_input(&["auth", "add-pat", "y"], "divbase_pat_2\n")
        .expect(1);
    assert!(twice.err.contains("overwrite-existing"));
    home.run_with_input(&["auth", "add-pat", "y", "-o"], "divbase_pat_2\n")
        .expect(0);
    home.run(&["auth", "rm-pat"]).expect(0);
    home.run(&["auth", "rm-pat"]).expect(0);
}

const DEVICE: &str = "POST /api/v1/auth/device";
const DEVICE_TOKEN: &str = "POST /api/v1/auth/device/token";

/// A server that gives a code and leads to a page.
fn gives_code(stub: &Stub, page: &str) {
    stub.json(
        DEVICE,
        &json!({
            "device_code": "divbase_dev_x", "user_code": "WDJB-MJHT", "verification_uri": page,
            "verification_uri_complete": page, "expires_in": 600, "interval": 1
        }),
    );
}

#[test]
fn login_without_an_address_waits_for_a_browser() {
    let stub = Stub::start();
    gives_code(&stub, "/device");
    let tokens = json!({
        "access_token": "access", "refresh_token": "refresh", "access_token_expires_at": 4_000_000_000_i64,
        "refresh_token_expires_at": 4_000_000_000_i64, "email": "a@b.se", "token_type": "Bearer", "expires_in": 900
    });
    let pending = Reply::error(400, "authorization_pending", "not yet");
    stub.on(DEVICE_TOKEN, [pending, Reply::json(200, &tokens)]);
    stub.json(WHOAMI, &user());
    let mut home = Home::new(&stub);
    // It would be opened if somebody sat here.
    home.set("DISPLAY", ":0");
    let run = home.run(&["auth", "login"]).expect(0);
    assert!(run.out.contains("Logged in successfully as: a@b.se"));
    let page = stub.api().replace("/api", "/device");
    assert!(
        run.err.contains(&format!("on any device: {page}\n")),
        "{}",
        run.err
    );
    assert!(run.err.contains("Enter the code: WDJB-MJHT\n") && !run.err.contains("was opened"));
    let asked = stub.requests(DEVICE_TOKEN);
    assert_eq!(asked.len(), 2);
    assert_eq!(
        String::from_utf8_lossy(&asked[0].body),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=divbase_dev_x"
    );
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(
        stub.requests(WHOAMI)[0].header("authorization"),
        "Bearer access"
    );
}

#[test]
fn a_login_that_is_refused_elsewhere_ends() {
    let stub = Stub::start();
    for kind in ["access_denied", "expired_token", "invalid_grant"] {
        gives_code(&stub, "https://divbase.example.org/device");
        stub.on(DEVICE_TOKEN, [Reply::error(400, kind, "it was refused")]);
        let home = Home::new(&stub);
        let run = home.run(&["auth", "login", "--device"]).expect(1);
        assert!(run.err.contains("it was refused"), "{kind}: {}", run.err);
        assert!(!home.path(".secrets").exists(), "{kind}");
    }
    for page in ["javascript:alert(1)", "file:///etc/passwd", "x-other://a"] {
        gives_code(&stub, page);
        let run = Home::new(&stub).run(&["auth", "login"]).expect(1);
        assert!(
            run.err.contains("names no address to open"),
            "{page}: {}",
            run.err
        );
    }
}
