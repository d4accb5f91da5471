//! Which file holds which samples and scaffolds, and the writing of them all.
//!
//! A layout only decides where data goes: a genotype is the same in every layout. Only the files of
//! one scaffold are open at once.

use std::fs;
use std::path::{Path, PathBuf};

use crate::genotype::call_samples;
use crate::group::{Columns, GroupSite, cut};
use crate::scaffold::Scaffold;
use crate::spectrum::Spectrum;
use crate::vcf_file::VcfFile;
use crate::{Cohort, Error, Rng, SplitSites, header, record};

/// How a cohort is spread over files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One file: `NAME.vcf.gz`.
    Whole,
    /// A file per scaffold: `NAME.SCAFFOLD.vcf.gz`.
    ByScaffold,
    /// A file per group of samples: `NAME.gN.vcf.gz`.
    BySamples(usize),
    /// A file per group of samples and scaffold: `NAME.gN.SCAFFOLD.vcf.gz`.
    Mixed(usize),
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The VCF files, groups of samples within scaffolds.
    pub files: Vec<WrittenFile>,
    /// The sample metadata table.
    pub metadata: PathBuf,
}

/// One VCF file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Where it is.
    pub path: PathBuf,
    /// Number of sample columns.
    pub samples: usize,
    /// Number of records.
    pub records: usize,
    /// Size in bytes.
    pub bytes: u64,
}

impl Layout {
    fn groups(self, samples: usize) -> Result<Vec<Columns>, Error> {
        match self {
            Self::Whole | Self::ByScaffold => Ok(cut(samples, 1)),
            Self::BySamples(groups) | Self::Mixed(groups) if (1..=samples).contains(&groups) => {
                Ok(cut(samples, groups))
            }
            Self::BySamples(groups) | Self::Mixed(groups) => Err(Error::Setting {
                setting: "groups",
                problem: format!("{samples} samples cannot be split into {groups} groups"),
            }),
        }
    }

    fn is_split_by_scaffold(self) -> bool {
        matches!(self, Self::ByScaffold | Self::Mixed(_))
    }

    fn file_name(self, name: &str, group: usize, scaffold: &str) -> String {
        let group = group + 1;
        match self {
            Self::Whole => format!("{name}.vcf.gz"),
            Self::ByScaffold => format!("{name}.{scaffold}.vcf.gz"),
            Self::BySamples(_) => format!("{name}.g{group}.vcf.gz"),
            Self::Mixed(_) => format!("{name}.g{group}.{scaffold}.vcf.gz"),
        }
    }
}

impl Cohort {
    /// Writes the VCF files and the table `NAME.tsv` into a folder, which is made if missing.
    ///
    /// # Errors
    ///
    /// If the description is impossible or the folder cannot be written.
    pub fn write(&self, layout: Layout, folder: &Path, name: &str) -> Result<Written, Error> {
        self.check()?;
        let groups = layout.groups(self.samples)?;
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let metadata = folder.join(format!("{name}.tsv"));
        fs::write(&metadata, self.metadata()).map_err(Error::io(&metadata))?;

        let scaffolds = self.layout_of_scaffolds();
        let names = self.sample_names();
        let open = |scaffold: &str| -> Result<Vec<VcfFile>, Error> {
            let create = |(nth, columns): (usize, &Columns)| {
                let header = header::text(self, &scaffolds, &names[columns.clone()]);
                VcfFile::create(folder.join(layout.file_name(name, nth, scaffold)), &header)
            };
            groups.iter().enumerate().map(create).collect()
        };
        let close = |files: Vec<VcfFile>| -> Result<Vec<WrittenFile>, Error> {
            let finish = |(file, columns): (VcfFile, &Columns)| {
                let (path, records, bytes) = file.finish()?;
                let samples = if self.fields.is_empty() {
                    0
                } else {
                    columns.len()
                };
                Ok(WrittenFile {
                    path,
                    samples,
                    records,
                    bytes,
                })
            };
            files.into_iter().zip(&groups).map(finish).collect()
        };
        let mut written = Vec::new();
        let mut files = open(&scaffolds[0].name)?;
        for scaffold in &scaffolds {
            if scaffold.rank > 0 && layout.is_split_by_scaffold() {
                written.extend(close(files)?);
                files = open(&scaffold.name)?;
            }
            self.write_scaffold(scaffold, &groups, &mut files)?;
        }
        written.extend(close(files)?);
        Ok(Written {
            files: written,
            metadata,
        })
    }

    fn write_scaffold(
        &self,
        scaffold: &Scaffold,
        groups: &[Columns],
        files: &mut [VcfFile],
    ) -> Result<(), Error> {
        let spectrum = Spectrum::neutral(2 * self.samples.max(20));
        let sites = if groups.len() > 1 {
            self.split_sites
        } else {
            SplitSites::All
        };
        let mut calls = Vec::new();
        let mut line = Vec::new();
        for (nth, site) in self.sites(scaffold, &spectrum).enumerate() {
            let path = |part| [part, scaffold.rank, nth as u64];
            call_samples(
                self,
                &site,
                &mut Rng::stream(self.seed, &path(2)),
                &mut calls,
            );
            for (columns, file) in groups.iter().zip(files.iter_mut()) {
                let calls = if self.fields.is_empty() {
                    &[]
                } else {
                    &calls[columns.clone()]
                };
                let Some(seen) = GroupSite::of(&site, calls, sites) else {
                    continue;
                };
                line.clear();
                record::push(
                    &mut line,
                    self,
                    scaffold,
                    &seen,
                    Rng::stream(self.seed, &path(4)),
                );
                file.write_record(&line)?;
            }
        }
        Ok(())
    }
}
