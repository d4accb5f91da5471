//! `divbase-local up` and `down`: the whole system in the background, its data kept in `.local/up`.

mod own_server;

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum as _;
use divbase_service::serve::shutdown_on_signal;
use divbase_services::{EmulatorKind, RunFolder, Stack, stop_holder};
use divbase_storage::StorageSettings;

use crate::{
    AnyError, background, database,
    info::Info,
    serve::random_secret,
    system::{Indexing, Parts, System, SystemSettings},
};

/// What the system that `up` starts stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Footing {
    /// MiniStack, which stands for AWS; the data are kept.
    Ministack,
    /// LocalStack in its place, which keeps nothing.
    Localstack,
    /// As on one's own servers: `divbase-server` beside Postgres and SeaweedFS, and nothing else. Nothing is kept.
    Server,
}

impl Footing {
    /// The folder of the system. What is not kept is not in it.
    fn folder(self, root: &Path) -> PathBuf {
        root.join(match self {
            Self::Ministack => ".local/up",
            Self::Localstack => ".local/up-localstack",
            Self::Server => ".local/up-server",
        })
    }
}

/// How long a start may take. A first one builds the database cluster and indexes the demo's files.
const START_LIMIT: Duration = Duration::from_secs(180);

/// Starts the system in the background, or finds it running, and says how to use it.
///
/// # Errors
/// If it does not come up.
pub async fn up(root: &Path, listen: SocketAddr, footing: Footing) -> Result<(), AnyError> {
    let folder = footing.folder(root);
    std::fs::create_dir_all(&folder)?;
    let info = match background::running(&folder) {
        Some(info) => info,
        None => {
            let stack = footing
                .to_possible_value()
                .ok_or("a footing without a name")?;
            let (listen, stack) = (listen.to_string(), stack.get_name());
            let arguments = ["supervise", "--listen", &listen, "--stack", stack];
            background::start(&folder, "up.log", &arguments, START_LIMIT).await?
        }
    };
    let Info {
        api_url,
        admin_email,
        admin_password,
        ..
    } = &info;
    println!("DivBase runs at {api_url}");
    println!("Administrator: {admin_email}, password {admin_password}");
    println!();
    println!("  . {}", folder.join("demo.env").display());
    println!("  echo \"$DIVBASE_PASSWORD\" | divbase-cli auth login \"$DIVBASE_EMAIL\"");
    println!("  divbase-cli config add \"$DIVBASE_PROJECT\" --default");
    println!("  divbase-cli files ls");
    println!();
    println!("The project has the files of the tour in README.md.");
    println!("Log: {}", folder.join("up.log").display());
    match footing {
        Footing::Ministack => println!(
            "Stop it with `make down`; its data stays in {}.",
            folder.display()
        ),
        Footing::Localstack | Footing::Server => {
            println!("Stop it with `make down`. Its data go with it.");
        }
    }
    Ok(())
}

/// What the background process does: services and system until SIGTERM.
///
/// # Errors
/// If something does not come up.
pub async fn supervise(root: &Path, listen: SocketAddr, footing: Footing) -> Result<(), AnyError> {
    let folder = footing.folder(root);
    let kept = RunFolder::kept(&folder)?;
    // `down` finds this process by the folder that it holds, wherever the data are.
    let (emulator, services, _held) = match footing {
        Footing::Ministack => (EmulatorKind::MiniStack, kept, None),
        Footing::Localstack => (
            EmulatorKind::LocalStack,
            RunFolder::throw_away(root)?,
            Some(kept),
        ),
        Footing::Server => {
            let result = own_server::run(root, &folder, kept_address(&folder, listen)).await;
            Info::remove(&folder);
            return result;
        }
    };
    let stack = Stack::start_beside(root, services, emulator, None).await?;
    let result = run(&stack, &folder, listen).await;
    Info::remove(&folder);
    stack.stop().await;
    result
}

async fn run(stack: &Stack, folder: &Path, listen: SocketAddr) -> Result<(), AnyError> {
    let database_url = database::ensure(&stack.postgres().url("postgres"), "divbase", None).await?;
    let secrets = Secrets::kept_in(folder)?;
    let listen = kept_address(folder, listen);
    let aws_endpoint = stack.aws_endpoint();
    let sdk = divbase_aws::local_sdk_config(&aws_endpoint).await;
    let system = System::start(
        SystemSettings {
            database_url: database_url.clone(),
            store: StorageSettings::at(aws_endpoint.clone()),
            queue_prefix: "divbase".to_owned(),
            bcftools: stack.bcftools(),
            work_dir: folder.join("work"),
            heavy_workers: true,
            windows: divbase_service::WINDOWS,
            largest_query: None,
            sample_groups: divbase_service::SampleGroupSettings::default(),
            registration: divbase_telemetry::env::parsed(
                "DIVBASE_REGISTRATION",
                divbase_api::Registration::default(),
            )?,
            project_creation: divbase_telemetry::env::parsed(
                "DIVBASE_PROJECT_CREATION",
                divbase_api::ProjectCreation::default(),
            )?,
            patience: divbase_api::BODY_PATIENCE,
            providers: divbase_sso::providers_from_env()?,
            public_api_url: divbase_telemetry::env::optional("DIVBASE_PUBLIC_API_URL"),
            mail: divbase_service::mail::Mailer::from_env()?,
            lease: Duration::from_secs(30),
            jwt_secret: secrets.jwt,
            access_seconds: 900,
            admin: (secrets.admin_email.clone(), secrets.admin_password.clone()),
            listen,
            parts: Parts::All,
            waiting: divbase_api::USUAL_WAITING,
            requests_per_second: None,
            upload_types: divbase_api::UploadTypes::default(),
            operator_pages: divbase_api::OperatorPages::default(),
            urls: divbase_api::UrlLifetimes::default(),
            project_rules: divbase_api::ProjectRules::default(),
            indexing: Indexing::Automatic,
        },
        &sdk,
    )
    .await?;
    shutdown_on_signal(&system.wiring);
    if let Some(api_url) = &system.api_url {
        let admin = (secrets.admin_email.clone(), secrets.admin_password.clone());
        let store = &system.wiring.store;
        let password = &secrets.demo_password;
        crate::seed::sow(
            folder,
            api_url,
            &admin,
            password,
            store,
            Indexing::Automatic,
        )
        .await?;
    }
    if let Some(address) = system.address {
        std::fs::write(folder.join("address"), address.to_string())?;
    }
    Info {
        api_url: system.api_url.clone().unwrap_or_default(),
        aws_endpoint,
        database_url,
        admin_email: secrets.admin_email,
        admin_password: secrets.admin_password,
        pid: std::process::id(),
    }
    .write(folder)?;
    system.wiring.shutdown.cancelled().await;
    system.stop().await;
    Ok(())
}

/// The address of the last run if any port will do and that one is free, so that clients find the system again.
fn kept_address(folder: &Path, listen: SocketAddr) -> SocketAddr {
    let kept: Option<SocketAddr> = std::fs::read_to_string(folder.join("address"))
        .ok()
        .and_then(|text| text.parse().ok())
        .filter(|kept: &SocketAddr| kept.ip() == listen.ip() && listen.port() == 0)
        .filter(|kept| TcpListener::bind(kept).is_ok());
    kept.unwrap_or(listen)
}

/// Stops what `up` started, on this footing or on any.
///
/// # Errors
/// If it does not stop.
pub fn down(root: &Path, only: Option<Footing>) -> Result<(), AnyError> {
    let mut stopped = false;
    for footing in Footing::value_variants() {
        if only.is_some_and(|only| only != *footing) {
            continue;
        }
        let folder = footing.folder(root);
        stopped |= folder.exists() && stop_holder(&folder)?;
    }
    let told = match stopped {
        true => "stopped",
        false => "nothing was running",
    };
    println!("{told}");
    Ok(())
}

/// Made once, so that sessions and passwords outlive a restart.
#[derive(serde::Serialize, serde::Deserialize)]
struct Secrets {
    jwt: String,
    admin_email: String,
    admin_password: String,
    /// A folder of an older release has none yet.
    #[serde(default = "random_secret")]
    demo_password: String,
}

impl Secrets {
    fn kept_in(folder: &Path) -> Result<Self, AnyError> {
        let path = folder.join("secrets.json");
        let secrets = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self {
                jwt: random_secret(),
                admin_email: "admin@divbase.local".to_owned(),
                admin_password: random_secret(),
                demo_password: random_secret(),
            },
            Err(error) => return Err(error.into()),
        };
        crate::private::write(&path, &serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }
}
