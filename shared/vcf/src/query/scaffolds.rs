//! What headers say about scaffolds of the same name, compared: files about different references are not joined.

use hashbrown::HashMap;
use std::borrow::Cow;

use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::merge::{Finding, FindingKind, Findings, OnConflict};
use crate::reference::{Digest, hex, stated};

/// What the files before said of a scaffold, and which of them.
#[derive(Default)]
struct Known<'h> {
    length: Option<(usize, u64)>,
    digest: Option<(usize, Digest)>,
    assembly: Option<(usize, Cow<'h, str>)>,
}

/// Compares what named headers say of their scaffolds: lengths, digests, and assemblies where neither length nor digest
/// says that the sequences are the same.
///
/// # Errors
/// At the first contradiction, if contradictions are errors. Other names of an assembly at the same length are no
/// contradiction but a finding.
pub fn compare_scaffolds(
    files: &[(&str, &Header)],
    conflicts: OnConflict,
) -> Result<Vec<Finding>, Error> {
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    Ok(compare(files, conflicts)?.named(&names))
}

pub(super) fn compare(files: &[(&str, &Header)], conflicts: OnConflict) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    if conflicts == OnConflict::Unchecked || files.len() < 2 {
        return Ok(findings);
    }
    let mut known: HashMap<&[u8], Known<'_>> = HashMap::new();
    for (place, (_, header)) in files.iter().enumerate() {
        for one in stated(header) {
            let known = known.entry(one.name).or_default();
            let scaffold = || String::from_utf8_lossy(one.name).into_owned();
            let named = |place: usize, text: String| (files[place].0.to_owned(), text);
            let is_error = conflicts == OnConflict::Error;
            let mut same_length = false;
            let mut same_digest = false;
            match (&known.length, one.length) {
                (None, Some(length)) => known.length = Some((place, length)),
                (Some((_, other)), Some(length)) if *other == length => same_length = true,
                (Some((first, other)), Some(length)) => {
                    let (one, other) = ((*first, *other), (place, length));
                    if is_error {
                        return Err(ErrorKind::ScaffoldLength {
                            scaffold: scaffold(),
                            one: (files[one.0].0.to_owned(), one.1),
                            other: (files[other.0].0.to_owned(), other.1),
                        }
                        .into());
                    }
                    let kind = FindingKind::ScaffoldLength {
                        one: one.1,
                        other: other.1,
                    };
                    findings.note(kind, one.0, other.0, scaffold);
                    continue;
                }
                (_, None) => {}
            }
            match (&known.digest, one.digest) {
                (None, Some(digest)) => known.digest = Some((place, digest)),
                (Some((_, other)), Some(digest)) if *other == digest => same_digest = true,
                (Some((first, other)), Some(digest)) => {
                    if is_error {
                        return Err(ErrorKind::Scaffold {
                            scaffold: scaffold(),
                            what: "md5",
                            one: named(*first, hex(other)),
                            other: named(place, hex(&digest)),
                        }
                        .into());
                    }
                    findings.note(FindingKind::ScaffoldDigest, *first, place, scaffold);
                    continue;
                }
                (_, None) => {}
            }
            match (&known.assembly, one.assembly) {
                (None, assembly) => known.assembly = assembly.map(|text| (place, text)),
                (Some((first, other)), Some(assembly))
                    if !same_digest && !other.eq_ignore_ascii_case(&assembly) =>
                {
                    if is_error && !same_length {
                        return Err(ErrorKind::Scaffold {
                            scaffold: scaffold(),
                            what: "assembly",
                            one: named(*first, other.clone().into_owned()),
                            other: named(place, assembly.into_owned()),
                        }
                        .into());
                    }
                    findings.note(FindingKind::ScaffoldAssembly, *first, place, scaffold);
                }
                (Some(_), _) => {}
            }
        }
    }
    Ok(findings)
}
