//! Resolves tokens to options, values and operands the way glibc's `getopt_long` does: bundled letters, glued
//! values, `--name=value`, unambiguous abbreviations, operands anywhere, `--` as the end of options.

use super::option::{Argument, ViewOption};

/// Which of the two spellings of `-s` and of a missing region the grammar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// bcftools' own: `-s` takes the names of samples.
    Bcftools,
    /// The service's: `-s` alone is the place where the selected samples are put, and a token after `-r` or `-t`
    /// that begins with a dash is the next option, not a region.
    Service,
}

/// An option as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// Which option.
    pub option: ViewOption,
    /// Its value.
    pub value: Option<String>,
    /// The token that holds the option.
    pub token: String,
}

/// Why a token is no option of `view`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No option has this name or letter.
    Unknown(String),
    /// An abbreviation of several options.
    Ambiguous(Vec<ViewOption>),
    /// The option takes a value and has none.
    MissingValue(ViewOption),
    /// The option takes no value and has one.
    UnexpectedValue(ViewOption),
}

/// What the tokens of one stage resolve to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// The options in the order given.
    pub given: Vec<Given>,
    /// Tokens that belong to no option.
    pub operands: Vec<String>,
    /// Tokens that are no option of `view`, with the reason.
    pub faults: Vec<(String, Fault)>,
}

/// Resolves the tokens that follow `view`.
pub(super) fn resolve(tokens: &[String], dialect: Dialect) -> Arguments {
    let mut found = Arguments::default();
    let mut tokens = tokens.iter().map(String::as_str).peekable();
    while let Some(token) = tokens.next() {
        if token == "--" {
            found.operands.extend(tokens.map(String::from));
            break;
        }
        let mut next = |option| next_value(&mut tokens, option, dialect);
        if let Some(long) = token.strip_prefix("--") {
            let (name, glued) = split_at_equals(long);
            match ViewOption::from_long(name)[..] {
                [option] => found.take(token, option, glued, &mut next),
                [] => found.fault(token, Fault::Unknown(format!("--{name}"))),
                ref several => found.fault(token, Fault::Ambiguous(several.to_vec())),
            }
        } else if let Some(letters) = token
            .strip_prefix('-')
            .filter(|letters| !letters.is_empty())
        {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                let Some(option) = ViewOption::from_letter(letter) else {
                    found.fault(token, Fault::Unknown(format!("-{letter}")));
                    break;
                };
                if option.argument() == Argument::None {
                    found.take(token, option, None, &mut next);
                } else {
                    let glued = Some(rest.as_str()).filter(|rest| !rest.is_empty());
                    found.take(token, option, glued, &mut next);
                    break;
                }
            }
        } else {
            found.operands.push(token.to_owned());
        }
    }
    found
}

impl Arguments {
    fn fault(&mut self, token: &str, fault: Fault) {
        self.faults.push((token.to_owned(), fault));
    }

    fn take<'a>(
        &mut self,
        token: &str,
        option: ViewOption,
        glued: Option<&str>,
        next: &mut impl FnMut(ViewOption) -> Next<'a>,
    ) {
        let value = match (option.argument(), glued) {
            (Argument::None, Some(_)) => return self.fault(token, Fault::UnexpectedValue(option)),
            (Argument::None | Argument::Optional, glued) => glued,
            (Argument::Required, Some(glued)) => Some(glued),
            (Argument::Required, None) => match next(option) {
                Next::Value(value) => Some(value),
                Next::Placeholder => None,
                Next::Missing => return self.fault(token, Fault::MissingValue(option)),
            },
        };
        let value = value.map(String::from);
        self.given.push(Given {
            option,
            value,
            token: token.to_owned(),
        });
    }
}

enum Next<'a> {
    Value(&'a str),
    Placeholder,
    Missing,
}

fn next_value<'a>(
    tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
    option: ViewOption,
    dialect: Dialect,
) -> Next<'a> {
    let dashed = tokens.peek().is_none_or(|next| next.starts_with('-'));
    match (dialect, option) {
        (Dialect::Service, ViewOption::Samples) if dashed => return Next::Placeholder,
        (Dialect::Service, ViewOption::Regions | ViewOption::Targets) if dashed => {
            return Next::Missing;
        }
        _ => {}
    }
    tokens.next().map_or(Next::Missing, Next::Value)
}

fn split_at_equals(long: &str) -> (&str, Option<&str>) {
    match long.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (long, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str, dialect: Dialect) -> Vec<(ViewOption, Option<String>)> {
        let tokens: Vec<_> = text.split(' ').map(String::from).collect();
        let found = resolve(&tokens, dialect);
        assert_eq!(found.faults, [], "{text}");
        found
            .given
            .into_iter()
            .map(|given| (given.option, given.value))
            .collect()
    }

    #[test]
    fn every_spelling_is_the_same_option() {
        let expected = vec![
            (ViewOption::DropGenotypes, None),
            (ViewOption::MinAlleles, Some("2".to_owned())),
        ];
        for text in [
            "-G -m 2",
            "-Gm2",
            "-Gm 2",
            "--drop-genotypes --min-alleles 2",
            "--drop --min-alleles=2",
            "--dr --min-al 2",
        ] {
            assert_eq!(options(text, Dialect::Bcftools), expected, "{text}");
        }
    }

    #[test]
    fn a_value_may_look_like_an_option() {
        assert_eq!(
            options("-i -f -v -h", Dialect::Service),
            [
                (ViewOption::Include, Some("-f".to_owned())),
                (ViewOption::Types, Some("-h".to_owned()))
            ]
        );
    }

    #[test]
    fn a_bare_s_is_a_placeholder_in_the_service() {
        assert_eq!(
            options("-Gs -I", Dialect::Service),
            [
                (ViewOption::DropGenotypes, None),
                (ViewOption::Samples, None),
                (ViewOption::NoUpdate, None)
            ]
        );
        assert_eq!(
            options("-s -I", Dialect::Bcftools),
            [(ViewOption::Samples, Some("-I".to_owned()))]
        );
    }

    #[test]
    fn abbreviations_must_be_unambiguous() {
        let fault = |text: &str| {
            resolve(&[text.to_owned()], Dialect::Service)
                .faults
                .remove(0)
                .1
        };
        assert_eq!(
            fault("--min-a"),
            Fault::Ambiguous(vec![
                ViewOption::MinAlleles,
                ViewOption::MinAc,
                ViewOption::MinAf
            ])
        );
        // Both long names of -o stand for one option, but `--outp` also begins --output-type.
        assert_eq!(
            fault("--outp"),
            Fault::Ambiguous(vec![ViewOption::OutputType, ViewOption::Output])
        );
        assert_eq!(fault("--foo=1"), Fault::Unknown("--foo".to_owned()));
        assert_eq!(fault("-Gz"), Fault::Unknown("-z".to_owned()));
        assert_eq!(
            fault("--known=1"),
            Fault::UnexpectedValue(ViewOption::Known)
        );
        assert_eq!(fault("-m"), Fault::MissingValue(ViewOption::MinAlleles));
        assert_eq!(
            resolve(&["--output-f=x".to_owned()], Dialect::Bcftools).given[0].option,
            ViewOption::Output
        );
    }

    #[test]
    fn operands_may_stand_anywhere() {
        let tokens = ["a.vcf", "-G", "-", "--", "-x"].map(String::from);
        let found = resolve(&tokens, Dialect::Service);
        assert_eq!(found.operands, ["a.vcf", "-", "-x"]);
        assert_eq!(found.given.len(), 1);
    }
}
