//! The commands that pages show are commands.

use std::process::Command;

use divbase_services::workspace_root;
use divbase_tests::{Outcome, process::program};

#[test]
fn every_command_on_a_page_is_known() -> Outcome {
    let cli = program("divbase-cli")?;
    let mut seen = 0;
    for file in std::fs::read_dir(workspace_root().join("functions/api/src/pages"))? {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        for line in text.lines() {
            let Some(command) = line
                .split("divbase-cli ")
                .nth(1)
                .filter(|_| !line.contains("<p>"))
            else {
                continue;
            };
            // What the page fills in is one word, and of two ways the first is taken.
            let mut words = command.split('<').next().unwrap_or_default().to_owned();
            while let Some((begin, rest)) = words.split_once("{%") {
                let rest = rest.split_once("%}").map_or("", |(_, rest)| rest);
                let rest = rest
                    .split_once("{% else %}")
                    .map_or(rest, |(first, _)| first);
                words = format!("{begin}{rest}");
            }
            while let Some((begin, rest)) = words.split_once("{{") {
                words = format!(
                    "{begin}1{}",
                    rest.split_once("}}").map_or("", |(_, rest)| rest)
                );
            }
            // What stands between quotes is one word.
            let mut arguments: Vec<&str> = Vec::new();
            for (place, part) in words.split('\'').enumerate() {
                if place % 2 == 1 {
                    arguments.push(part);
                } else {
                    arguments.extend(part.split_whitespace());
                }
            }
            let output = Command::new(&cli).args(&arguments).arg("--help").output()?;
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{}: {words}: {said}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} commands");
    Ok(())
}
