//! What the program says, and how it refuses what cannot work.

use std::{fs, process::Command};

use divbase_server::settings::SETTINGS;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_divbase-server"));
    command.env_clear();
    command
}

#[test]
fn help_names_every_setting() -> std::io::Result<()> {
    let output = program().arg("--help").output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    for setting in SETTINGS {
        assert!(
            text.contains(&format!("{} (", setting.name)),
            "{}",
            setting.name
        );
    }
    for command in ["all", "api", "worker", "cron", "migrate", "job", "settings"] {
        assert!(text.contains(&format!("\n  {command} ")), "{command}");
    }
    Ok(())
}

#[test]
fn a_start_that_cannot_work_says_what_to_mend() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("divbase.toml");
    let refused = |command: &mut Command, wanted: &str| -> std::io::Result<()> {
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(wanted), "{said}");
        Ok(())
    };
    refused(program().arg("all"), "the setting DATABASE_URL is missing")?;
    fs::write(&config, "DATABASE_URI = 'postgres://x'\n")?;
    let with_file = |part: &str| {
        let mut command = program();
        command.arg("--config").arg(&config).arg(part);
        command
    };
    refused(&mut with_file("api"), "there is no setting DATABASE_URI")?;
    fs::write(
        &config,
        "DATABASE_URL = 'postgres://127.0.0.1:1/x'\nDIVBASE_WORKER_LANES = 'quick'\n",
    )?;
    refused(&mut with_file("worker"), "DIVBASE_WORKER_LANES")?;
    // The environment goes before the file.
    refused(
        with_file("worker").env("QUEUE_TRANSPORT", "pigeon"),
        "QUEUE_TRANSPORT",
    )?;
    refused(&mut with_file("api"), "JWT_SECRET_KEY")?;
    refused(
        with_file("api").env("JWT_SECRET_KEY", "too short"),
        "at least 32 random bytes",
    )
}
