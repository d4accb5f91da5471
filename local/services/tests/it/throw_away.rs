//! `with-stack`: what the command gets, and that nothing stays.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::checkout::Checkout;

fn with_stack(checkout: &Checkout, script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_with-stack"));
    command
        .args(["--", "sh", "-c", script])
        .current_dir(checkout.root());
    command
}

fn await_none_left(checkout: &Checkout) {
    let begin = Instant::now();
    while !checkout.processes().is_empty() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "still there: {:?}",
            checkout.processes()
        );
        std::thread::yield_now();
    }
}

/// Starts a command that says it is up and then waits for its standard input to end.
fn start_waiting(checkout: &Checkout) -> Child {
    let mut command = with_stack(checkout, "echo up; cat");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "up\n");
    child
}

#[test]
fn the_command_gets_working_services_and_its_exit_code_is_ours() {
    let checkout = Checkout::new();
    let script = r#"
        "$DIVBASE_BCFTOOLS" --version | head -1
        echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY"
        echo "$DIVBASE_TEST_POSTGRES_URL"
        exit 37"#;
    let output = with_stack(&checkout, script).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        output.status.code(),
        Some(37),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(lines[0], "bcftools 1.24");
    assert!(lines[1].starts_with("http://127.0.0.1:"), "{}", lines[1]);
    assert!(lines[1].ends_with(" us-east-1 test test"), "{}", lines[1]);
    assert!(lines[2].starts_with("postgres://postgres:"), "{}", lines[2]);
    assert_eq!(checkout.runs(), Vec::<std::path::PathBuf>::new());
    await_none_left(&checkout);
}

#[test]
fn two_runs_side_by_side_do_not_meet() {
    let checkout = Checkout::new();
    let mut first = start_waiting(&checkout);
    let second = with_stack(&checkout, "true").status().unwrap();
    assert!(second.success());
    assert_eq!(
        checkout.runs().len(),
        1,
        "the second run must leave the first alone"
    );
    drop(first.stdin.take());
    assert!(first.wait().unwrap().success());
    assert!(checkout.runs().is_empty());
}

#[test]
fn ended_by_a_signal_it_still_cleans_up() {
    let checkout = Checkout::new();
    let mut child = start_waiting(&checkout);
    // Waiting would close it, and the command would end by itself before the signal reaches it.
    let held = child.stdin.take();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
    drop(held);
    assert!(checkout.runs().is_empty());
    await_none_left(&checkout);
}

#[test]
fn what_a_killed_run_leaves_the_next_one_removes() {
    let checkout = Checkout::new();
    let mut child = start_waiting(&checkout);
    child.kill().unwrap();
    child.wait().unwrap();
    let left = checkout.runs();
    assert_eq!(left.len(), 1, "a killed process cannot clean up");
    assert!(with_stack(&checkout, "true").status().unwrap().success());
    assert!(checkout.runs().is_empty());
    await_none_left(&checkout);
}

#[test]
fn a_checkout_without_setup_is_told_so() {
    let checkout = Checkout::new();
    std::fs::remove_file(checkout.root().join(".local/postgres-bindir")).unwrap();
    let output = with_stack(&checkout, "true").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(message.contains("run `make setup` first"), "{message}");
}
