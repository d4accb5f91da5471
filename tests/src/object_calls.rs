//! A TCP proxy before the store that counts what it is asked, and what it answers.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::TestResult;

/// What came through so far.
#[derive(Clone, Debug, Default)]
pub struct ObjectCalls {
    all: Arc<AtomicU64>,
    lists: Arc<AtomicU64>,
    answered: Arc<AtomicU64>,
}

/// What is sent ahead to a client that does not read it, bytes, as far as that is this side's to say.
const SENT_AHEAD: u32 = 64 << 10;

impl ObjectCalls {
    /// Listens on a free port before `endpoint`, `http://HOST:PORT`; gives its own such address.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(endpoint: &str) -> TestResult<(Self, String)> {
        let target = endpoint.trim_start_matches("http://").trim_end_matches('/');
        let target: SocketAddr = tokio::net::lookup_host(target)
            .await?
            .next()
            .ok_or("the store has no address")?;
        let socket = TcpSocket::new_v4()?;
        socket.set_send_buffer_size(SENT_AHEAD)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(1024)?;
        let address = format!("http://{}", listener.local_addr()?);
        let calls = Self::default();
        let counting = calls.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let calls = counting.clone();
                tokio::spawn(async move {
                    // A connection that ends is no matter of the test.
                    let _ = calls.serve(client, target).await;
                });
            }
        });
        Ok((calls, address))
    }

    /// Requests.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.all.load(Ordering::SeqCst)
    }

    /// Bytes of answers, heads included.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }

    /// Requests that list objects or versions.
    #[must_use]
    pub fn lists(&self) -> u64 {
        self.lists.load(Ordering::SeqCst)
    }

    async fn serve(&self, client: TcpStream, target: SocketAddr) -> std::io::Result<()> {
        let (mut from_server, mut to_server) = TcpStream::connect(target).await?.into_split();
        let (mut from_client, mut to_client) = client.into_split();
        let answered = Arc::clone(&self.answered);
        let answers = tokio::spawn(async move {
            let mut buffer = vec![0; 16 << 10];
            loop {
                let read = from_server.read(&mut buffer).await?;
                if read == 0 {
                    return to_client.shutdown().await;
                }
                to_client.write_all(&buffer[..read]).await?;
                answered.fetch_add(read as u64, Ordering::SeqCst);
            }
        });
        let (mut buffer, mut line) = (vec![0; 64 << 10], Vec::new());
        loop {
            let read = from_client.read(&mut buffer).await?;
            if read == 0 {
                break;
            }
            for byte in &buffer[..read] {
                match byte {
                    b'\n' => self.count(&std::mem::take(&mut line)),
                    // Nothing longer is the first line of a request.
                    byte if line.len() < 8_192 => line.push(*byte),
                    _ => {}
                }
            }
            to_server.write_all(&buffer[..read]).await?;
        }
        to_server.shutdown().await?;
        let _ = answers.await;
        Ok(())
    }

    fn count(&self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let Some(request) = line.trim_end().strip_suffix(" HTTP/1.1") else {
            return;
        };
        self.all.fetch_add(1, Ordering::SeqCst);
        let query = request.split_once('?').map_or("", |(_, query)| query);
        let mut names = query.split('&').map(|pair| pair.split('=').next());
        let lists = |name| matches!(name, Some("list-type" | "versions" | "prefix"));
        if request.starts_with("GET ") && names.any(lists) {
            self.lists.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_told_apart() {
        let calls = ObjectCalls::default();
        for line in [
            "GET /bucket?list-type=2&prefix=a HTTP/1.1\r",
            "GET /bucket/?versions HTTP/1.1\r",
            "HEAD /bucket/a.vcf.gz HTTP/1.1\r",
            "GET /bucket/a.vcf.gz?versionId=1 HTTP/1.1\r",
            "host: versions",
        ] {
            calls.count(line.as_bytes());
        }
        assert_eq!((calls.all(), calls.lists()), (4, 2));
    }
}
