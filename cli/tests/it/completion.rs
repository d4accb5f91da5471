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
