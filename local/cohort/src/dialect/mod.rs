//! Small data sets, each full of one kind of awkward but real input.
//!
//! All are files that bcftools reads, if with warnings. What no tool accepts belongs into the tests
//! that want an error, not here.

mod alleles;
mod contigs;
mod document;
mod fields;
mod genotypes;
mod headers;
mod numbers;
mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, vcf_file};

/// How the file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// `NAME.vcf.gz`, bgzip.
    Bgzf,
    /// `NAME.vcf`.
    Plain,
}

/// A data set by its name.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Also the name of the file.
    pub name: &'static str,
    /// What is awkward about it.
    pub about: &'static str,
    /// How it is stored.
    pub storage: Storage,
    text: fn() -> String,
}

macro_rules! dialects {
    ($($name:literal $storage:ident $text:path: $about:literal;)*) => {
        /// Every dialect.
        pub const ALL: &[Dialect] = &[$(Dialect {
            name: $name,
            about: $about,
            storage: Storage::$storage,
            text: $text,
        }),*];
    };
}

dialects! {
    "floats" Bgzf numbers::floats: "floats in every notation";
    "integers" Bgzf numbers::integers: "leading zeros, signs, the ends of the range, vectors with holes";
    "counts" Bgzf numbers::counts: "numbers of values that differ from the header";
    "ploidy" Bgzf genotypes::ploidy: "haploid, polyploid, half-missing and mixed genotypes";
    "trailing" Bgzf genotypes::trailing: "dropped trailing FORMAT fields";
    "formats" Bgzf genotypes::formats: "FORMAT that changes from record to record, with and without GT";
    "symbolic" Bgzf alleles::symbolic: "symbolic alleles, END, SVLEN, breakends";
    "unseen" Bgzf alleles::unseen: "`<*>` and `<NON_REF>`, gVCF blocks";
    "kinds" Bgzf alleles::kinds: "SNPs, MNPs, indels, `*`, several records at a position";
    "undefined" Bgzf fields::undefined: "INFO, FORMAT, FILTER tags and contigs that the header lacks";
    "strings" Bgzf fields::strings: "strings of all kinds, flags, FILTER and ID lists";
    "annotated" Bgzf fields::annotated: "INFO/AC and AN that disagree with the genotypes, or are half there";
    "header" Bgzf headers::header: "header lines of every kind, no PASS line, odd order";
    "sites" Bgzf shapes::sites: "no samples";
    "empty" Bgzf shapes::empty: "no records";
    "longlines" Bgzf shapes::longlines: "an allele and an INFO string of hundreds of kilobytes";
    "many" Bgzf shapes::many: "2,500 samples";
    "crlf" Plain shapes::crlf: "CRLF line ends";
    "bigcontigs" Bgzf contigs::big: "positions beyond 537 Mbp";
    "telomere" Bgzf contigs::telomere: "POS 0 and one past the end";
}

/// The dialects with these names; all if none is given.
///
/// # Errors
///
/// If there is none of a name.
pub fn named(names: &[String]) -> Result<Vec<Dialect>, Error> {
    if names.is_empty() {
        return Ok(ALL.to_vec());
    }
    let find = |name: &String| {
        ALL.iter()
            .find(|dialect| dialect.name == *name)
            .copied()
            .ok_or_else(|| {
                let known: Vec<_> = ALL.iter().map(|dialect| dialect.name).collect();
                Error::UnknownDialect(name.clone(), known.join(", "))
            })
    };
    names.iter().map(find).collect()
}

impl Dialect {
    /// The uncompressed text.
    #[must_use]
    pub fn text(&self) -> String {
        (self.text)()
    }

    /// Writes the file into a folder, which is made if missing; gives its path.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, Error> {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let text = self.text();
        match self.storage {
            Storage::Bgzf => {
                let path = folder.join(format!("{}.vcf.gz", self.name));
                vcf_file::write_bgzf(&path, text.as_bytes())?;
                Ok(path)
            }
            Storage::Plain => {
                let path = folder.join(format!("{}.vcf", self.name));
                fs::write(&path, text).map_err(Error::io(&path))?;
                Ok(path)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_the_columns_of_its_header() {
        for dialect in ALL {
            let text = dialect.text();
            let mut columns = 0;
            for line in text.lines().filter(|line| !line.starts_with("##")) {
                let found = line.split('\t').count();
                if line.starts_with("#CHROM") {
                    columns = found;
                }
                assert_eq!(found, columns, "{}: {line:.200}", dialect.name);
            }
            assert!(columns >= 8, "{}", dialect.name);
        }
    }
}
