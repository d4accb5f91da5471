//! Which types of files an installation takes.

use std::str::FromStr;

use divbase_contract::names::{UPLOAD_SUFFIXES, UploadName};

use crate::error::ApiError;

/// Endings of names, some or all of [`UPLOAD_SUFFIXES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTypes(Vec<&'static str>);

impl Default for UploadTypes {
    fn default() -> Self {
        Self(UPLOAD_SUFFIXES.to_vec())
    }
}

impl FromStr for UploadTypes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = |ending: &str| {
            let mut all = UPLOAD_SUFFIXES.into_iter();
            all.find(|known| *known == ending).ok_or_else(|| {
                format!(
                    "{ending:?} is no type that can be uploaded; use some of {}, with commas between them",
                    UPLOAD_SUFFIXES.join(",")
                )
            })
        };
        text.split(',')
            .map(|ending| known(ending.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl UploadTypes {
    /// The key, if users may write it here.
    ///
    /// # Errors
    /// 400 if it belongs to the service, or is of a type that the installation does not take.
    pub(crate) fn writable<'n>(&self, name: &'n UploadName) -> Result<&'n str, ApiError> {
        let key = name.writable()?;
        if self.0.contains(&name.suffix()) {
            return Ok(key);
        }
        Err(ApiError::bad_request(format!(
            "This service takes no files of the type `{}` (`{key}`); it takes {}.",
            name.suffix(),
            self.0.join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_takes_what_it_names() {
        let types: UploadTypes = ".tsv, .vcf.gz".parse().unwrap();
        let takes = |name: &str| types.writable(&name.parse().unwrap()).is_ok();
        assert!(takes("a.tsv") && takes("b/a.vcf.gz"));
        assert!(!takes("a.pdf") && !takes("a.bed.gz"));
        assert!("".parse::<UploadTypes>().is_err());
        assert!(".exe".parse::<UploadTypes>().is_err());
        assert!(
            UploadTypes::default()
                .writable(&"a.pdf".parse().unwrap())
                .is_ok()
        );
    }
}
