//! The description of a cohort.

use crate::{Error, Field};

/// How genotypes are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phasing {
    /// Always `/`.
    Unphased,
    /// Always `|`.
    Phased,
    /// Sites of either kind, and a few mixed ones.
    Mixed,
}

/// Which sites a file holds when the samples are split over several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitSites {
    /// Every file has every site with all its alleles, as after cutting a joint call set in pieces.
    All,
    /// A file has the sites and alleles that its own samples carry, as if each group was called alone.
    Own,
}

/// What to generate. Rates are per site or per genotype, from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The same seed and description give the same bytes.
    pub seed: u64,
    /// Number of samples.
    pub samples: usize,
    /// Number of sites over all scaffolds.
    pub records: usize,
    /// Number of scaffolds; the first is the longest.
    pub scaffolds: usize,
    /// Mean distance between neighbouring sites, in base pairs.
    pub spacing: u64,
    /// FORMAT fields in the order of the records. `GT` first if present; empty for sites only.
    pub fields: Vec<Field>,
    /// Separator of the alleles of a genotype.
    pub phasing: Phasing,
    /// Missing genotypes.
    pub missing: f64,
    /// Sites with two or more ALT alleles.
    pub multiallelic: f64,
    /// Sites with an insertion or deletion.
    pub indels: f64,
    /// Sites at a position that the site before already has.
    pub repeated: f64,
    /// Sites in the files of a cohort split by samples.
    pub split_sites: SplitSites,
    /// What sample names begin with.
    pub sample_prefix: String,
    /// What scaffold names begin with.
    pub scaffold_prefix: String,
}

impl Default for Cohort {
    fn default() -> Self {
        Self {
            seed: 1,
            samples: 40,
            records: 2_000,
            scaffolds: 3,
            spacing: 250,
            fields: vec![Field::Gt, Field::Ad, Field::Dp, Field::Gq, Field::Pl],
            phasing: Phasing::Unphased,
            missing: 0.03,
            multiallelic: 0.06,
            indels: 0.12,
            repeated: 0.005,
            split_sites: SplitSites::Own,
            sample_prefix: "S".to_owned(),
            scaffold_prefix: "scaffold_".to_owned(),
        }
    }
}

impl Cohort {
    /// Checks what the types cannot.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |setting, problem: &str| {
            Err(Error::Setting {
                setting,
                problem: problem.to_owned(),
            })
        };
        let rates = [
            ("missing", self.missing),
            ("multiallelic", self.multiallelic),
            ("indels", self.indels),
            ("repeated", self.repeated),
        ];
        for (setting, rate) in rates {
            if !(0.0..=1.0).contains(&rate) {
                return wrong(setting, &format!("{rate} is not a rate between 0 and 1"));
            }
        }
        if self.scaffolds == 0 {
            return wrong("scaffolds", "a cohort has at least one scaffold");
        }
        if self.spacing == 0 {
            return wrong("spacing", "sites are at least one base apart on average");
        }
        if self.fields.iter().skip(1).any(|field| *field == Field::Gt) {
            return wrong(
                "fields",
                "GT is the first field where it is present (VCF 4.5 §1.6.2)",
            );
        }
        Ok(())
    }

    /// The names of all samples, in column order.
    #[must_use]
    pub fn sample_names(&self) -> Vec<String> {
        let width = self.samples.to_string().len().max(2);
        (1..=self.samples)
            .map(|n| format!("{}{n:0width$}", self.sample_prefix))
            .collect()
    }
}
