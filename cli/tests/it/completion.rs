//! Completion, by driving the shells: what they offer is what the program says.

use std::process::{Command, Stdio};

use crate::{home::Home, stub::Stub};

fn user() -> (Stub, Home) {
    let stub = Stub::start();
    stub.store(|store| {
        for key in ["a.tsv", "b.vcf.gz"] {
            store.objects.insert(key.to_owned(), Vec::new());
        }
    });
    let home = Home::logged_in(&stub);
    (stub, home)
}

#[test]
fn every_shell_has_a_script_that_asks_the_program() {
    let (_stub, home) = user();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = home.run(&["--show-completion", shell]).expect(0).out;
        assert!(script.contains("__complete"), "{shell}");
    }
}

#[test]
fn bash_completes_at_every_level() {
    let (stub, home) = user();
    let program = env!("CARGO_BIN_EXE_divbase-cli");
    let folder = std::path::Path::new(program).parent().unwrap().display();
    let script = home.run(&["--show-completion", "bash"]).expect(0).out;
    let path = home.write("complete.bash", script);
    for (line, offered) in [
        ("fi", "files"),
        ("files do", "download download-all"),
        ("files download --flat", "--flatten"),
        ("query vcf --engine n", "native"),
        ("files rm --project pr", "proj"),
        ("files download b", "b.vcf.gz"),
        ("files info ", "a.tsv b.vcf.gz"),
        ("query tsv --metadata-tsv-name ", "a.tsv"),
    ] {
        let drive = format!(
            "PATH=\"{folder}:$PATH\"\nsource {}\nIFS=' '; COMP_WORDS=(divbase-cli {line}{})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
             _divbase_cli\necho \"${{COMPREPLY[*]}}\"\n",
            path.display(),
            if line.ends_with(' ') { "''" } else { "" },
        );
        let output = home
            .surround(Command::new("bash"))
            .args(["--norc", "-c", &drive])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim(), offered, "{line}: {errors}");
    }
    // Names are asked for once and kept: the stub gives pages of two.
    assert!(stub.requests("POST /api/v1/s3/list").len() <= 2);
}

/// What each shell's own completion offers.
const LINES: [(&str, &[&str]); 4] = [
    ("fi", &["files"]),
    ("files do", &["download", "download-all"]),
    ("files rm --project pr", &["proj"]),
    ("files download b", &["b.vcf.gz"]),
];

/// Runs a shell with the program in its path; nothing where this machine does not have the shell.
fn driven(home: &Home, shell: &str, args: &[&str]) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_divbase-cli");
    let folder = std::path::Path::new(program).parent().unwrap().display();
    let output = home
        .surround(Command::new(shell))
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .args(args)
        .stdin(Stdio::null())
        .output();
    match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("{shell} is not installed: its completion is not driven");
            None
        }
        output => {
            let output = output.unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(String::from_utf8(output.stdout).unwrap())
        }
    }
}

#[test]
fn fish_completes_at_every_level() {
    let (_stub, home) = user();
    let script = home.run(&["--show-completion", "fish"]).expect(0).out;
    let path = home.write("complete.fish", script);
    for (line, offered) in LINES {
        let drive = format!(
            "source {}; complete -C 'divbase-cli {line}'",
            path.display()
        );
        let Some(said) = driven(&home, "fish", &["--no-config", "-c", &drive]) else {
            return;
        };
        assert_eq!(said.lines().collect::<Vec<_>>(), offered, "{line}");
    }
}

#[test]
fn zsh_completes_at_every_level() {
    let (_stub, home) = user();
    let script = home.run(&["--show-completion", "zsh"]).expect(0).out;
    let path = home.write("complete.zsh", script);
    for (line, offered) in LINES {
        // A real line editor in a terminal: a completion widget tells what was found, and the line is left alone.
        let drive = format!(
            "zmodload zsh/zpty\nzpty shell zsh -f -i\n\
             zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source {}'\n\
             zpty -w shell 'compadd () {{ print -r -- \"<found:${{(j: :)found}}>\"; exit }}'\n\
             zpty -w -n shell $'divbase-cli {line}\\t'\n\
             all=; while zpty -r shell one; do all+=$one; done\n\
             print -r -- \"$all\"\n",
            path.display()
        );
        let Some(said) = driven(&home, "zsh", &["-f", "-c", &drive]) else {
            return;
        };
        let wanted = format!("<found:{}>", offered.join(" "));
        assert!(said.contains(&wanted), "{line}: {said:?}");
    }
}
