//! The account Postgres runs as. It refuses root, so under root another one is found.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ServiceError;

/// Who owns the cluster and runs its programs.
#[derive(Debug, Clone)]
pub(crate) enum Account {
    /// The user who runs us.
    Ourselves,
    /// Another one, because we are root.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// Ourselves, or under root the first of `postgres` and `nobody` that exists.
    pub(crate) fn choose() -> Result<Self, ServiceError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Self::Other { uid, gid });
            }
        }
        Err(ServiceError::NoAccount(
            "there is no user `postgres` or `nobody`".to_owned(),
        ))
    }

    /// `program` run as this account and bound to our life: the kernel sends it
    /// `signal` when we die (Linux).
    pub(crate) fn command(&self, program: &Path, signal: &str) -> Command {
        match self {
            Self::Ourselves => crate::bound_to_parent(program, signal),
            Self::Other { uid, gid } => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={uid}"))
                    .arg(format!("--regid={gid}"))
                    .arg("--clear-groups")
                    .arg(format!("--pdeathsig={signal}"))
                    .arg("--")
                    .arg(program);
                command
            }
        }
    }

    /// A folder this account can use: `wanted`, or, when the way to it is closed to the
    /// account (a checkout below /root, say), a fresh one among the temporary files.
    pub(crate) fn usable_folder(&self, wanted: &Path) -> Result<PathBuf, ServiceError> {
        self.own(wanted)?;
        if self.can_write(wanted)? {
            return Ok(wanted.to_owned());
        }
        let name = format!("divbase-postgres-{:016x}", rand::random::<u64>());
        for parent in [
            std::env::temp_dir(),
            PathBuf::from("/tmp"),
            PathBuf::from("/var/tmp"),
        ] {
            let folder = parent.join(&name);
            self.own(&folder)?;
            if self.can_write(&folder)? {
                return Ok(folder);
            }
            let _ = std::fs::remove_dir(&folder);
        }
        Err(ServiceError::NoAccount(format!(
            "it can reach no folder, not {}",
            wanted.display()
        )))
    }

    /// Creates `folder`, readable by this account alone.
    fn own(&self, folder: &Path) -> Result<(), ServiceError> {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::create_dir_all(folder).map_err(ServiceError::io("create", folder))?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(ServiceError::io("protect", folder))?;
        self.give(folder)
    }

    /// Makes this account the owner of `path`.
    pub(crate) fn give(&self, path: &Path) -> Result<(), ServiceError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(*uid), Some(*gid))
                .map_err(|error| ServiceError::NoAccount(format!("chown: {error}"))),
        }
    }

    fn can_write(&self, folder: &Path) -> Result<bool, ServiceError> {
        let status = self
            .command(Path::new("test"), "KILL")
            .arg("-w")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| ServiceError::NoAccount(format!("setpriv: {error}")))?;
        Ok(status.success())
    }
}

fn id(what: &str, name: &str) -> Option<u32> {
    let output = Command::new("id")
        .args([what, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
