//! What may stand in the place of the last word, read from the command tree.

use clap::{Arg, ArgAction, Command, ValueHint};

use super::known::{self, Names};
use crate::commands;

/// The candidates, sorted; none where a local file or a free text is wanted.
pub(super) fn candidates(words: &[String]) -> Vec<String> {
    candidates_with(words, known::of_server)
}

fn candidates_with(
    words: &[String],
    known: impl FnOnce(Names, &[String]) -> Vec<String>,
) -> Vec<String> {
    // Bash cuts `--option=value` into three words.
    let words: Vec<String> = words
        .iter()
        .flat_map(|word| match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => {
                vec![option.to_owned(), value.to_owned()]
            }
            _ => vec![word.clone()],
        })
        .filter(|word| word != "=")
        .map(|word| word.trim_matches(['\'', '"']).to_owned())
        .collect();
    let (last, before) = match words.split_last() {
        Some((last, before)) => (last.as_str(), before),
        None => ("", [].as_slice()),
    };
    let mut tree = commands::tree();
    tree.build();
    let place = Place::of(&tree, before);
    let mut found = match place.wanted(last) {
        Wanted::Fixed(found) => found,
        Wanted::Names(names) => {
            let Some((done, item, behind)) = open_name(names, last) else {
                return Vec::new();
            };
            known(names, before)
                .into_iter()
                .filter(|name| name.starts_with(item))
                .map(|name| format!("{done}{name}{behind}"))
                .collect()
        }
        Wanted::Nothing => Vec::new(),
    };
    found.retain(|one| one.starts_with(last));
    found.sort();
    found.dedup();
    found
}

/// The name that is being typed at the end of a word: what stands before it, its beginning, and what goes behind it. Nothing
/// where the word has got to something else.
fn open_name(names: Names, word: &str) -> Option<(&str, &str, &'static str)> {
    let at = |at: Option<usize>| at.map_or(0, |at| at + 1);
    match names {
        // Of a list, the last item is completed.
        Names::Samples => {
            let (done, item) = word.split_at(at(word.rfind(',')));
            Some((done, item, ""))
        }
        Names::Scaffolds => {
            let (before, region) = word.split_at(region(word)?);
            let (listed, item) = region.split_at(at(region.rfind(',')));
            let done = &word[..before.len() + listed.len()];
            Some((done, item, ""))
        }
        Names::Columns => {
            let start = at(word.rfind(';'));
            let item = word[start..].trim_start();
            (!item.contains(':')).then(|| (&word[..word.len() - item.len()], item, ":"))
        }
        _ => Some(("", word, "")),
    }
}

/// Where the regions begin that are being typed at the end of a command such as `view -m2 -r scaffold_1,sca`.
fn region(command: &str) -> Option<usize> {
    let start = command.rfind(char::is_whitespace)? + 1;
    let (before, token) = command.split_at(start);
    let option = before.split_whitespace().next_back()?;
    if matches!(option, "-r" | "-t" | "--regions" | "--targets") {
        return Some(start);
    }
    ["--regions=", "--targets=", "-r", "-t"]
        .iter()
        .find(|option| token.len() > option.len() && token.starts_with(**option))
        .map(|option| start + option.len())
}

enum Wanted {
    Fixed(Vec<String>),
    Names(Names),
    Nothing,
}

/// Where a command line has got to.
struct Place<'t> {
    command: &'t Command,
    path: Vec<&'t str>,
    /// The option whose value comes next.
    open: Option<&'t Arg>,
    /// Positional arguments so far.
    positions: usize,
    /// Whether `--` has come.
    only_positions: bool,
}

impl<'t> Place<'t> {
    fn of(tree: &'t Command, words: &[String]) -> Self {
        let mut place = Self {
            command: tree,
            path: Vec::new(),
            open: None,
            positions: 0,
            only_positions: false,
        };
        for word in words {
            place.go(word);
        }
        place
    }

    fn go(&mut self, word: &str) {
        if self.open.take().is_some() {
            return;
        }
        if !self.only_positions && word == "--" {
            self.only_positions = true;
        } else if !self.only_positions && word.len() > 1 && word.starts_with('-') {
            self.open = self.option(word).filter(|arg| takes_value(arg));
        } else if let Some(below) = self.command.find_subcommand(word) {
            self.command = below;
            self.path.push(below.get_name());
            self.positions = 0;
        } else {
            self.positions += 1;
        }
    }

    fn option(&self, word: &str) -> Option<&'t Arg> {
        self.command.get_arguments().find(|arg| {
            let long = word.strip_prefix("--");
            let short = word.chars().nth(1).filter(|_| word.chars().count() == 2);
            (long.is_some() && arg.get_long() == long)
                || (long.is_none() && short.is_some() && arg.get_short() == short)
        })
    }

    fn wanted(&self, last: &str) -> Wanted {
        if let Some(arg) = self.open {
            return self.value_of(arg);
        }
        if last.starts_with('-') && !self.only_positions {
            return Wanted::Fixed(self.options());
        }
        let below: Vec<String> = self
            .command
            .get_subcommands()
            .filter(|one| !one.is_hide_set())
            .map(|one| one.get_name().to_owned())
            .collect();
        if !below.is_empty() {
            return Wanted::Fixed(below);
        }
        let positional = self
            .command
            .get_positionals()
            .nth(self.positions)
            .or_else(|| {
                self.command
                    .get_positionals()
                    .last()
                    .filter(|arg| many(arg))
            });
        positional.map_or(Wanted::Nothing, |arg| self.value_of(arg))
    }

    fn options(&self) -> Vec<String> {
        self.command
            .get_arguments()
            .filter(|arg| !arg.is_hide_set())
            .filter_map(|arg| arg.get_long())
            .map(|long| format!("--{long}"))
            .collect()
    }

    fn value_of(&self, arg: &Arg) -> Wanted {
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| value.get_name().to_owned())
            .collect();
        if !values.is_empty() {
            return Wanted::Fixed(values);
        }
        if matches!(arg.get_value_hint(), ValueHint::FilePath) {
            return Wanted::Nothing;
        }
        match known::names_of(&self.path, arg.get_id().as_str()) {
            Some(names) => Wanted::Names(names),
            None if matches!(
                arg.get_id().as_str(),
                "install_completion" | "show_completion"
            ) =>
            {
                Wanted::Fixed(
                    ["bash", "fish", "powershell", "zsh"]
                        .map(str::to_owned)
                        .into(),
                )
            }
            None => Wanted::Nothing,
        }
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

fn many(arg: &Arg) -> bool {
    arg.get_num_args()
        .is_some_and(|range| range.max_values() > 1)
        || matches!(arg.get_action(), ArgAction::Append)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(line: &str) -> Vec<String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        of_words(&words)
    }

    /// As [`after`], with a last word that may hold spaces.
    fn after_and(line: &str, last: &str) -> Vec<String> {
        let words = line.split(' ').chain([last]);
        of_words(&words.map(str::to_owned).collect::<Vec<_>>())
    }

    fn of_words(words: &[String]) -> Vec<String> {
        candidates_with(words, |names, _| match names {
            Names::Projects => vec!["herring".to_owned(), "sprat".to_owned()],
            Names::Samples => vec!["S1".to_owned(), "S2".to_owned()],
            Names::Files => vec!["a.tsv".to_owned(), "b.vcf.gz".to_owned()],
            Names::Tables => vec!["a.tsv".to_owned()],
            Names::Versions => vec!["v1".to_owned()],
            Names::Scaffolds => vec!["chr1".to_owned(), "chr2".to_owned()],
            Names::Columns => vec!["Area".to_owned(), "Sex".to_owned()],
        })
    }

    #[test]
    fn every_level_is_known() {
        assert!(after("").contains(&"files".to_owned()));
        assert_eq!(after("fi"), ["files"]);
        assert_eq!(after("files do"), ["download", "download-all"]);
        assert!(after("files download --d").contains(&"--download-dir".to_owned()));
        assert_eq!(after("query vcf --engine n"), ["native"]);
        assert_eq!(after("query vcf --filter-scope=c"), ["cohort"]);
        assert_eq!(after("--show-completion z"), ["zsh"]);
        assert!(after("no such").is_empty());
    }

    #[test]
    fn names_come_from_the_server() {
        assert_eq!(after("files rm --project h"), ["herring"]);
        assert_eq!(after("files download a.tsv b"), ["b.vcf.gz"]);
        assert_eq!(after("query vcf --samples S1,S"), ["S1,S1", "S1,S2"]);
        assert_eq!(after("query tsv --metadata-tsv-name "), ["a.tsv"]);
        assert_eq!(after("version info "), ["v1"]);
        // Local files are the shell's to complete.
        assert!(after("files upload ").is_empty());
        assert!(after("query vcf --samples-file ").is_empty());
    }

    #[test]
    fn scaffolds_are_completed_inside_a_command() {
        let line = "query vcf --all-samples --command";
        for (typed, offered) in [
            ("\"view -r c", &["view -r chr1", "view -r chr2"][..]),
            ("'view -m2 -r chr1,chr2", &["view -m2 -r chr1,chr2"]),
            (
                "view --regions=chr1:1-5,chr2",
                &["view --regions=chr1:1-5,chr2"],
            ),
            ("view -tchr1", &["view -tchr1"]),
            (
                "view -r chr1; view -t chr2",
                &["view -r chr1; view -t chr2"],
            ),
            ("view -i c", &[]),
            ("view c", &[]),
            ("view -r chr1:1", &[]),
            ("c", &[]),
        ] {
            assert_eq!(after_and(line, typed), offered, "{typed}");
        }
    }

    #[test]
    fn columns_are_completed_inside_a_filter() {
        for (line, typed, offered) in [
            ("query vcf --tsv-filter", "'A", &["Area:"][..]),
            ("query tsv", "\"Area:North;S", &["Area:North;Sex:"]),
            ("query tsv", "Area:North; S", &["Area:North; Sex:"]),
            ("query tsv", "Area:S", &[]),
        ] {
            assert_eq!(after_and(line, typed), offered, "{typed}");
        }
    }
}
