//! Free loopback ports.
//!
//! A port found free can be taken before the service binds it, so whoever starts a
//! service on one must be ready to try again with another.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

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
