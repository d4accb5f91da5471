//! The list of settings is that of the code and that of the documentation.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use divbase_server::settings::{SETTINGS, table};
use regex::Regex;

/// Read by parts of the crates that these programs do not run.
const OF_OTHERS: &[&str] = &[
    // IAM logins to a database of AWS.
    "DATABASE_LOGIN",
    "DATABASE_NAME",
    // Functions.
    "_X_AMZN_TRACE_ID",
    "SCHEDULER_GROUP",
    "SCHEDULER_TARGET_ARN",
    "SCHEDULER_ROLE_ARN",
    "SCHEDULER_DEAD_LETTER_ARN",
    "SCHEDULER_KEY_ARN",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// The names of settings that the crates read: a text in a call, or in a constant that is handed to one.
fn read_by_the_code() -> Result<BTreeSet<String>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for folder in ["shared", "functions/api/src", "server/src"] {
        sources(&root().join(folder), &mut files)?;
    }
    let direct = Regex::new(
        r#"(?:env::(?:optional|required|parsed|in_file)(?:::<\w+>)?|path)\(\s*"([A-Z0-9_]+)""#,
    )?;
    let by_name = Regex::new(r#"const [A-Z_]+: &str = "([A-Z][A-Z0-9]*_[A-Z0-9_]+)";"#)?;
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file)?;
        let has_calls = text.contains("env::");
        names.extend(direct.captures_iter(&text).map(|found| found[1].to_owned()));
        if has_calls {
            names.extend(
                by_name
                    .captures_iter(&text)
                    .map(|found| found[1].to_owned()),
            );
        }
    }
    Ok(names)
}

#[test]
fn every_setting_that_is_read_is_listed_and_the_other_way_round()
-> Result<(), Box<dyn std::error::Error>> {
    let read = read_by_the_code()?;
    let listed: BTreeSet<String> = SETTINGS.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(listed.len(), SETTINGS.len(), "one is listed twice");
    let forgotten: Vec<&String> = read
        .difference(&listed)
        .filter(|name| !OF_OTHERS.contains(&name.as_str()))
        .collect();
    assert_eq!(forgotten, [""; 0], "read and not listed");
    let invented: Vec<&String> = listed.difference(&read).collect();
    assert_eq!(invented, [""; 0], "listed and not read");
    Ok(())
}

#[test]
fn the_documentation_has_the_list() -> Result<(), Box<dyn std::error::Error>> {
    let page = fs::read_to_string(root().join("docs/own-servers.md"))?;
    assert!(
        page.contains(&table()),
        "put what `divbase-server settings` prints into docs/own-servers.md"
    );
    Ok(())
}

/// The example is a file that the programs take.
#[test]
fn the_example_of_the_documentation_is_read() -> Result<(), Box<dyn std::error::Error>> {
    let page = fs::read_to_string(root().join("docs/own-servers.md"))?;
    let example = page
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .ok_or("no example")?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("divbase.toml");
    fs::write(&path, example)?;
    let settings = divbase_server::file::read(&path)?;
    for setting in SETTINGS.iter().filter(|one| one.default == "required") {
        assert!(settings.contains_key(setting.name), "{}", setting.name);
    }
    Ok(())
}

/// The composition sets what there is to set, and its example has each of the variables that it asks for.
#[test]
fn the_composition_is_about_settings_that_exist() -> Result<(), Box<dyn std::error::Error>> {
    let folder = root().join("infra/own-servers");
    let text = fs::read_to_string(folder.join("compose.yaml"))?;
    let composition: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text)?;
    let environment = composition["services"]["divbase"]["environment"]
        .as_mapping()
        .ok_or("no environment")?;
    let set: BTreeSet<&str> = environment
        .keys()
        .filter_map(|name| name.as_str())
        .collect();
    for name in &set {
        assert!(SETTINGS.iter().any(|one| one.name == *name), "{name}");
    }
    for setting in SETTINGS.iter().filter(|one| one.default == "required") {
        assert!(set.contains(setting.name), "{}", setting.name);
    }
    let example = fs::read_to_string(folder.join(".env.example"))?;
    let asked = Regex::new(r"\$\{([A-Z_0-9]+):\?")?;
    for found in asked.captures_iter(&text) {
        assert!(
            example.contains(&format!("{}=", &found[1])),
            "{}",
            &found[1]
        );
    }
    Ok(())
}
