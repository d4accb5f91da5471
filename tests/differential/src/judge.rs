//! Runs a case on both sides and compares.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use noodles_bgzf as bgzf;

use crate::Error;
use crate::case::{Case, Output, Reading, Script, Verb};
use crate::compare::{self, Difference, Kind, Verdict};
use crate::oracle::{Oracle, messages_path};
use crate::ours::{Ours, Outcome};

/// One oracle process, the program under test, and a place for their outputs.
#[derive(Debug)]
pub struct Judge {
    oracle: Oracle,
    ours: Ours,
    expected: PathBuf,
    found: PathBuf,
}

impl Judge {
    /// `folder` must not be shared with another judge.
    #[must_use]
    pub fn new(oracle: Oracle, ours: Ours, folder: PathBuf) -> Self {
        Self {
            oracle,
            ours,
            expected: folder.join("expected"),
            found: folder.join("found"),
        }
    }

    /// The oracle, for preparing data.
    pub fn oracle(&mut self) -> &mut Oracle {
        &mut self.oracle
    }

    /// bcftools' view of a case alone: `Ok(None)` if it accepts, else the last line of its messages.
    ///
    /// # Errors
    ///
    /// If the oracle process is gone.
    pub fn ask_oracle(&mut self, case: &Case) -> Result<Option<String>, Error> {
        let ended = self
            .oracle
            .run(&self.script(case, Reading::Plain), &self.expected)?;
        Ok((ended.code != 0).then(|| gist(&self.messages(&self.expected))))
    }

    /// Runs both and compares.
    ///
    /// # Errors
    ///
    /// If either program cannot be run at all.
    pub fn judge(&mut self, case: &Case) -> Result<Verdict, Error> {
        if case.without_truth().is_some() {
            return Ok(Verdict::NoTruth);
        }
        let theirs = self
            .oracle
            .run(&self.script(case, Reading::Plain), &self.expected)?
            .code;
        if theirs < 0 {
            return Ok(Verdict::NoTruth);
        }
        let verdict = self.against(case, theirs)?;
        let only_they_refuse =
            matches!(&verdict, Verdict::Different(found) if found.kind == Kind::OnlyTheyRefuse);
        if only_they_refuse && case.verb == Verb::Query {
            let script = self.script(case, Reading::ThroughText);
            let theirs = self.oracle.run(&script, &self.expected)?.code;
            return self.against(case, theirs);
        }
        if only_they_refuse && self.fails_to_read_what_it_reads(case)? {
            return Ok(Verdict::NoTruth);
        }
        let only_we_refuse =
            matches!(&verdict, Verdict::Different(found) if found.kind == Kind::OnlyWeRefuse);
        if only_we_refuse && self.expected_is_empty()? && self.is_refused_at_records(case)? {
            return Ok(Verdict::Same);
        }
        if only_we_refuse && self.is_refused_as_bcf(case)? {
            return Ok(Verdict::Same);
        }
        Ok(verdict)
    }

    /// Whether `bcftools merge` ended with "BCF read error" although `bcftools view` reads all records of every file: then it
    /// contradicts itself. No other command, and no other message, counts.
    fn fails_to_read_what_it_reads(&mut self, case: &Case) -> Result<bool, Error> {
        let said = self.messages(&self.expected);
        if case.verb != Verb::Merge || !said.contains("BCF read error") {
            return Ok(false);
        }
        let again = self.expected.with_extension("again");
        for file in &case.files {
            let view = ["view".to_owned(), file.display().to_string()].to_vec();
            let script = Script {
                before: Vec::new(),
                stages: vec![view],
            };
            if self.oracle.run(&script, &again)?.code != 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether bcftools refuses an expression of the case as soon as a record comes to it, which no record of
    /// the case did. The program under test reads expressions before records, and refuses at once.
    fn is_refused_at_records(&mut self, case: &Case) -> Result<bool, Error> {
        for alone in case.expressions_alone() {
            if self.ask_oracle(&alone)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether bcftools writes its answer as text, but not as BCF: that has no numbers for undeclared names.
    fn is_refused_as_bcf(&mut self, case: &Case) -> Result<bool, Error> {
        if !matches!(case.output, Output::Bcf(_)) {
            return Ok(false);
        }
        let mut script = self.script(case, Reading::Plain);
        if let Some(last) = script.stages.last_mut() {
            last.insert(1, "-Ob".to_owned());
        }
        let again = self.expected.with_extension("again");
        Ok(self.oracle.run(&script, &again)?.code != 0)
    }

    /// Whether bcftools wrote no record.
    fn expected_is_empty(&self) -> Result<bool, Error> {
        let text = fs::read(&self.expected).map_err(Error::io(&self.expected))?;
        Ok(text
            .split_inclusive(|byte| *byte == b'\n')
            .all(|line| line.starts_with(b"#")))
    }

    /// Whether bcftools contradicts itself on this case: its answer depends on memory that it has not
    /// written, or of two commands that mean the same one
    /// crashes, or they agree with the program under test.
    ///
    /// # Errors
    ///
    /// If a program cannot be run.
    pub fn is_contradictory(&mut self, case: &Case) -> Result<bool, Error> {
        if !self.oracle_is_steady(case)? {
            return Ok(true);
        }
        let steps = self.script(case, Reading::TwoSteps);
        let code = self.oracle.run(&steps, &self.expected)?.code;
        if code < 0 {
            return Ok(true);
        }
        if code != 0 {
            return Ok(false);
        }
        let outcome = self.ours.run(&case.for_ours(), &self.found)?;
        let expected = fs::read(&self.expected).map_err(Error::io(&self.expected))?;
        let found = self.found()?;
        Ok(outcome == Outcome::Done && compare::texts(&expected, &found).is_none())
    }

    /// Whether bcftools gives the same answer in other processes whose fresh memory holds something
    /// else: some of its combinations of options read memory that they have not written.
    fn oracle_is_steady(&self, case: &Case) -> Result<bool, Error> {
        let again = self.expected.with_extension("again");
        let read = |path: &PathBuf| fs::read(path).map_err(Error::io(path));
        for rubbish in [0, 90, 165] {
            let script = self.script(case, Reading::Plain);
            Oracle::start_perturbed(rubbish)?.run(&script, &again)?;
            if compare::texts(&read(&self.expected)?, &read(&again)?).is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn against(&mut self, case: &Case, theirs: i32) -> Result<Verdict, Error> {
        let outcome = self.ours.run(&case.for_ours(), &self.found)?;
        let difference = |kind, message: String| {
            let place = gist(&message);
            let (expected, found) = match kind {
                Kind::OnlyTheyRefuse => (message, String::from("(success)")),
                _ => (String::from("(success)"), message),
            };
            Verdict::Different(Difference {
                kind,
                place,
                expected,
                found,
            })
        };
        let our_messages = self.messages(&self.found);
        Ok(match (outcome, theirs) {
            (Outcome::Declined, _) => Verdict::Declined(gist(&our_messages)),
            (Outcome::Crashed, _) => difference(Kind::Crash, our_messages),
            (Outcome::TimedOut, _) => difference(Kind::TimedOut, String::from("time limit")),
            (Outcome::Refused, 0) => difference(Kind::OnlyWeRefuse, our_messages),
            (Outcome::Refused, _) => Verdict::Same,
            (Outcome::Done, 0) => {
                let expected = fs::read(&self.expected).map_err(Error::io(&self.expected))?;
                let found = self.found()?;
                compare::texts(&expected, &found).map_or(Verdict::Same, Verdict::Different)
            }
            (Outcome::Done, _) => difference(Kind::OnlyTheyRefuse, self.messages(&self.expected)),
        })
    }

    /// The text that the program under test wrote. What is no BGZF is compared as it is, BCF as bcftools reads it.
    fn found(&mut self) -> Result<Vec<u8>, Error> {
        let bytes = fs::read(&self.found).map_err(Error::io(&self.found))?;
        let mut text = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b])
            && bgzf::io::Reader::new(bytes.as_slice())
                .read_to_end(&mut text)
                .is_ok()
        {
            return if text.starts_with(b"BCF") {
                self.read_by_bcftools()
            } else {
                Ok(text)
            };
        }
        Ok(bytes)
    }

    fn read_by_bcftools(&mut self) -> Result<Vec<u8>, Error> {
        let text = self.found.with_extension("text");
        let found = self.found.display().to_string();
        let view = ["view", "--no-version", &found].map(str::to_owned).to_vec();
        let script = Script {
            before: Vec::new(),
            stages: vec![view],
        };
        if self.oracle.run(&script, &text)?.code != 0 {
            return Ok(b"(bcftools cannot read it)".to_vec());
        }
        fs::read(&text).map_err(Error::io(&text))
    }

    fn script(&self, case: &Case, reading: Reading) -> Script {
        case.script(
            reading,
            self.expected.parent().unwrap_or_else(|| Path::new(".")),
        )
    }

    fn messages(&self, out: &Path) -> String {
        let bytes = fs::read(messages_path(out)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The line that says what is wrong, without places and numbers, so that messages of one cause are equal.
fn gist(messages: &str) -> String {
    let messages = messages.replace("\\n", "\n");
    let is_telling =
        |line: &&str| line.chars().any(char::is_alphabetic) && !line.starts_with("note:");
    let named = messages
        .lines()
        .find(|line| line.starts_with("Error") || line.starts_with("Declined"));
    let line = named
        .or_else(|| messages.lines().rfind(is_telling))
        .unwrap_or("(no message)");
    let line = line.split("stderr=").last().unwrap_or(line);
    let is_place = |part: &&str| {
        part.starts_with('/') || part.starts_with("line ") || part.starts_with("record at ")
    };
    let parts: Vec<&str> = line
        .trim()
        .split(": ")
        .filter(|part| !is_place(part))
        .collect();
    let line = parts.join(": ");
    let mut gist = String::new();
    for c in line.chars().take(120) {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if !(c == '#' && gist.ends_with('#')) {
            gist.push(c);
        }
    }
    gist
}
