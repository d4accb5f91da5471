//! How this copy of the program was installed, read from where it lies.

use std::{
    env, fs, io,
    path::{Component, Path, PathBuf},
};

use crate::output::quoted;

/// The name of the wheel and of the package of bioconda.
const PACKAGE: &str = "divbase-cli-rs";
/// Begins the name of the folder in which an installed wheel is described.
const WHEEL: &str = "divbase_cli_rs-";
/// Where releases are, if this is the program of a release (`.github/workflows/release.yml`).
const RELEASES: Option<&str> = option_env!("DIVBASE_RELEASES");

/// How a copy was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// A wheel in an environment: `python` and the tool that put it there.
    Wheel {
        /// `pip`, `uv`, or another that has left its name.
        by: String,
        /// The interpreter of the environment; none if the wheel lies among the user's own programs.
        python: Option<PathBuf>,
    },
    /// A wheel that was built of a checkout.
    WheelOfCheckout {
        /// What it was built of, a `file:` URL.
        from: String,
        /// As in [`Self::Wheel`].
        python: Option<PathBuf>,
    },
    /// `uv tool install`
    UvTool,
    /// `pipx install`
    Pipx,
    /// A package of conda, mamba or the like in the environment at this place.
    Conda(PathBuf),
    /// A formula of Homebrew.
    Homebrew,
    /// `cargo install`, of this source as Cargo names it.
    Cargo(String),
    /// It lies where Cargo built it, in the checkout at this place.
    Checkout(PathBuf),
    /// Nothing around it tells of it: somebody laid it into this folder, or the install script of a release did.
    Alone(PathBuf),
}

impl Installed {
    /// How the program that runs was installed.
    ///
    /// # Errors
    /// If the system does not say where it lies.
    pub fn this() -> io::Result<(PathBuf, Self)> {
        let program = env::current_exe()?;
        let found = Self::of(&program);
        Ok((program, found))
    }

    /// How the program at this path was installed. Links are followed: tools link programs into folders on the path.
    #[must_use]
    pub fn of(program: &Path) -> Self {
        let program = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
        let folder = program.parent().unwrap_or(Path::new("/"));
        let prefix = folder.parent().unwrap_or(Path::new("/"));
        if has_in_a_row(&program, &["Cellar", "divbase-cli"]) {
            return Self::Homebrew;
        }
        if has_name(&prefix.join("conda-meta"), PACKAGE) {
            return Self::Conda(prefix.to_owned());
        }
        if let Some(described) = wheel(prefix) {
            return Self::of_wheel(prefix, folder, &described);
        }
        if let Some(source) = cargo_source(prefix) {
            return Self::Cargo(source);
        }
        let root = program
            .ancestors()
            .find(|above| above.file_name().is_some_and(|name| name == "target"))
            .and_then(Path::parent)
            .filter(|root| root.join("cli/Cargo.toml").is_file());
        match root {
            Some(root) => Self::Checkout(root.to_owned()),
            None => Self::Alone(folder.to_owned()),
        }
    }

    fn of_wheel(prefix: &Path, folder: &Path, described: &Path) -> Self {
        if has_in_a_row(prefix, &["uv", "tools", PACKAGE]) {
            return Self::UvTool;
        }
        if has_in_a_row(prefix, &["pipx", "venvs", PACKAGE]) {
            return Self::Pipx;
        }
        let mut programs = ["python", "python3", "python.exe"].iter();
        let python = programs.find_map(|name| {
            let path = folder.join(name);
            path.exists().then_some(path)
        });
        let origin = fs::read(described.join("direct_url.json")).unwrap_or_default();
        let origin: serde_json::Value = serde_json::from_slice(&origin).unwrap_or_default();
        // A wheel that was given as a file has `archive_info` in its place.
        if let (Some(from), true) = (origin["url"].as_str(), origin["dir_info"].is_object()) {
            let from = from.to_owned();
            return Self::WheelOfCheckout { from, python };
        }
        let by = fs::read_to_string(described.join("INSTALLER")).unwrap_or_default();
        let by = match by.trim() {
            "" => "pip",
            by => by,
        };
        let by = by.to_owned();
        Self::Wheel { by, python }
    }

    /// In words, after "installed".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Wheel { by, .. } => format!("as a wheel, by {by}"),
            Self::WheelOfCheckout { from, .. } => format!("as a wheel that was built of {from}"),
            Self::UvTool => "by uv tool".to_owned(),
            Self::Pipx => "by pipx".to_owned(),
            Self::Conda(prefix) => format!("as a package of conda, in {}", prefix.display()),
            Self::Homebrew => "by Homebrew".to_owned(),
            Self::Cargo(source) => format!("by cargo install, of {source}"),
            Self::Checkout(root) => format!("not at all: it was built in {}", root.display()),
            Self::Alone(folder) => format!("by hand, or of a release, in {}", folder.display()),
        }
    }

    /// The commands that put the newest version in its place, for a shell.
    #[must_use]
    pub fn update(&self) -> Vec<String> {
        let path = |path: &Path| quoted(&path.to_string_lossy());
        match self {
            Self::Wheel { by, python } if by == "uv" => {
                let python = python.as_deref().map(path);
                let python = python.map_or_else(
                    || "--system".to_owned(),
                    |python| format!("--python {python}"),
                );
                vec![format!("uv pip install {python} --upgrade {PACKAGE}")]
            }
            Self::Wheel { python, .. } => vec![pip(python.as_deref(), PACKAGE)],
            Self::WheelOfCheckout { from, python } => {
                let place = url::Url::parse(from)
                    .ok()
                    .and_then(|url| url.to_file_path().ok());
                let place = place.unwrap_or_else(|| PathBuf::from("."));
                vec![
                    format!("git -C {} pull", path(&place)),
                    pip(python.as_deref(), &path(&place)),
                ]
            }
            Self::UvTool => vec![format!("uv tool upgrade {PACKAGE}")],
            Self::Pipx => vec![format!("pipx upgrade {PACKAGE}")],
            Self::Conda(prefix) => vec![format!(
                "conda update --prefix {} --channel conda-forge --channel bioconda {PACKAGE}",
                path(prefix)
            )],
            Self::Homebrew => vec!["brew upgrade divbase-cli".to_owned()],
            Self::Cargo(source) => vec![cargo_install(source)],
            Self::Checkout(root) => vec![
                format!("git -C {} pull", path(root)),
                format!(
                    "cargo build --release -p divbase-cli --manifest-path {}",
                    path(&root.join("Cargo.toml"))
                ),
            ],
            Self::Alone(folder) => match RELEASES {
                Some(releases) => vec![format!(
                    "curl -fsSL {releases}/latest/download/install.sh | DIVBASE_BIN={} sh",
                    path(folder)
                )],
                // Whoever built it and laid it there knows where from.
                None => Vec::new(),
            },
        }
    }
}

fn pip(python: Option<&Path>, what: &str) -> String {
    match python {
        Some(python) => format!(
            "{} -m pip install --upgrade {what}",
            quoted(&python.to_string_lossy())
        ),
        None => format!("python3 -m pip install --user --upgrade {what}"),
    }
}

fn cargo_install(source: &str) -> String {
    let (kind, place) = source.split_once('+').unwrap_or(("", source));
    let place = place.split(['#', '?']).next().unwrap_or(place);
    match (
        kind,
        url::Url::parse(place)
            .ok()
            .and_then(|url| url.to_file_path().ok()),
    ) {
        ("git", _) => format!("cargo install --git {} divbase-cli", quoted(place)),
        ("path", Some(path)) => format!("cargo install --path {}", quoted(&path.to_string_lossy())),
        _ => "cargo install divbase-cli".to_owned(),
    }
}

/// The folder that describes our wheel in the environment at `prefix`.
fn wheel(prefix: &Path) -> Option<PathBuf> {
    let lib = fs::read_dir(prefix.join("lib")).into_iter().flatten();
    let of_versions = lib.filter_map(|entry| Some(entry.ok()?.path().join("site-packages")));
    let mut places = of_versions.chain([prefix.join("Lib/site-packages")]);
    places.find_map(|place| named(&place, WHEEL))
}

/// The source that `cargo install` noted for us.
fn cargo_source(prefix: &Path) -> Option<String> {
    let noted = fs::read_to_string(prefix.join(".crates.toml")).ok()?;
    let line = noted
        .lines()
        .find(|line| line.starts_with("\"divbase-cli "))?;
    let (_, rest) = line.split_once('(')?;
    Some(rest.split_once(')')?.0.to_owned())
}

fn named(folder: &Path, begin: &str) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let found = entries.find(|entry| entry.file_name().to_string_lossy().starts_with(begin))?;
    Some(found.path())
}

fn has_name(folder: &Path, begin: &str) -> bool {
    named(folder, begin).is_some()
}

fn has_in_a_row(path: &Path, names: &[&str]) -> bool {
    let parts: Vec<_> = path.components().collect();
    parts.windows(names.len()).any(|some| {
        let mut pairs = some.iter().zip(names);
        pairs.all(|(part, name)| matches!(part, Component::Normal(part) if part == name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files to make, the program's place, and the commands; `{}` is the folder of the test.
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static [&'static str],
    );

    const CASES: &[Case] = &[
        (
            &[
                (
                    "venv/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/INSTALLER",
                    "pip\n",
                ),
                ("venv/bin/python", ""),
            ],
            "venv/bin/divbase-cli",
            &["{}/venv/bin/python -m pip install --upgrade divbase-cli-rs"],
        ),
        (
            &[
                (
                    "my venv/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/INSTALLER",
                    "uv",
                ),
                ("my venv/bin/python3", ""),
            ],
            "my venv/bin/divbase-cli",
            &["uv pip install --python '{}/my venv/bin/python3' --upgrade divbase-cli-rs"],
        ),
        (
            &[(
                ".local/lib/python3.11/site-packages/divbase_cli_rs-0.1.0.dist-info/INSTALLER",
                "pip",
            )],
            ".local/bin/divbase-cli",
            &["python3 -m pip install --user --upgrade divbase-cli-rs"],
        ),
        (
            &[(
                "venv/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/direct_url.json",
                r#"{"dir_info": {}, "url": "file:///src/divbase/cli"}"#,
            )],
            "venv/bin/divbase-cli",
            &[
                "git -C /src/divbase/cli pull",
                "python3 -m pip install --user --upgrade /src/divbase/cli",
            ],
        ),
        (
            &[(
                "venv/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/direct_url.json",
                r#"{"archive_info": {}, "url": "file:///tmp/divbase_cli_rs-0.1.0.whl"}"#,
            )],
            "venv/bin/divbase-cli",
            &["python3 -m pip install --user --upgrade divbase-cli-rs"],
        ),
        (
            &[(
                "share/uv/tools/divbase-cli-rs/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/INSTALLER",
                "uv",
            )],
            "share/uv/tools/divbase-cli-rs/bin/divbase-cli",
            &["uv tool upgrade divbase-cli-rs"],
        ),
        (
            &[(
                "pipx/venvs/divbase-cli-rs/lib/python3.12/site-packages/divbase_cli_rs-0.1.0.dist-info/INSTALLER",
                "pip",
            )],
            "pipx/venvs/divbase-cli-rs/bin/divbase-cli",
            &["pipx upgrade divbase-cli-rs"],
        ),
        (
            &[("env/conda-meta/divbase-cli-rs-0.1.0-h1.json", "{}")],
            "env/bin/divbase-cli",
            &[
                "conda update --prefix {}/env --channel conda-forge --channel bioconda divbase-cli-rs",
            ],
        ),
        (
            &[],
            "homebrew/Cellar/divbase-cli/0.1.0/bin/divbase-cli",
            &["brew upgrade divbase-cli"],
        ),
        (
            &[(
                ".cargo/.crates.toml",
                "[v1]\n\"divbase-cli 0.1.0 (git+https://example.org/divbase?branch=main#1f)\" = [\"divbase-cli\"]\n",
            )],
            ".cargo/bin/divbase-cli",
            &["cargo install --git https://example.org/divbase divbase-cli"],
        ),
        (
            &[(
                ".cargo/.crates.toml",
                "[v1]\n\"divbase-cli 0.1.0 (path+file:///src/cli)\" = [\"divbase-cli\"]\n",
            )],
            ".cargo/bin/divbase-cli",
            &["cargo install --path /src/cli"],
        ),
        (
            &[("src/cli/Cargo.toml", "")],
            "src/target/x86_64-unknown-linux-musl/release/divbase-cli",
            &[
                "git -C {}/src pull",
                "cargo build --release -p divbase-cli --manifest-path {}/src/Cargo.toml",
            ],
        ),
        (&[], "bin/divbase-cli", &[]),
    ];

    #[test]
    fn where_it_lies_tells_what_updates_it() {
        for (files, program, commands) in CASES {
            let dir = tempfile::tempdir().unwrap();
            let root = fs::canonicalize(dir.path()).unwrap();
            for (name, text) in files.iter().chain([&(*program, "")]) {
                let path = root.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            let found = Installed::of(&root.join(program));
            let commands: Vec<String> = commands
                .iter()
                .map(|command| command.replace("{}", &root.to_string_lossy()))
                .collect();
            assert_eq!(found.update(), commands, "{program}: {found:?}");
        }
    }
}
