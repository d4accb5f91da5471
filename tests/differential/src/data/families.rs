//! Groups of files that belong together.

use std::fs;
use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout, Phasing, Rng};

use super::dense::{self, Mix};
use super::gvcf::{self, Caller};
use super::{DataSet, cut, read_text};
use crate::Error;
use crate::case::view::Access;
use crate::oracle::Oracle;

/// What the files of a family have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Other samples of the same study: for `merge`.
    OtherSamples,
    /// The same samples at other places, in genomic order: for `concat`.
    OtherPlaces,
    /// The same samples at the same places: for `concat -a`.
    SamePlaces,
}

/// Files that can be merged or concatenated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Short name for reports.
    pub name: String,
    /// What they have in common.
    pub relation: Relation,
    /// Two or more.
    pub members: Vec<DataSet>,
    /// The FASTA file of the reference, if these are gVCF files.
    pub reference: Option<PathBuf>,
}

impl Family {
    /// Whether no member has samples.
    #[must_use]
    pub fn is_sampleless(&self) -> bool {
        self.members
            .iter()
            .all(|set| set.profile.samples.is_empty())
    }
}

/// Dialects that are merged with each other although their headers and sites differ.
const MERGED: [(&str, &str); 14] = [
    ("kinds", "ploidy"),
    ("kinds", "kinds"),
    ("unseen", "unseen"),
    ("unseen", "kinds"),
    ("symbolic", "symbolic"),
    ("trailing", "formats"),
    ("counts", "trailing"),
    ("counts", "counts"),
    ("floats", "integers"),
    ("strings", "strings"),
    ("annotated", "undefined"),
    ("annotated", "sites"),
    ("header", "empty"),
    ("telomere", "bigcontigs"),
];

/// Data sets that are cut into pieces and concatenated again.
const CUT: [&str; 8] = [
    "caller",
    "everything",
    "floats",
    "symbolic",
    "kinds",
    "undefined",
    "sites",
    "bigcontigs",
];

pub(super) fn prepare(
    folder: &Path,
    sets: &[DataSet],
    oracle: &mut Oracle,
) -> Result<Vec<Family>, Error> {
    let mut families = generated(folder, oracle)?;
    let find = |name: &str| sets.iter().find(|set| set.name == name);
    for (first, second) in MERGED {
        let (Some(first), Some(second)) = (find(first), find(second)) else {
            continue;
        };
        let renamed = cut::with_sample_suffix(&read_text(&second.path)?, "_2");
        let name = format!("{}+{}", first.name, second.name);
        let second = DataSet::write(&format!("{name}.second"), folder, &renamed, oracle)?;
        families.push(Family {
            name,
            relation: Relation::OtherSamples,
            members: vec![first.clone(), second],
            reference: None,
        });
    }
    for set in CUT.iter().filter_map(|name| find(name)) {
        let mut members = Vec::new();
        for (nth, text) in cut::pieces(&read_text(&set.path)?, 4).iter().enumerate() {
            members.push(DataSet::write(
                &format!("{}.piece{nth}", set.name),
                folder,
                text,
                oracle,
            )?);
        }
        let name = format!("{}.pieces", set.name);
        families.push(Family {
            name,
            relation: Relation::OtherPlaces,
            members,
            reference: None,
        });
    }
    families.extend(dense(folder, oracle)?);
    families.extend(blocks(folder, oracle)?);
    families.extend(overlapping(folder, oracle)?);
    families.extend(real(sets));
    let usable = |family: &Family| {
        family.members.len() > 1
            && family
                .members
                .iter()
                .all(|set| set.access == Access::Indexed)
    };
    families.retain(usable);
    Ok(families)
}

fn generated(folder: &Path, oracle: &mut Oracle) -> Result<Vec<Family>, Error> {
    use Field::{Ad, Dp, Ds, Ft, Gl, Gq, Gt, Hq, Pl, Ps};
    let base = Cohort {
        samples: 12,
        records: 300,
        seed: 21,
        ..Cohort::default()
    };
    let rich = Cohort {
        seed: 22,
        fields: vec![Gt, Ad, Dp, Gq, Pl, Gl, Ds, Hq, Ft, Ps],
        phasing: Phasing::Mixed,
        multiallelic: 0.4,
        indels: 0.4,
        repeated: 0.15,
        missing: 0.1,
        ..base.clone()
    };
    let described = [
        ("groups2", &base, Layout::BySamples(2)),
        ("groups4", &rich, Layout::BySamples(4)),
        ("singles", &rich, Layout::BySamples(12)),
        ("scaffolds", &base, Layout::ByScaffold),
        ("richscaffolds", &rich, Layout::ByScaffold),
    ];
    let mut families = Vec::new();
    for (name, cohort, layout) in described {
        let written = cohort.write(layout, folder, name)?;
        let mut members = Vec::new();
        for (nth, file) in written.files.iter().enumerate() {
            let name = format!("{name}.{nth}");
            members.push(DataSet::open(
                &name,
                &file.path,
                oracle,
                &folder.join("scratch"),
            )?);
        }
        let relation = match layout {
            Layout::BySamples(_) | Layout::Mixed(_) => Relation::OtherSamples,
            Layout::Whole | Layout::ByScaffold => Relation::OtherPlaces,
        };
        families.push(Family {
            name: name.to_owned(),
            relation,
            members,
            reference: None,
        });
    }
    Ok(families)
}

/// Two to four files with many records at few positions.
fn dense(folder: &Path, oracle: &mut Oracle) -> Result<Vec<Family>, Error> {
    use Mix::{Plain, Sites, Symbolic, Unseen};
    let described = [
        ("dense1", &[Plain, Plain][..]),
        ("dense2", &[Plain, Plain, Plain]),
        ("dense3", &[Symbolic, Symbolic]),
        ("dense4", &[Symbolic, Plain, Symbolic, Plain]),
        ("dense5", &[Unseen, Unseen]),
        ("dense6", &[Unseen, Plain, Symbolic]),
        ("dense7", &[Sites, Plain]),
        ("dense8", &[Sites, Sites]),
    ];
    let mut families = Vec::new();
    for (seed, (name, mixes)) in (31..).zip(described) {
        let mut rng = Rng::stream(seed, &[]);
        let mut members = Vec::new();
        for (nth, mix) in mixes.iter().enumerate() {
            let prefix = format!("f{nth}_");
            let samples = dense::samples(&mut rng, *mix);
            let text = dense::text(&mut rng, &prefix, samples, *mix);
            members.push(DataSet::write(
                &format!("{name}.{nth}"),
                folder,
                &text,
                oracle,
            )?);
        }
        families.push(Family {
            name: name.to_owned(),
            relation: Relation::OtherSamples,
            members,
            reference: None,
        });
    }
    Ok(families)
}

/// Two or three files of the same samples with many records at the same positions.
fn overlapping(folder: &Path, oracle: &mut Oracle) -> Result<Vec<Family>, Error> {
    let mut families = Vec::new();
    let mixes = [Mix::Plain, Mix::Symbolic, Mix::Unseen, Mix::Sites];
    for (seed, mix) in (81..).zip(mixes) {
        let mut rng = Rng::stream(seed, &[]);
        let samples = dense::samples(&mut rng, mix);
        let mut members = Vec::new();
        for nth in 0..2 + seed % 2 {
            let text = dense::text(&mut rng, "s", samples, mix);
            let name = format!("overlapping{seed}.{nth}");
            members.push(DataSet::write(&name, folder, &text, oracle)?);
        }
        families.push(Family {
            name: format!("overlapping{seed}"),
            relation: Relation::SamePlaces,
            members,
            reference: None,
        });
    }
    Ok(families)
}

/// Two to four gVCF files of one reference.
fn blocks(folder: &Path, oracle: &mut Oracle) -> Result<Vec<Family>, Error> {
    use Caller::{Haplotypes, Pileup, Plain};
    let described = [
        ("gvcf1", &[Pileup, Pileup][..]),
        ("gvcf2", &[Haplotypes, Haplotypes, Haplotypes]),
        ("gvcf3", &[Plain, Plain, Plain]),
        ("gvcf4", &[Pileup, Haplotypes, Plain, Pileup]),
        ("gvcf5", &[Haplotypes, Plain]),
        ("gvcf6", &[Pileup, Pileup, Pileup, Pileup]),
    ];
    let bases = gvcf::reference();
    let path = folder.join("reference.fa");
    fs::write(&path, gvcf::fasta(&bases)).map_err(Error::io(&path))?;
    let mut families = Vec::new();
    for (seed, (name, callers)) in (61..).zip(described) {
        let mut rng = Rng::stream(seed, &[]);
        let mut members = Vec::new();
        for (nth, caller) in callers.iter().enumerate() {
            let text = gvcf::text(&mut rng, &format!("f{nth}_"), *caller, &bases);
            members.push(DataSet::write(
                &format!("{name}.{nth}"),
                folder,
                &text,
                oracle,
            )?);
        }
        families.push(Family {
            name: name.to_owned(),
            relation: Relation::OtherSamples,
            members,
            reference: Some(path.clone()),
        });
    }
    Ok(families)
}

/// The cohort of DivBase's own tests, in its two halves and by chromosome.
fn real(sets: &[DataSet]) -> Vec<Family> {
    let members = |names: &[&str]| -> Vec<DataSet> {
        let find = |name: &&str| {
            let name = format!("HOM_20ind_17SNPs{name}");
            sets.iter().find(|set| set.name == name).cloned()
        };
        names.iter().filter_map(find).collect()
    };
    let halves = ["_first_10_samples", "_last_10_samples"];
    let variants = [
        "_first_10_samples",
        "_last_10_samples_with_edit_to_have_different_variants",
        "_changed_sample_names",
    ];
    // In the order of the contig lines, which is the genomic order of these files.
    let chromosomes = [
        ".1", ".4", ".7", ".20", ".21", ".5", ".22", ".13", ".18", ".24", ".6", ".8",
    ];
    let family = |name: &str, relation, members| Family {
        name: name.to_owned(),
        relation,
        members,
        reference: None,
    };
    vec![
        family("HOM halves", Relation::OtherSamples, members(&halves)),
        family("HOM variants", Relation::OtherSamples, members(&variants)),
        family(
            "HOM chromosomes",
            Relation::OtherPlaces,
            members(&chromosomes),
        ),
    ]
}
