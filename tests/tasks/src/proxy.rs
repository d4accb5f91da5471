//! A TCP proxy before the AWS emulator that can answer every request with an error for a while.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use divbase_local::AnyError;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

const ERROR: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The switch of a running proxy.
#[derive(Clone, Default)]
pub struct Proxy {
    failing: Arc<AtomicBool>,
    flipped: Arc<Notify>,
}

impl Proxy {
    /// Listens on a free port before `target`; gives the address.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(target: SocketAddr) -> Result<(Self, SocketAddr), AnyError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let proxy = Self::default();
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = accepting.clone();
                tokio::spawn(async move {
                    // A connection that ends badly is what this is for.
                    let _ = proxy.serve(client, target).await;
                });
            }
        });
        Ok((proxy, address))
    }

    /// Answers with errors from now on, or no longer.
    pub fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
        self.flipped.notify_waiters();
    }

    async fn serve(&self, mut client: TcpStream, target: SocketAddr) -> std::io::Result<()> {
        if self.failing.load(Ordering::SeqCst) {
            let mut request = [0; 4096];
            let _ = client.read(&mut request).await?;
            return client.write_all(ERROR).await;
        }
        let mut server = TcpStream::connect(target).await?;
        tokio::select! {
            ended = copy_bidirectional(&mut client, &mut server) => ended.map(|_| ()),
            // Open connections are cut.
            () = self.flipped.notified() => Ok(()),
        }
    }
}
