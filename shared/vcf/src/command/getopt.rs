//! Resolves tokens to options, values and operands the way glibc's `getopt_long` does: bundled letters, glued
//! values, `--name=value`, unambiguous abbreviations, operands anywhere, `--` as the end of options.

/// What the grammar knows of an option.
#[derive(Clone, Copy, Debug)]
pub struct Spec<O> {
    /// The option.
    pub option: O,
    /// The letter of its short spelling.
    pub letter: Option<char>,
    /// Its long name, without dashes. An option with two long names has two entries.
    pub long: &'static str,
    /// Whether it takes a value.
    pub argument: Argument,
}

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A switch.
    None,
    /// The value may be glued (`-m2`, `--min-alleles=2`) or be the next token.
    Required,
    /// The value must be glued if there is one (`-Wtbi`, `--write-index=tbi`).
    Optional,
}

/// An option as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<O> {
    /// Which option.
    pub option: O,
    /// Its value.
    pub value: Option<String>,
    /// The token that holds the option.
    pub token: String,
}

/// Why a token is no option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<O> {
    /// No option has this name or letter.
    Unknown(String),
    /// An abbreviation of several options.
    Ambiguous(Vec<O>),
    /// The option takes a value and has none.
    MissingValue(O),
    /// The option takes no value and has one.
    UnexpectedValue(O),
}

/// What tokens resolve to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments<O> {
    /// The options in the order given.
    pub given: Vec<Given<O>>,
    /// Tokens that belong to no option.
    pub operands: Vec<String>,
    /// Tokens that are no option, with the reason.
    pub faults: Vec<(String, Fault<O>)>,
}

/// Where the value of an option that needs one comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// From the next token.
    Next,
    /// The option stands alone, without a value.
    Placeholder,
    /// It is missing.
    Missing,
}

/// Resolves tokens by a table of options. `value` says for an option without a glued value where its value comes
/// from; it is told whether the next token begins with a dash or is not there.
pub fn resolve<O: Copy + PartialEq>(
    tokens: &[String],
    specs: &[Spec<O>],
    value: impl Fn(O, bool) -> Value,
) -> Arguments<O> {
    let mut found = Arguments {
        given: vec![],
        operands: vec![],
        faults: vec![],
    };
    let mut tokens = tokens.iter().map(String::as_str).peekable();
    while let Some(token) = tokens.next() {
        if token == "--" {
            found.operands.extend(tokens.map(String::from));
            break;
        }
        let mut next = |option| {
            let dashed = tokens.peek().is_none_or(|next| next.starts_with('-'));
            match value(option, dashed) {
                Value::Next => tokens.next().map_or(Next::Missing, Next::Value),
                Value::Placeholder => Next::Placeholder,
                Value::Missing => Next::Missing,
            }
        };
        if let Some(long) = token.strip_prefix("--") {
            let (name, glued) = split_at_equals(long);
            match from_long(specs, name)[..] {
                [spec] => found.take(token, spec, glued, &mut next),
                [] => found.fault(token, Fault::Unknown(format!("--{name}"))),
                ref several => {
                    let several = several.iter().map(|spec| spec.option).collect();
                    found.fault(token, Fault::Ambiguous(several));
                }
            }
        } else if let Some(letters) = token
            .strip_prefix('-')
            .filter(|letters| !letters.is_empty())
        {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                let Some(spec) = specs.iter().find(|spec| spec.letter == Some(letter)) else {
                    found.fault(token, Fault::Unknown(format!("-{letter}")));
                    break;
                };
                if spec.argument == Argument::None {
                    found.take(token, spec, None, &mut next);
                } else {
                    let glued = Some(rest.as_str()).filter(|rest| !rest.is_empty());
                    found.take(token, spec, glued, &mut next);
                    break;
                }
            }
        } else {
            found.operands.push(token.to_owned());
        }
    }
    found
}

/// The options that a long name or an abbreviation of one stands for, as `getopt_long` finds them: an exact name
/// stands for itself alone.
fn from_long<'s, O: PartialEq>(specs: &'s [Spec<O>], name: &str) -> Vec<&'s Spec<O>> {
    if let Some(exact) = specs.iter().find(|spec| spec.long == name) {
        return vec![exact];
    }
    let mut found: Vec<_> = specs
        .iter()
        .filter(|spec| spec.long.starts_with(name))
        .collect();
    found.dedup_by(|a, b| a.option == b.option);
    found
}

impl<O: Copy> Arguments<O> {
    fn fault(&mut self, token: &str, fault: Fault<O>) {
        self.faults.push((token.to_owned(), fault));
    }

    fn take<'a>(
        &mut self,
        token: &str,
        spec: &Spec<O>,
        glued: Option<&str>,
        next: &mut impl FnMut(O) -> Next<'a>,
    ) {
        let option = spec.option;
        let value = match (spec.argument, glued) {
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

fn split_at_equals(long: &str) -> (&str, Option<&str>) {
    let found = long.split_once('=');
    found.map_or((long, None), |(name, value)| (name, Some(value)))
}

#[cfg(test)]
mod tests {
    use super::super::option::{Dialect, ViewOption, resolve};
    use super::Fault;

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
