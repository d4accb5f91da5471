//! Credentials in a real keyring: GNOME's, on a session bus of its own, together with the program of libsecret and, where it is
//! installed, the library that the public client uses. Without the keyring the tests are skipped, and say so.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const SERVICE: &str = "divbase-test";
const WHOAMI: &str = "GET /api/v1/auth/whoami";

/// A session bus, which ends when its input does.
struct Session {
    bus: Child,
    input: Option<ChildStdin>,
    address: String,
    dir: TempDir,
}

impl Session {
    /// Starts one whose first command is this; nothing if a program for it is missing.
    fn start(first: &str) -> Option<Self> {
        let programs = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"];
        if let Some(absent) = programs.iter().find(|name| on_path(name).is_none()) {
            println!("SKIPPED: {absent} is not installed");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let script =
            format!("{first}; echo \"bus $DBUS_SESSION_BUS_ADDRESS\"; exec cat >/dev/null");
        let mut bus = at(dir.path(), Command::new("dbus-run-session"))
            .args(["--", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(bus.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("bus ").map(str::to_owned))
            .unwrap();
        let input = bus.stdin.take();
        Some(Self {
            bus,
            input,
            address,
            dir,
        })
    }

    /// With a keyring that is unlocked.
    fn with_keyring() -> Option<Self> {
        Self::start(
            "printf 'secret\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null",
        )
    }

    /// A user in this session, who has said nothing of where credentials are kept.
    fn home(&self, stub: &Stub) -> Home {
        let mut home = Home::new(stub);
        home.set("DBUS_SESSION_BUS_ADDRESS", &self.address);
        home.set("DIVBASE_KEYRING_SERVICE", SERVICE);
        home
    }

    /// What another program finds in the keyring.
    fn lookup(&self, record: &str) -> Option<String> {
        let run = at(self.dir.path(), Command::new("secret-tool"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .args(["lookup", "service", SERVICE, "username", record])
            .output()
            .unwrap();
        Some(String::from_utf8(run.stdout).unwrap()).filter(|text| !text.is_empty())
    }

    /// What the library of the public client does; nothing if it is not installed.
    fn python(&self, code: &str) -> Option<String> {
        let python =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/clients/venv/bin/python");
        if !python.exists() {
            println!("SKIPPED: the public client's library is not installed");
            return None;
        }
        let run = at(self.dir.path(), Command::new(python))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .args(["-c", &format!("import keyring\n{code}")])
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        Some(String::from_utf8(run.stdout).unwrap())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.bus.wait();
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(name));
    paths.find(|path| path.is_file())
}

fn at(home: &Path, mut command: Command) -> Command {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home);
    command
}

fn server() -> Stub {
    let stub = Stub::start();
    stub.json(
        "POST /api/v1/auth/login",
        &json!({
            "access_token": "access", "refresh_token": "refresh", "access_token_expires_at": 4_000_000_000_i64,
            "refresh_token_expires_at": 4_000_000_000_i64, "email": "a@b.se"
        }),
    );
    stub.json(
        WHOAMI,
        &json!({
            "id": 1, "name": "A B", "email": "a@b.se", "organisation": "o", "organisation_role": "r", "is_admin": false,
            "is_active": true, "is_deleted": false, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }),
    );
    stub.on("POST /api/v1/auth/logout", [Reply::json(204, &json!(null))]);
    stub
}

fn bearer(stub: &Stub) -> String {
    let all = stub.requests(WHOAMI);
    all.last().unwrap().header("authorization").to_owned()
}

#[test]
fn a_session_is_kept_in_the_keyring_and_nowhere_else() {
    let Some(session) = Session::with_keyring() else {
        return;
    };
    let stub = server();
    let home = session.home(&stub);
    // One of before there was a keyring.
    home.tokens(3600, 36000);
    home.run_with_input(&["auth", "login", "--force", "a@b.se"], "secret\n")
        .expect(0);
    assert!(!home.path(".secrets").exists());
    let kept: Value = serde_json::from_str(&session.lookup("tokens").unwrap()).unwrap();
    assert_eq!(
        kept,
        json!({
            "access_token": "access", "refresh_token": "refresh",
            "access_token_expires_at": 4_000_000_000_i64, "refresh_token_expires_at": 4_000_000_000_i64
        })
    );
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(bearer(&stub), "Bearer access");
    let told = home.run(&["doctor"]).out;
    assert!(
        told.contains("kept in the keyring (service 'divbase-test')"),
        "{told}"
    );
    home.run(&["auth", "logout"]).expect(0);
    assert_eq!(session.lookup("tokens"), None);
    home.run(&["auth", "whoami"]).expect(1);
}

#[test]
fn an_access_token_is_kept_in_the_keyring() {
    let Some(session) = Session::with_keyring() else {
        return;
    };
    let stub = server();
    let home = session.home(&stub);
    home.run_with_input(&["auth", "add-pat", "hpc"], "divbase_pat_1\n")
        .expect(0);
    assert!(!home.path(".pat").exists());
    let kept: Value = serde_json::from_str(&session.lookup("pat").unwrap()).unwrap();
    assert_eq!(kept["pat"], "divbase_pat_1");
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(bearer(&stub), "Bearer divbase_pat_1");
    home.run(&["auth", "rm-pat"]).expect(0);
    assert_eq!(session.lookup("pat"), None);
}

/// Each finds, replaces and deletes what the other has kept.
#[test]
fn the_keyring_is_shared_with_the_public_client() {
    let Some(session) = Session::with_keyring() else {
        return;
    };
    let stub = server();
    let home = session.home(&stub);
    let theirs = r#"import json; keyring.set_password("divbase-test", "tokens", json.dumps({"access_token": "theirs",
        "refresh_token": "r", "access_token_expires_at": 4000000000, "refresh_token_expires_at": 4000000000}))"#;
    let ours = r#"print(keyring.get_password("divbase-test", "tokens"))"#;
    let count = r#"
import secretstorage
items = secretstorage.search_items(secretstorage.dbus_init(), {"service": "divbase-test"})
print(len(list(items)))"#;
    home.run_with_input(&["auth", "login", "a@b.se"], "secret\n")
        .expect(0);
    let Some(seen) = session.python(ours) else {
        return;
    };
    assert!(seen.contains("\"access_token\":\"access\""), "{seen}");
    session.python(theirs);
    assert_eq!(session.python(count).unwrap(), "1\n");
    home.run(&["auth", "whoami"]).expect(0);
    assert_eq!(bearer(&stub), "Bearer theirs");
    home.run_with_input(&["auth", "login", "--force", "a@b.se"], "secret\n")
        .expect(0);
    assert_eq!(session.python(count).unwrap(), "1\n");
    home.run(&["auth", "logout"]).expect(0);
    assert_eq!(session.python(ours).unwrap(), "None\n");
}

#[test]
fn without_a_keyring_there_is_the_file() {
    // A bus on which nobody keeps secrets: the daemon that it would start is not there.
    let Some(session) = Session::start("true") else {
        return;
    };
    let stub = server();
    for (bus, service) in [("unix:path=/nowhere", SERVICE), (&session.address, "")] {
        let mut home = session.home(&stub);
        home.set("DBUS_SESSION_BUS_ADDRESS", bus);
        home.set("DIVBASE_KEYRING_SERVICE", service);
        home.run_with_input(&["auth", "login", "a@b.se"], "secret\n")
            .expect(0);
        // A line each, as the public client writes them.
        assert!(
            home.read(".secrets")
                .lines()
                .any(|line| line == "access_token: access")
        );
        home.run(&["auth", "whoami"]).expect(0);
        home.run(&["auth", "logout"]).expect(0);
        assert!(!home.path(".secrets").exists());
    }
}

#[test]
fn a_file_that_is_named_is_used_beside_a_keyring() {
    let Some(session) = Session::with_keyring() else {
        return;
    };
    let stub = server();
    let mut home = Home::new(&stub);
    home.set("DBUS_SESSION_BUS_ADDRESS", &session.address);
    home.run_with_input(&["auth", "login", "a@b.se"], "secret\n")
        .expect(0);
    assert!(home.path(".secrets").exists());
    assert_eq!(session.lookup("tokens"), None);
}
