//! The frame and the local commands.

use crate::{home::Home, stub::Stub};

#[test]
fn help_and_version() {
    let home = Home::new(&Stub::start());
    for args in [&[][..], &["files"], &["query"]] {
        let run = home.run(args).expect(2);
        assert!(run.out.contains("Usage:") && run.err.is_empty());
    }
    for args in [&["-h"][..], &["files", "ls", "--help"]] {
        assert!(home.run(args).expect(0).out.contains("Usage:"));
    }
    let version = home.run(&["-v"]).expect(0).out;
    assert!(version.starts_with("divbase-cli version: 0."));
    let unknown = home.run(&["nothing"]).expect(2);
    assert!(unknown.out.is_empty() && unknown.err.contains("Usage"));
}

#[test]
fn projects_are_added_chosen_and_removed() {
    let stub = Stub::start();
    let home = Home::new(&stub);
    assert!(
        home.run(&["config", "show"])
            .expect(0)
            .out
            .contains("No projects")
    );
    assert!(
        home.run(&["config", "show-default"])
            .expect(0)
            .out
            .contains("No default project")
    );
    home.run(&["config", "add", "one"]).expect(0);
    home.run(&["config", "add", "two", "-d", "-u", "http://h/api/"])
        .expect(0);
    assert_eq!(home.run(&["config", "show-default"]).expect(0).out, "two\n");
    let again = home.run(&["config", "add", "one"]).expect(0);
    assert!(again.err.contains("already existed"));
    home.run(&["config", "set-default", "one"]).expect(0);
    assert!(
        home.run(&["config", "set-default", "three"])
            .expect(1)
            .err
            .contains("three")
    );
    let shown = home.run(&["config", "show"]).expect(0).out;
    let row = shown.lines().find(|line| line.contains("│ one")).unwrap();
    assert!(row.contains(&stub.api()) && row.contains("Yes"));
    assert!(shown.contains("http://h/api "));
    home.run(&["config", "rm", "one"]).expect(0);
    assert!(
        home.run(&["config", "rm", "one"])
            .expect(0)
            .out
            .contains("Nothing to do")
    );
    assert!(
        home.run(&["config", "show-default"])
            .expect(0)
            .out
            .contains("No default project")
    );
}

#[test]
fn a_file_that_is_not_understood_is_an_error_and_stays() {
    let home = Home::new(&Stub::start());
    home.write("config.yaml", "- no\n- mapping\n");
    let run = home.run(&["config", "add", "p"]).expect(1);
    assert!(run.err.contains("config.yaml"));
    assert_eq!(home.read("config.yaml"), "- no\n- mapping\n");
}

#[test]
fn a_project_must_be_known() {
    let stub = Stub::start();
    let home = Home::new(&stub);
    assert!(
        home.run(&["files", "ls"])
            .expect(1)
            .err
            .contains("config set-default")
    );
    assert!(
        home.run(&["files", "ls", "-p", "x"])
            .expect(1)
            .err
            .contains("config show")
    );
    home.run(&["config", "add", "x"]).expect(0);
    assert!(
        home.run(&["files", "ls", "-p", "x"])
            .expect(1)
            .err
            .contains("auth login")
    );
    let home = Home::logged_in(&stub);
    home.run(&["config", "add", "far", "-u", "http://far/api"])
        .expect(0);
    assert!(
        home.run(&["files", "ls", "-p", "far"])
            .expect(1)
            .err
            .contains("not logged in to the correct URL")
    );
    assert!(stub.all_requests().is_empty());
}

#[test]
fn another_configuration_file_can_be_named() {
    let home = Home::new(&Stub::start());
    home.run(&["config", "add", "here", "-d", "--config", "other.yaml"])
        .expect(0);
    assert_eq!(home.names(&home.work()), ["other.yaml"]);
    let shown = home
        .run(&["--config", "other.yaml", "config", "show-default"])
        .expect(0);
    assert_eq!(shown.out, "here\n");
}

#[test]
fn completion_scripts() {
    let home = Home::new(&Stub::start());
    let script = home.run(&["--show-completion", "bash"]).expect(0).out;
    assert!(script.contains("divbase-cli") && script.contains("__complete"));
    home.run(&["--install-completion", "bash"]).expect(0);
    home.run(&["--install-completion", "bash"]).expect(0);
    assert_eq!(home.read(".bashrc").matches("source").count(), 1);
}
