//! Shows what a user types, what comes back and how long it takes.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    AnyError,
    cli::{Cli, Ran},
};

/// How long something may take that goes on in the background.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked whether it is done.
const EVERY: Duration = Duration::from_millis(100);

/// `divbase-cli`, with an audience.
pub(super) struct Shown(Cli);

impl Shown {
    /// The `divbase-cli` that was built beside this program. Its configuration lives in `home`, it is run in
    /// `folder`.
    pub(super) fn new(api_url: &str, home: &Path, folder: &Path) -> Result<Self, AnyError> {
        let program = std::env::current_exe()?.with_file_name("divbase-cli");
        if !program.is_file() {
            return Err(format!(
                "{} does not exist; build the workspace first",
                program.display()
            )
            .into());
        }
        Ok(Self(Cli::new(program, api_url, &home.join("cli"), folder)))
    }

    /// Runs and shows a command; gives what it printed.
    pub(super) async fn show(&self, arguments: &[&str]) -> Result<String, AnyError> {
        self.show_with_input(arguments, "").await
    }

    /// The same with this on its standard input.
    pub(super) async fn show_with_input(
        &self,
        arguments: &[&str],
        typed_in: &str,
    ) -> Result<String, AnyError> {
        let typed: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        println!("\n$ divbase-cli {}", typed.join(" "));
        let started = Instant::now();
        let Ran {
            code,
            stdout,
            stderr,
        } = self.0.run(arguments, typed_in).await?;
        print!("{stderr}{stdout}");
        println!("[{:.2} s]", started.elapsed().as_secs_f64());
        if code != Some(0) {
            return Err(format!("divbase-cli ended with {code:?}").into());
        }
        Ok(stdout)
    }

    /// Runs a command again and again, without showing it, until it prints all these words.
    pub(super) async fn wait_for(
        &self,
        arguments: &[&str],
        words: &[&str],
    ) -> Result<(), AnyError> {
        let started = Instant::now();
        loop {
            let printed = self.0.run(arguments, "").await?.stdout;
            if words.iter().all(|word| printed.contains(word)) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(format!(
                    "`{}` does not come to print {}",
                    arguments.join(" "),
                    words.join(", ")
                )
                .into());
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}

/// As a shell would need it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else if argument.contains('\'') {
        format!("\"{argument}\"")
    } else {
        format!("'{argument}'")
    }
}
