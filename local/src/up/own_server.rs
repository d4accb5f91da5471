//! `up` as on one's own servers: `divbase-server` beside Postgres and SeaweedFS, until SIGTERM.

use std::{net::SocketAddr, path::Path};

use divbase_services::RunFolder;
use divbase_storage::{StorageSettings, Store};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    AnyError, info::Info, own_server::OwnServer, seed, serve::random_secret, system::Indexing,
};

/// Runs it; `folder` is told where it is.
pub(super) async fn run(root: &Path, folder: &Path, listen: SocketAddr) -> Result<(), AnyError> {
    // Before anything is started: what is started is ended in order.
    let mut terminate = signal(SignalKind::terminate())?;
    let program = std::env::current_exe()?.with_file_name("divbase-server");
    let listen = listen.to_string();
    let run = RunFolder::throw_away(root)?;
    let settings = [("DIVBASE_LISTEN", listen.as_str())];
    let server = tokio::select! {
        server = OwnServer::start(root, run, &program, &["all"], &settings) => server?,
        _ = terminate.recv() => return Ok(()),
    };
    let served = tokio::select! {
        told = tell(&server, folder) => match told {
            Ok(()) => {
                terminate.recv().await;
                Ok(())
            }
            Err(error) => Err(error),
        },
        _ = terminate.recv() => Ok(()),
    };
    // It goes with its folder; the log stays.
    eprint!("{}", server.log().unwrap_or_default());
    served.and(server.stop().await)
}

/// Fills it, and says where it is.
async fn tell(server: &OwnServer, folder: &Path) -> Result<(), AnyError> {
    let store = &server.store_url;
    let settings = StorageSettings::at(store.clone());
    let objects = Store::new(&divbase_aws::local_sdk_config(store).await, &settings);
    let (api_url, admin, password) = (&server.api_url, &server.admin, random_secret());
    seed::sow(
        folder,
        api_url,
        admin,
        &password,
        &objects,
        Indexing::OnRequest,
    )
    .await?;
    if let Some(address) = api_url
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
    {
        std::fs::write(folder.join("address"), address)?;
    }
    Info {
        api_url: api_url.clone(),
        aws_endpoint: store.clone(),
        database_url: server.database_url.clone(),
        admin_email: admin.0.clone(),
        admin_password: admin.1.clone(),
        pid: std::process::id(),
    }
    .write(folder)?;
    Ok(())
}
