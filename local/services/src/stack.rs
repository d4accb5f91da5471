//! The services together, and the environment by which our programs find them.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{MiniStack, ObjectStore, Postgres, RunFolder, ServiceError, StoreKind};

/// What stands for AWS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EmulatorKind {
    /// MiniStack: queues, store, functions, templates.
    #[default]
    MiniStack,
    /// LocalStack: queues and store.
    LocalStack,
}

impl EmulatorKind {
    /// As it is written in options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MiniStack => "ministack",
            Self::LocalStack => "localstack",
        }
    }
}

impl FromStr for EmulatorKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::MiniStack, Self::LocalStack]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| {
                format!("there is no emulator `{text}`: use `ministack` or `localstack`")
            })
    }
}

/// A running emulator.
#[derive(Debug)]
enum Emulator {
    MiniStack(MiniStack),
    LocalStack(ObjectStore),
}

impl Emulator {
    async fn start(root: &Path, run: &RunFolder, kind: EmulatorKind) -> Result<Self, ServiceError> {
        match kind {
            EmulatorKind::MiniStack => MiniStack::start(root, run).await.map(Self::MiniStack),
            EmulatorKind::LocalStack => ObjectStore::start(root, run, StoreKind::LocalStack)
                .await
                .map(Self::LocalStack),
        }
    }

    fn endpoint(&self) -> String {
        match self {
            Self::MiniStack(ministack) => ministack.endpoint(),
            Self::LocalStack(localstack) => localstack.endpoint(),
        }
    }

    async fn stop(self) {
        match self {
            Self::MiniStack(ministack) => ministack.stop().await,
            Self::LocalStack(localstack) => localstack.stop().await,
        }
    }
}

/// A running Postgres and emulator of AWS in one folder, and another object store if one was asked for.
#[derive(Debug)]
pub struct Stack {
    // Dropped in this order: the processes before their folder.
    postgres: Postgres,
    emulator: Emulator,
    store: Option<ObjectStore>,
    run: RunFolder,
    root: PathBuf,
}

impl Stack {
    /// Starts both at once in `run`. `root` is the checkout.
    ///
    /// # Errors
    /// If one of them does not come up; the other is then stopped.
    pub async fn start(root: &Path, run: RunFolder) -> Result<Self, ServiceError> {
        Self::start_beside(root, run, EmulatorKind::MiniStack, None).await
    }

    /// As [`Self::start`], with this emulator, and another object store beside the emulator's if there is to be one.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_beside(
        root: &Path,
        run: RunFolder,
        emulator: EmulatorKind,
        kind: Option<StoreKind>,
    ) -> Result<Self, ServiceError> {
        let store = async {
            match kind {
                Some(kind) => ObjectStore::start(root, &run, kind).await.map(Some),
                None => Ok(None),
            }
        };
        let (postgres, emulator, store) = tokio::join!(
            Postgres::start(root, &run),
            Emulator::start(root, &run, emulator),
            store
        );
        Ok(Self {
            postgres: postgres?,
            emulator: emulator?,
            store: store?,
            run,
            root: root.to_owned(),
        })
    }

    /// The cluster.
    #[must_use]
    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// Where the emulator is, without a slash at the end.
    #[must_use]
    pub fn aws_endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// The folder of the run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.run.path()
    }

    /// bcftools 1.24, callable like the program itself.
    #[must_use]
    pub fn bcftools(&self) -> PathBuf {
        self.root.join(".local/venv/bin/bcftools")
    }

    /// The variables our programs and tests read.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("DIVBASE_TEST_POSTGRES_URL", self.postgres.url("postgres")),
            ("AWS_ENDPOINT_URL", self.aws_endpoint()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("DIVBASE_BCFTOOLS", self.bcftools().display().to_string()),
        ];
        if let Some(store) = &self.store {
            all.push(("DIVBASE_TEST_STORE_URL", store.endpoint()));
            all.push(("DIVBASE_TEST_STORE", store.kind().name().to_owned()));
        }
        all
    }

    /// Stops all; returns when they are gone, and the folder with them if it is a
    /// throw-away one.
    pub async fn stop(self) {
        let store = async {
            if let Some(store) = self.store {
                store.stop().await;
            }
        };
        tokio::join!(self.postgres.stop(), self.emulator.stop(), store);
        drop(self.run);
    }
}

/// The checkout: the nearest folder at or above the working directory that holds these
/// services' set-up script, else the one this program was built in.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .find(|folder| folder.join("local/scripts/setup.sh").is_file())
        .unwrap_or_else(|| {
            let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
            crate_folder.ancestors().nth(2).unwrap_or(crate_folder)
        })
        .to_owned()
}
