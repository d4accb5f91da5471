//! The least client that HTTP/1.1 with kept connections needs. Small, so that it takes little of the processors that
//! the servers are measured on.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{error::BenchError, request::Request};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Its status line and headers.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(crate) async fn connect(address: &str) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(BenchError::io(address))?;
        stream.set_nodelay(true).map_err(BenchError::io(address))?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(32 * 1024),
        })
    }

    /// Sends a request and reads its answer to the end.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<Answer, BenchError> {
        let failed = || BenchError::io(request.name.clone());
        self.stream
            .write_all(&request.bytes)
            .await
            .map_err(failed())?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await.map_err(failed())?;
        };
        let said = String::from_utf8_lossy(&self.buffer[..head]).into_owned();
        let text = said.to_ascii_lowercase();
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| BenchError::Answer(format!("no status in `{text}`")))?;
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse().ok())
            .ok_or_else(|| BenchError::Answer(format!("no length in `{text}`")))?;
        while self.buffer.len() < head + length {
            self.more().await.map_err(failed())?;
        }
        Ok(Answer {
            status,
            head: said,
            body: self.buffer[head..head + length].to_vec(),
        })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|part| part == needle)
}
