//! `files tree`.

use std::collections::BTreeMap;

use clap::Args;
use divbase_contract::limits::RESULT_PREFIX;

use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::Outcome,
    files_api::Depth,
    output::{self, style},
};

/// `files tree [PREFIX]`
#[derive(Args)]
pub struct TreeArgs {
    /// Only names that begin so; a folder's name with its final / shows that folder
    prefix: Option<String>,
    /// Do not hide the results of queries
    #[arg(long, short = 'r')]
    include_results_files: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// A folder: entries by name; a file has none.
#[derive(Default)]
struct Node {
    below: BTreeMap<String, Option<Node>>,
}

impl Node {
    fn add(&mut self, key: &str) {
        match key.split_once('/') {
            None if key.is_empty() => {}
            None => {
                self.below.entry(key.to_owned()).or_default();
            }
            Some((folder, rest)) => {
                // A file and a folder may have one name: the slash tells them apart.
                self.below
                    .entry(format!("{folder}/"))
                    .or_default()
                    .get_or_insert_default()
                    .add(rest);
            }
        }
    }

    fn draw(&self, lead: &str, text: &mut String) {
        for (index, (name, node)) in self.below.iter().enumerate() {
            let last = index + 1 == self.below.len();
            let (branch, next) = if last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            let shown = output::name(name);
            let shown = if node.is_some() {
                style::bold_blue(&shown)
            } else {
                shown.into_owned()
            };
            text.push_str(&format!("{lead}{branch}{shown}\n"));
            if let Some(node) = node {
                node.draw(&format!("{lead}{next}"), text);
            }
        }
    }
}

pub(super) async fn run(args: TreeArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let mut files = at
        .list(args.prefix.as_deref(), Depth::Everything)
        .await?
        .files;
    if !args.include_results_files {
        files.retain(|file| !file.name.starts_with(RESULT_PREFIX));
    }
    if args.format.json {
        return output::json(&files);
    }
    if files.is_empty() {
        return output::line!(
            "No files found in the project '{}'.",
            output::name(&at.project)
        );
    }
    let folder = args
        .prefix
        .as_deref()
        .filter(|prefix| prefix.ends_with('/'));
    let mut root = Node::default();
    for file in &files {
        root.add(
            folder
                .and_then(|folder| file.name.strip_prefix(folder))
                .unwrap_or(&file.name),
        );
    }
    let mut text = match folder {
        Some(folder) => style::bold_blue(&output::name(folder)),
        None => ".".to_owned(),
    };
    text.push('\n');
    root.draw("", &mut text);
    output::raw(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files() {
        let mut root = Node::default();
        for key in ["b.tsv", "a/", "a/x.tsv", "c/d/y.tsv", "empty/"] {
            root.add(key);
        }
        let mut text = String::new();
        root.draw("", &mut text);
        assert_eq!(
            text,
            "├── a/\n│   └── x.tsv\n├── b.tsv\n├── c/\n│   └── d/\n│       └── y.tsv\n└── empty/\n"
        );
    }
}
