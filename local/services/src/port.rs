//! Free loopback ports.
//!
//! A port found free can be taken before the service binds it, so whoever starts a
//! service on one must be ready to try again with another.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How far above a port the second one of the same service is.
const TWIN: u16 = 10_000;
/// Where ports with twins are looked for: below those that the kernel hands out.
const WITH_TWINS: std::ops::Range<u16> = 12_000..22_000;
const TRIES: usize = 1_000;

/// `preferred` if nobody listens there, else any free port of 127.0.0.1.
pub(crate) fn free(preferred: Option<u16>) -> io::Result<u16> {
    if let Some(port) = preferred
        && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
    {
        return Ok(port);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Free ports of 127.0.0.1, for each of which that 10000 above is free too.
pub(crate) fn with_twins<const N: usize>() -> io::Result<[u16; N]> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let (mut ports, mut held) = ([0; N], Vec::new());
    for port in &mut ports {
        let found = (0..TRIES).find_map(|_| {
            let port = rand::random_range(WITH_TWINS);
            Some((port, bind(port).ok()?, bind(port + TWIN).ok()?))
        });
        let (number, one, other) = found.ok_or(io::ErrorKind::AddrInUse)?;
        held.push((one, other));
        *port = number;
    }
    Ok(ports)
}

/// Whether a GET of `path` is answered there with this status.
pub(crate) async fn answers(port: u16, path: &str, status: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        io::Result::Ok(head)
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), exchange).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|head| head.ends_with(status.as_bytes())))
}
