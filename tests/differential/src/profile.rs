//! What a data set contains, as far as needed to ask it sensible questions.
//!
//! A deliberately naive reader: it must share no code with the engine that is tested.

use std::collections::BTreeMap;

/// How many different values of a tag are remembered.
const REMEMBERED: usize = 40;

/// Value type of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Integer or Float.
    Numeric,
    /// String or Character.
    Text,
    /// Flag.
    Flag,
}

/// A tag of INFO or FORMAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its ID.
    pub name: String,
    /// Of the header, or text if the header lacks it.
    pub kind: Kind,
    /// Whether it can have several values.
    pub is_vector: bool,
    /// Some single values as they are spelled in the file.
    pub values: Vec<String>,
}

/// The contents of one VCF file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// In column order.
    pub samples: Vec<String>,
    /// Names of scaffolds with 1-based positions of some records.
    pub positions: BTreeMap<String, Vec<u64>>,
    /// INFO tags of header and records.
    pub info: Vec<Tag>,
    /// FORMAT tags of header and records.
    pub format: Vec<Tag>,
    /// Some IDs.
    pub ids: Vec<String>,
    /// Filters in use.
    pub filters: Vec<String>,
    /// Some alleles, REF and ALT.
    pub alleles: Vec<String>,
    /// Number of records.
    pub records: usize,
}

impl Profile {
    /// Of the text of a VCF file.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut profile = Self::default();
        for line in text.lines() {
            if let Some(declaration) = line.strip_prefix("##INFO=<") {
                declare(&mut profile.info, declaration);
            } else if let Some(declaration) = line.strip_prefix("##FORMAT=<") {
                declare(&mut profile.format, declaration);
            } else if line.starts_with("#CHROM") {
                profile.samples = line.split('\t').skip(9).map(str::to_owned).collect();
            } else if !line.starts_with('#') {
                profile.record(line);
            }
        }
        profile
    }

    fn record(&mut self, line: &str) {
        self.records += 1;
        let columns: Vec<&str> = line.splitn(20, '\t').collect();
        if columns.len() < 8 {
            return;
        }
        let positions = self.positions.entry(columns[0].to_owned()).or_default();
        if let Ok(position) = columns[1].parse() {
            remember(positions, position, 10 * REMEMBERED);
        }
        remember(&mut self.ids, columns[2].to_owned(), REMEMBERED);
        for allele in columns[4]
            .split(',')
            .chain([columns[3]])
            .filter(|allele| allele.len() < 50)
        {
            remember(&mut self.alleles, allele.to_owned(), REMEMBERED);
        }
        for filter in columns[6].split(';') {
            remember(&mut self.filters, filter.to_owned(), REMEMBERED);
        }
        for field in columns[7]
            .split(';')
            .filter(|field| *field != "." && !field.is_empty())
        {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            observe(&mut self.info, name, value);
        }
        let keys: Vec<&str> = columns
            .get(8)
            .map_or_else(Vec::new, |keys| keys.split(':').collect());
        // The last piece holds all further samples when there are many.
        for sample in columns.iter().skip(9).take(8) {
            let values = keys.iter().zip(sample.split(':'));
            for (name, value) in values.filter(|(name, _)| **name != ".") {
                observe(&mut self.format, name, value);
            }
        }
    }

    /// An INFO tag by name.
    #[must_use]
    pub fn info_tag(&self, name: &str) -> Option<&Tag> {
        self.info.iter().find(|tag| tag.name == name)
    }
}

fn declare(tags: &mut Vec<Tag>, declaration: &str) {
    let attribute = |key: &str| {
        let from = declaration.find(key)? + key.len();
        declaration[from..].split([',', '>']).next()
    };
    let Some(name) = attribute("ID=") else { return };
    if tags.iter().any(|tag| tag.name == name) {
        return;
    }
    let kind = match attribute("Type=") {
        Some("Integer" | "Float") => Kind::Numeric,
        Some("Flag") => Kind::Flag,
        _ => Kind::Text,
    };
    let is_vector = !matches!(attribute("Number="), Some("0" | "1"));
    tags.push(Tag {
        name: name.to_owned(),
        kind,
        is_vector,
        values: Vec::new(),
    });
}

fn observe(tags: &mut Vec<Tag>, name: &str, values: &str) {
    let known = tags.iter().position(|tag| tag.name == name);
    let at = known.unwrap_or_else(|| {
        let kind = if values.is_empty() {
            Kind::Flag
        } else {
            Kind::Text
        };
        tags.push(Tag {
            name: name.to_owned(),
            kind,
            is_vector: true,
            values: Vec::new(),
        });
        tags.len() - 1
    });
    for value in values.split(',').take(6).filter(|value| value.len() < 40) {
        remember(&mut tags[at].values, value.to_owned(), REMEMBERED);
    }
}

fn remember<T: PartialEq>(list: &mut Vec<T>, value: T, most: usize) {
    if list.len() < most && !list.contains(&value) {
        list.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_values_are_found() {
        let dialect = divbase_cohort::dialect::named(&["annotated".to_owned()]).unwrap();
        let profile = Profile::of(&dialect[0].text());
        assert_eq!(profile.samples, ["a", "b", "c", "d"]);
        assert_eq!(profile.records, 15);
        assert_eq!(profile.positions["chr1"][..2], [10, 20]);
        let ac = profile.info_tag("AC").unwrap();
        assert_eq!((ac.kind, ac.is_vector), (Kind::Numeric, true));
        assert!(ac.values.contains(&"7".to_owned()));
    }
}
