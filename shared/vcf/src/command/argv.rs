//! The arguments with which real bcftools runs a stage: made from the plan, never from the user's text.
//!
//! Every option is one token `--name=value`, so that no value can be read as an option; the input stands behind
//! `--`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::stage::ViewStage;

/// The samples of one stage on one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleArgument {
    /// The stage keeps all samples.
    All,
    /// Names joined by commas.
    Inline(String),
    /// A file with one name a line, under the caller's control. The path must not begin with `^`.
    File(PathBuf),
}

/// How names of samples can be handed to bcftools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleList {
    /// On the command line.
    Inline(String),
    /// In a file with this content, because a name would be misread on the command line or the list is too long
    /// for one argument.
    NeedsFile(String),
}

/// Linux allows 128 KiB for one argument; the rest is a margin for the option's name.
const LONGEST_ARGUMENT: usize = 100 * 1024;

impl SampleList {
    /// Decides how to hand over `names`, which must not be empty or contain line breaks, as no name in a VCF header
    /// does.
    pub fn new(names: &[String]) -> Self {
        let misread = names.iter().any(|name| name.contains(','))
            || names.first().is_some_and(|name| name.starts_with('^'))
            || names.iter().any(String::is_empty);
        let inline = names.join(",");
        if misread || inline.len() > LONGEST_ARGUMENT {
            Self::NeedsFile(names.iter().map(|name| format!("{name}\n")).collect())
        } else {
            Self::Inline(inline)
        }
    }
}

/// Formats that stages pass to each other or write at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// `-Ou`: uncompressed BCF, for the next stage.
    UncompressedBcf,
    /// `-Oz`: bgzipped VCF.
    BgzippedVcf,
    /// `-Ov`: text.
    Vcf,
}

/// The arguments that follow the program's name, beginning with `view`. `input` is a path or `-` for standard
/// input; the result goes to standard output.
///
/// The choice of samples in `stage` is not used: `samples` is what it means for this file.
pub fn view(
    stage: &ViewStage,
    samples: &SampleArgument,
    input: &Path,
    output: OutputType,
) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["view".into()];
    arguments.extend(stage.option_tokens().into_iter().map(OsString::from));
    match samples {
        SampleArgument::All => {}
        SampleArgument::Inline(names) => arguments.push(format!("--samples={names}").into()),
        SampleArgument::File(path) => {
            let mut argument = OsString::from("--samples-file=");
            argument.push(path);
            arguments.push(argument);
        }
    }
    let output_type = match output {
        OutputType::UncompressedBcf => "u",
        OutputType::BgzippedVcf => "z",
        OutputType::Vcf => "v",
    };
    arguments.push(format!("--output-type={output_type}").into());
    arguments.push("--".into());
    arguments.push(input.into());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> SampleList {
        SampleList::new(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn names_that_bcftools_would_misread_go_into_a_file() {
        assert_eq!(
            list(&["-f", "a b", "c^"]),
            SampleList::Inline("-f,a b,c^".to_owned())
        );
        assert_eq!(
            list(&["^a", "b"]),
            SampleList::NeedsFile("^a\nb\n".to_owned())
        );
        assert_eq!(list(&["a,b"]), SampleList::NeedsFile("a,b\n".to_owned()));
        let many: Vec<_> = (0..20_000)
            .map(|number| format!("sample{number}"))
            .collect();
        assert!(matches!(SampleList::new(&many), SampleList::NeedsFile(_)));
    }
}
