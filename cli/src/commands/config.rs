//! `config`: the projects that this device knows, and its defaults. Purely local.

use std::collections::BTreeMap;

use clap::Subcommand;

use crate::{
    app::App,
    arguments::TableFormat,
    config_file::{ConfigFile, Project},
    failure::{Failure, Outcome},
    output::{self, table},
    project::without_slash,
};

/// `config …`
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Add a project, or replace the one of that name
    Add {
        /// Name of the project, as on the server
        name: String,
        /// Base URL of its server's API, ending in /api [default: DIVBASE_API_URL, or the public service]
        #[arg(long, short = 'u', value_name = "URL")]
        divbase_url: Option<String>,
        /// Make it the default project
        #[arg(long, short = 'd')]
        default: bool,
    },
    /// Remove a project from the configuration (nothing happens on the server)
    Rm {
        /// Name of the project
        name: String,
    },
    /// Choose the project that is used when none is named
    SetDefault {
        /// Name of the project
        name: String,
    },
    /// Print the default project
    ShowDefault,
    /// Choose the folder for downloads: an absolute path, or `.` for the current folder at the time
    SetDloadDir {
        /// The folder
        dir: String,
    },
    /// Print the configuration
    Show(TableFormat),
}

/// Runs it.
///
/// # Errors
/// If the file cannot be read or written, or the default is to be a project that is not known.
pub fn run(command: ConfigCommand, app: &App) -> Outcome {
    let mut config = app.config()?;
    match command {
        ConfigCommand::Add {
            name,
            divbase_url,
            default,
        } => {
            let url = without_slash(&divbase_url.unwrap_or_else(|| app.settings.api_url.clone()));
            add(app, &mut config, name, url, default)
        }
        ConfigCommand::Rm { name } => remove(app, &mut config, &name),
        ConfigCommand::SetDefault { name } => {
            if config.project(&name).is_none() {
                return Err(Failure::Config(format!(
                    "the project '{name}' is not in your configuration. Add it with `divbase-cli config add {name}`; \
                     `divbase-cli config show` lists the known ones."
                )));
            }
            config.default_project = Some(name.clone());
            app.save(&config)?;
            output::line!("Default project is now '{}'.", output::name(&name))
        }
        ConfigCommand::ShowDefault => match &config.default_project {
            Some(name) => output::line(&output::name(name)),
            None => output::line(
                "No default project is set. Choose one with `divbase-cli config set-default NAME`.",
            ),
        },
        ConfigCommand::SetDloadDir { dir } => {
            output::line!("Downloads go to: {}", explain_dir(Some(&dir)))?;
            config.default_download_dir = Some(dir);
            app.save(&config)
        }
        ConfigCommand::Show(format) if format.json => output::json(&config),
        ConfigCommand::Show(format) if format.jsonl => output::json_lines(&config),
        ConfigCommand::Show(format) => show(app, &config, format),
    }
}

fn add(app: &App, config: &mut ConfigFile, name: String, url: String, default: bool) -> Outcome {
    let project = Project {
        name: name.clone(),
        divbase_url: url.clone(),
        unknown: BTreeMap::new(),
    };
    match config.projects.iter_mut().find(|known| known.name == name) {
        Some(known) => {
            output::warn!(
                "the project '{}' already existed in the configuration and is replaced.",
                output::name(&name)
            );
            *known = project;
        }
        None => config.projects.push(project),
    }
    if default {
        config.default_project = Some(name.clone());
    }
    app.save(config)?;
    if !url.ends_with("/api") {
        output::warn!(
            "the URL of a DivBase API ends in /api; if commands do not work, try {url}/api."
        );
    }
    let shown = output::name(&name);
    output::line!("Project '{shown}' added with DivBase URL: {url}")?;
    if config.default_project.as_deref() == Some(&name) {
        output::line!("'{shown}' is now default: commands use it when no --project is given.")
    } else {
        output::line!("To make it your default project: divbase-cli config set-default {shown}")
    }
}

fn remove(app: &App, config: &mut ConfigFile, name: &str) -> Outcome {
    let shown = output::name(name);
    if config.project(name).is_none() {
        return output::line!("Nothing to do: the project '{shown}' is not in the configuration.");
    }
    config.projects.retain(|project| project.name != name);
    if config.default_project.as_deref() == Some(name) {
        config.default_project = None;
    }
    app.save(config)?;
    output::line!("Project '{shown}' was removed from the configuration.")
}

fn explain_dir(dir: Option<&str>) -> String {
    match dir {
        None => "not set: the folder in which a download is started".to_owned(),
        Some(".") => ". (the folder in which a download is started)".to_owned(),
        Some(dir) => output::name(dir).into_owned(),
    }
}

fn show(app: &App, config: &ConfigFile, format: TableFormat) -> Outcome {
    let default = config.default_project.as_ref();
    let projects = table::of(format, &config.projects)
        .column("Project Name", |project| &project.name)
        .column("DivBase URL", |project| &project.divbase_url)
        .column("Is default", |one| {
            if default == Some(&one.name) {
                "Yes"
            } else {
                ""
            }
        });
    if format.tsv {
        return projects.show();
    }
    output::line!("Configuration file: {}", app.settings.config_path.display())?;
    output::line!(
        "Download folder: {}",
        explain_dir(config.default_download_dir.as_deref())
    )?;
    match (&config.logged_in_url, &config.logged_in_email) {
        (Some(url), email) => output::line!(
            "Logged in to: {url} as {}",
            output::name(email.as_deref().unwrap_or("unknown"))
        )?,
        (None, _) => output::line("Logged in to: not logged in")?,
    }
    if config.projects.is_empty() {
        return output::line(
            "No projects are configured. Add one with `divbase-cli config add NAME`.",
        );
    }
    projects.show()
}
