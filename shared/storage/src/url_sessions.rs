//! Sessions that sign URLs. S3 asks at every use of a signed URL whether its signer may do that still, so a URL ends when the
//! session that signed it is refused: by the bucket's policy, which names sessions ([`Store::refuse_url_sessions`]). Credentials
//! that are not a session's end for nobody in particular; what they signed is good for its lifetime.

use std::{
    collections::HashMap,
    fmt::Debug,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_sdk_s3::config::{Credentials, ProvideCredentials};
use futures::future::BoxFuture;

use crate::{StorageError, settings::UrlRole};

/// How the names of sessions begin; their number follows.
pub(crate) const NAME: &str = "divbase-url-";
/// Sessions that one process keeps.
const KEPT: usize = 2_000;

/// Gives sessions, each with the rights to read and write the objects of one bucket and no others.
pub trait UrlSessions: Debug + Send + Sync {
    /// Credentials of a session of this number, which may have begun before. They last for a while yet.
    fn credentials<'a>(
        &'a self,
        session: i64,
        bucket: &'a str,
    ) -> BoxFuture<'a, Result<Credentials, StorageError>>;

    /// The longest that a session lasts: what it signed opens nothing after that.
    fn life(&self) -> Duration;
}

/// The session's name, as policies see it behind the role's id in `aws:userid`.
fn name(session: i64) -> String {
    format!("{NAME}{session}")
}

/// Sessions of a role (STS, `AssumeRole`), kept until half of their time is over.
#[derive(Debug)]
pub(crate) struct RoleSessions {
    sdk: SdkConfig,
    role: UrlRole,
    partition: &'static str,
    kept: Mutex<HashMap<i64, Credentials>>,
}

impl RoleSessions {
    pub(crate) fn new(sdk: &SdkConfig, role: UrlRole, partition: &'static str) -> Self {
        Self {
            sdk: sdk.clone(),
            role,
            partition,
            kept: Mutex::default(),
        }
    }

    fn kept(&self, session: i64) -> Option<Credentials> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&session)?;
        (rest(found)? > self.life() / 2).then(|| found.clone())
    }

    fn keep(&self, session: i64, credentials: Credentials) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.retain(|_, old| rest(old).is_some_and(|rest| rest > self.life() / 2));
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(session, credentials);
    }

    /// What the session may do, at most: the role's own rights limit it besides.
    fn policy(&self, bucket: &str) -> String {
        serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
                "Resource": format!("arn:{}:s3:::{bucket}/*", self.partition),
            }],
        })
        .to_string()
    }
}

/// How long credentials last from now on; nothing if they never end.
pub(crate) fn rest(credentials: &Credentials) -> Option<Duration> {
    let ends = credentials.expiry()?;
    Some(ends.duration_since(SystemTime::now()).unwrap_or_default())
}

impl UrlSessions for RoleSessions {
    fn credentials<'a>(
        &'a self,
        session: i64,
        bucket: &'a str,
    ) -> BoxFuture<'a, Result<Credentials, StorageError>> {
        Box::pin(async move {
            if let Some(kept) = self.kept(session) {
                return Ok(kept);
            }
            let provider = AssumeRoleProvider::builder(&self.role.arn)
                .configure(&self.sdk)
                .session_name(name(session))
                .session_length(self.role.life)
                .policy(self.policy(bucket))
                .build()
                .await;
            let credentials = provider
                .provide_credentials()
                .await
                .map_err(|error| StorageError::Unavailable(error.into()))?;
            self.keep(session, credentials.clone());
            Ok(credentials)
        })
    }

    fn life(&self) -> Duration {
        self.role.life
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions() -> RoleSessions {
        let role = UrlRole {
            arn: "arn:aws:iam::1:role/urls".to_owned(),
            life: Duration::from_secs(3_600),
        };
        RoleSessions::new(&SdkConfig::builder().build(), role, "aws")
    }

    fn ending_in(seconds: u64) -> Credentials {
        let ends = SystemTime::now() + Duration::from_secs(seconds);
        Credentials::new("key", "secret", None, Some(ends), "test")
    }

    #[test]
    fn a_session_is_kept_while_more_than_half_of_its_time_is_left() {
        let sessions = sessions();
        sessions.keep(1, ending_in(1_900));
        sessions.keep(2, ending_in(1_700));
        assert!(sessions.kept(1).is_some());
        assert!(sessions.kept(2).is_none() && sessions.kept(3).is_none());
    }

    #[test]
    fn no_process_keeps_any_number_of_sessions() {
        let sessions = sessions();
        for number in 0..i64::try_from(KEPT).unwrap() {
            sessions.keep(number, ending_in(if number < 10 { 3_000 } else { 10 }));
        }
        sessions.keep(-1, ending_in(3_000));
        let kept = sessions.kept.lock().unwrap();
        assert_eq!(kept.len(), 11);
    }

    #[test]
    fn a_session_reaches_one_bucket() {
        let policy: serde_json::Value = serde_json::from_str(&sessions().policy("b-1")).unwrap();
        assert_eq!(policy["Statement"][0]["Resource"], "arn:aws:s3:::b-1/*");
    }
}
