//! `project reference`: what the files of a project are about, and which of them contradict it.

use std::collections::BTreeMap;

use clap::Subcommand;
use divbase_contract::{
    field::{Items, ObjectKey, ScaffoldName},
    reference::{NewAliases, NewReference, ProjectReference, ReferenceMode, ScaffoldAlias},
};

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output::{self, style},
};

/// Scaffolds and aliases that are printed; all are in the JSON.
const SHOWN: usize = 20;

/// `project reference …`
#[derive(Subcommand)]
pub enum ReferenceCommand {
    /// Show the reference, and the files that contradict it
    Show {
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
        /// How to print it.
        #[command(flatten)]
        format: JsonFormat,
    },
    /// Take the reference from a .fai or .dict file of the project (managers)
    Set {
        /// The file; upload it first
        file: ObjectKey,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Take the reference from the project's own files again, the first one first (managers)
    Clear {
        /// Have none: files are compared with each other alone
        #[arg(long)]
        none: bool,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Declare other names of scaffolds: `7=chr7` says that 7 is the reference's chr7 (managers)
    Alias {
        /// ALIAS=NAME; an empty NAME takes the alias back
        #[arg(required = true, value_name = "ALIAS=NAME")]
        aliases: Vec<String>,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
}

pub(super) async fn run(command: ReferenceCommand, app: &App) -> Outcome {
    match command {
        ReferenceCommand::Show { project, format } => {
            let target = project.target(app)?;
            let reference = get(&target).await?;
            if format.json {
                return output::json(&reference);
            }
            show(&target, &reference)
        }
        ReferenceCommand::Set { file, project } => {
            set(&project.target(app)?, ReferenceMode::Chosen, Some(file)).await
        }
        ReferenceCommand::Clear { none, project } => {
            let mode = if none {
                ReferenceMode::None
            } else {
                ReferenceMode::Files
            };
            set(&project.target(app)?, mode, None).await
        }
        ReferenceCommand::Alias { aliases, project } => {
            alias(&project.target(app)?, &aliases).await
        }
    }
}

async fn get(target: &ProjectApi) -> Outcome<ProjectReference> {
    let path = ["projects", &target.project, "reference"];
    target.api.get(&path).await
}

async fn set(target: &ProjectApi, mode: ReferenceMode, file: Option<ObjectKey>) -> Outcome {
    let path = ["projects", &target.project, "reference"];
    let body = NewReference { mode, file };
    show(target, &target.api.put(&path, &body).await?)
}

async fn alias(target: &ProjectApi, given: &[String]) -> Outcome {
    let known = get(target).await?.aliases.into_iter();
    let mut aliases: BTreeMap<ScaffoldName, ScaffoldName> =
        known.map(|one| (one.alias, one.name)).collect();
    for text in given {
        let wrong = |why: &str| Failure::Usage(format!("'{text}' is no ALIAS=NAME: {why}"));
        let (alias, name) = text.split_once('=').ok_or_else(|| wrong("it has no '='"))?;
        let alias = alias.parse().map_err(|_| wrong("the alias is no name"))?;
        if name.is_empty() {
            aliases.remove(&alias);
            continue;
        }
        let name = name.parse().map_err(|_| wrong("the name is none"))?;
        aliases.insert(alias, name);
    }
    let aliases = aliases.into_iter();
    let aliases: Vec<ScaffoldAlias> = aliases
        .map(|(alias, name)| ScaffoldAlias { alias, name })
        .collect();
    let body = NewAliases {
        aliases: Items::try_from(aliases).map_err(Failure::Usage)?,
    };
    let path = ["projects", &target.project, "reference", "aliases"];
    show(target, &target.api.put(&path, &body).await?)
}

fn show(target: &ProjectApi, reference: &ProjectReference) -> Outcome {
    let project = output::name(&target.project);
    let from = reference.source.as_deref().map(output::name);
    let count = reference.scaffold_count;
    output::line(&match (reference.mode, from) {
        (ReferenceMode::None, _) => {
            format!(
                "The project '{project}' has no reference; its files are compared with each other alone."
            )
        }
        (ReferenceMode::Files, None) => {
            format!(
                "The project '{project}' has no reference yet: no indexed file says how long its scaffolds are."
            )
        }
        (ReferenceMode::Files, Some(from)) => format!(
            "The reference of the project '{project}' comes from its files, '{from}' first ({count} scaffolds)."
        ),
        (ReferenceMode::Chosen, from) => format!(
            "The reference of the project '{project}' is '{}' ({count} scaffolds).",
            from.unwrap_or_default()
        ),
    })?;
    for one in reference.scaffolds.iter().take(SHOWN) {
        let md5 = one.md5.as_deref().unwrap_or_default();
        let line = format!("{}\t{}\t{md5}", output::name(&one.name), one.length);
        output::line(line.trim_end())?;
    }
    if count > SHOWN {
        output::line!("… and {} more (see --json)", count - SHOWN)?;
    }
    for one in reference.aliases.iter().take(SHOWN) {
        output::line!(
            "{} is {}",
            output::name(&one.alias),
            output::name(&one.name)
        )?;
    }
    for one in &reference.contradictions {
        let text = format!(
            "'{}': {}",
            output::name(&one.file),
            output::name(&one.reason)
        );
        output::line(&style::red(&text))?;
    }
    Ok(())
}
