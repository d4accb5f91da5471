//! A folder that looks like a checkout on which `make setup` has run.

use std::path::{Path, PathBuf};

use divbase_services::workspace_root;

pub(crate) struct Checkout {
    folder: tempfile::TempDir,
}

impl Checkout {
    pub(crate) fn new() -> Self {
        let real = workspace_root();
        let folder = tempfile::tempdir().unwrap();
        let scripts = folder.path().join("local/scripts");
        let state = folder.path().join(".local");
        std::fs::create_dir_all(&scripts).unwrap();
        std::fs::create_dir_all(&state).unwrap();
        std::fs::copy(
            real.join("local/scripts/setup.sh"),
            scripts.join("setup.sh"),
        )
        .unwrap();
        std::os::unix::fs::symlink(real.join(".local/venv"), state.join("venv")).unwrap();
        let bindir = real.join(".local/postgres-bindir");
        std::fs::copy(bindir, state.join("postgres-bindir")).expect("run `make setup` first");
        Self { folder }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The folders of throw-away runs that exist at the moment.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.root().join(".local/runs"))
            .into_iter()
            .flatten();
        entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect()
    }

    /// The command lines of this checkout's processes.
    pub(crate) fn processes(&self) -> Vec<String> {
        let root = self.root().display().to_string();
        let mut lines = command_lines();
        lines.retain(|line| line.contains(&root));
        lines
    }
}

/// The command lines of all processes: from /proc, else from `ps`.
fn command_lines() -> Vec<String> {
    let files = Path::new("/proc/self/cmdline")
        .exists()
        .then(|| std::fs::read_dir("/proc"));
    if let Some(Ok(entries)) = files {
        let bytes = entries
            .flatten()
            .flat_map(|entry| std::fs::read(entry.path().join("cmdline")));
        return bytes
            .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
            .collect();
    }
    let output = std::process::Command::new("ps")
        .args(["-eww", "-o", "args="])
        .output();
    String::from_utf8_lossy(&output.unwrap().stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}
