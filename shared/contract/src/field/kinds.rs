//! The kinds of text that requests have, each with its characters, its length and, for some, its form.

use std::{fmt, ops::Deref, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::{
    Chars::{Line, Prose, Token},
    TextError,
    Unit::{Bytes, Characters},
    check, excerpt, form, tidy,
};
use crate::limits::{COMMAND_MAX_BYTES, FILTER_MAX_BYTES, KEY_MAX_BYTES, SAMPLE_NAME_MAX_BYTES};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $chars:ident $unit:ident $least:literal $most:expr $(, $form:path)? $(=> $tidy:path)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                $(let text = $tidy(text);)?
                check(&text, $chars, ($least, $most), $unit)?;
                $($form(&text).map_err(TextError::Form)?;)?
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some($least))
                    .max_length(Some($most))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}(\"{}\")", stringify!($name), excerpt(&self.0))
            }
        }
    )*};
}

macro_rules! secret {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}

texts! {
    /// Key of an object. `.` and `..` are no segments of it: programs between client and store resolve them.
    ObjectKey = Line Bytes 1 KEY_MAX_BYTES, form::key;
    /// Name of a scaffold.
    ScaffoldName = Line Bytes 1 1024;
    /// The store's name for a version of an object.
    VersionId = Token Bytes 1 1024;
    /// The store's name for an upload in parts.
    UploadId = Token Bytes 1 1024;
    /// A client's own name for an upload in parts.
    ResumeToken = Token Bytes 16 64;
    /// Where a page of a listing ended, in the store's words.
    ContinuationToken = Token Bytes 1 4096;
    /// ETag of a part, with or without quotes.
    PartEtag = Token Bytes 1 256;
    /// The 16 bytes of an MD5 in base64.
    ContentMd5 = Token Bytes 24 24, form::md5_in_base64;
    /// The 32 bytes of a SHA-256 in base64.
    ContentSha256 = Token Bytes 44 44, form::sha256_in_base64;
    /// Name of a project: letters, digits, `.`, `_` and `-`.
    ProjectName = Line Characters 3 100, form::project_name => tidy::trimmed;
    /// What a project is about.
    ProjectDescription = Prose Characters 0 1000 => tidy::trimmed;
    /// Why somebody asks for a project.
    ProjectReason = Prose Characters 1 1000 => tidy::trimmed;
    /// What an administrator answers to who asked for a project.
    RequestAnswer = Prose Characters 0 1000 => tidy::trimmed;
    /// First line of an announcement.
    AnnouncementHeading = Line Characters 1 200 => tidy::trimmed;
    /// The rest of an announcement.
    AnnouncementText = Prose Characters 0 1000 => tidy::trimmed;
    /// Name of a bucket (Amazon S3, "General purpose bucket naming rules").
    BucketName = Token Bytes 3 63, form::bucket_name;
    /// Name of a project version.
    ProjectVersionName = Line Characters 1 100;
    /// What a project version is.
    VersionDescription = Prose Characters 0 500;
    /// One or more `view …` stages separated by `;`.
    Command = Prose Bytes 0 COMMAND_MAX_BYTES;
    /// A filter in the metadata language; empty for all rows.
    Filter = Prose Bytes 0 FILTER_MAX_BYTES;
    /// Rules of `bcftools merge -i`: `-` for none, or `TAG:METHOD` separated by commas.
    InfoRules = Token Bytes 1 1000, form::info_rules;
    /// Name of a sample; empty names are passed over.
    SampleName = Line Bytes 0 SAMPLE_NAME_MAX_BYTES;
    /// Key under which a repeated submission is the same task.
    IdempotencyKey = Line Bytes 1 255, form::ascii;
    /// Key of a schedule: lower-case letters, digits and hyphens.
    ScheduleKey = Token Bytes 1 63, form::schedule_key;
    /// Dotted name of a task.
    TaskName = Token Bytes 1 100;
    /// What is searched for in tasks.
    SearchText = Line Characters 1 100 => tidy::trimmed;
    /// The queue's name for a message.
    LetterId = Token Bytes 1 200;
    /// Five fields: minute, hour, day of month, month, day of week.
    CronText = Line Bytes 1 256;
    /// IANA name of a time zone.
    TimeZoneName = Token Bytes 1 64;
    /// Code of a language (BCP 47).
    LanguageCode = Token Bytes 1 35;
    /// What a schedule is called in a language.
    DisplayName = Line Characters 0 200;
    /// What users read while the queue is closed.
    QueueReason = Prose Characters 0 500;
    /// Full name of a person.
    PersonName = Line Characters 3 100 => tidy::trimmed;
    /// E-mail address of ASCII characters in lower case.
    EmailAddress = Line Characters 3 50, form::email_address => tidy::lower_case;
    /// What is typed for an address at login.
    LoginName = Line Characters 1 100;
    /// Employer of a person.
    Organisation = Line Characters 3 200 => tidy::trimmed;
    /// Role of a person there.
    OrganisationRole = Line Characters 3 100 => tidy::trimmed;
    /// A password that is set.
    Password = Prose Characters 10 100;
    /// What is typed for a password at login.
    TypedPassword = Prose Characters 0 1024;
    /// What a personal access token is called by its owner.
    TokenName = Line Characters 1 100 => tidy::trimmed;
    /// What a personal access token is for.
    TokenDescription = Line Characters 0 500 => tidy::trimmed;
    /// A one-time token as it was handed out.
    OneTimeToken = Line Characters 1 200 => tidy::trimmed;
    /// What is typed for a second factor: six digits of an app, or a recovery code.
    SecondFactorCode = Line Characters 1 40 => tidy::trimmed;
    /// What a program calls itself.
    ProgramName = Line Characters 1 100 => tidy::trimmed;
    /// What a program asks with that waits for its user.
    DeviceCode = Token Bytes 1 200;
    /// A refresh token.
    SessionToken = Token Bytes 1 4096;
    /// The token of a link that opens one thing.
    IndexToken = Token Bytes 1 4096;
    /// The name under which a link gives a file; any will do.
    IndexName = Line Bytes 1 1024;
    /// A word of the htsget protocol: a format, a class, a field or a tag.
    HtsgetWord = Token Bytes 1 64;
    /// Such words, separated by commas.
    HtsgetWords = Token Bytes 0 4096;
}

shown! {
    ObjectKey ScaffoldName VersionId UploadId ResumeToken ContinuationToken PartEtag ContentMd5 ContentSha256 ProjectName ProjectDescription BucketName
    ProjectReason RequestAnswer AnnouncementHeading AnnouncementText
    ProjectVersionName VersionDescription Command Filter InfoRules SampleName IdempotencyKey ScheduleKey TaskName SearchText LetterId CronText
    TimeZoneName LanguageCode DisplayName QueueReason PersonName EmailAddress LoginName Organisation OrganisationRole
    TokenName TokenDescription ProgramName IndexName HtsgetWord HtsgetWords
}

impl Default for VersionDescription {
    /// None.
    fn default() -> Self {
        Self(String::new())
    }
}

impl Filter {
    /// The filter that all rows pass.
    #[must_use]
    pub fn all() -> Self {
        Self(String::new())
    }
}

impl Default for TimeZoneName {
    /// UTC.
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

secret! { Password TypedPassword OneTimeToken SecondFactorCode SessionToken DeviceCode IndexToken }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_store_can_carry_is_no_text() {
        for bad in [
            "",
            "a\nb",
            "a\0",
            "\u{7f}",
            "\u{85}",
            "\u{2028}",
            "\u{fffe}",
            "x\u{ffff}.txt",
            "a/../b",
            ".",
        ] {
            assert!(bad.parse::<ObjectKey>().is_err(), "{bad:?}");
        }
        for good in [
            "a",
            "å b/c+%.vcf.gz",
            "a//b",
            "/a",
            "..a",
            "a:b",
            "\u{1f9ec}",
        ] {
            assert_eq!(good.parse::<ObjectKey>().as_deref(), Ok(good));
        }
        assert!("line\nline\t".parse::<Filter>().is_ok() && "a\0".parse::<Filter>().is_err());
    }

    #[test]
    fn lengths_are_told_with_their_bound() {
        let text = "å"
            .repeat(513)
            .parse::<ObjectKey>()
            .unwrap_err()
            .to_string();
        assert!(text.contains("1 to 1024 bytes; it has 1026"), "{text}");
        let text = "x"
            .repeat(10_000_000)
            .parse::<Command>()
            .unwrap_err()
            .to_string();
        assert!(text.contains("131072 bytes; it has 10000000"), "{text}");
    }

    #[test]
    fn forms() {
        for bad in [
            "ab",
            "Ab-c",
            "a..b",
            "-abc",
            "abc-",
            "192.168.0.1",
            "xn--abc",
            "a_b",
        ] {
            assert!(bad.parse::<BucketName>().is_err(), "{bad}");
        }
        assert!("divbase-test.1".parse::<BucketName>().is_ok());
        for bad in [
            "no base64",
            "1B2M2Y8AsgTpgAmY7PhCfg=",
            "1B2M2Y8AsgTpgAmY7PhCfh==",
        ] {
            assert!(bad.parse::<ContentMd5>().is_err(), "{bad}");
        }
        assert!("1B2M2Y8AsgTpgAmY7PhCfg==".parse::<ContentMd5>().is_ok());
        let sha256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        assert!(sha256.parse::<ContentSha256>().is_ok());
        let spare_bits = sha256.replace("0=", "1=");
        assert!(spare_bits.parse::<ContentSha256>().is_err());
        assert!("-a".parse::<ScheduleKey>().is_err() && "a-1".parse::<ScheduleKey>().is_ok());
    }

    #[test]
    fn addresses_have_one_spelling() {
        let address: EmailAddress = " Asa.Ny@Example.ORG ".parse().unwrap();
        assert_eq!(&*address, "asa.ny@example.org");
        for bad in [
            "asa",
            "asa@example",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "å@example.org",
            "a@-b.org",
            "a@b..org",
            "a/b@example.org",
        ] {
            let error = bad.parse::<EmailAddress>().unwrap_err();
            assert!(matches!(error, TextError::Form(_)), "{bad}");
        }
        let long = format!("{}@example.org", "a".repeat(50));
        assert!(long.parse::<EmailAddress>().is_err());
    }

    #[test]
    fn names_of_projects_fit_into_a_path() {
        for good in ["herring", "Sill_2026", "å.ä-ö", "1kg"] {
            assert_eq!(good.parse::<ProjectName>().as_deref(), Ok(good));
        }
        for bad in [
            "a b c",
            "two words",
            "a/b",
            "../x",
            "-x1",
            "x?y",
            "x%20",
            "a\0bc",
        ] {
            assert!(bad.parse::<ProjectName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let password: Password = "correct horse".parse().unwrap();
        assert_eq!(format!("{password:?}"), "Password(..)");
    }
}
