//! As much of Lambda's runtime API as a start needs: somebody listens, and the first request is looked at. It is
//! never answered.

use std::{
    io::{self, Read},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use crate::error::BenchError;

/// The request by which a function says that it is ready.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";
/// Between two looks at the door. It adds half of itself to what is measured.
const LOOK: Duration = Duration::from_micros(50);

/// A listening socket.
pub(crate) struct RuntimeApi(TcpListener);

impl RuntimeApi {
    /// On a free port of the loopback.
    pub(crate) fn listen() -> Result<Self, BenchError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(BenchError::Api)?;
        listener.set_nonblocking(true).map_err(BenchError::Api)?;
        Ok(Self(listener))
    }

    /// `host:port`, as `AWS_LAMBDA_RUNTIME_API` has it.
    pub(crate) fn address(&self) -> String {
        self.0
            .local_addr()
            .map(|address: SocketAddr| address.to_string())
            .unwrap_or_default()
    }

    /// Returns when somebody has asked for work.
    pub(crate) fn first_request(&self, limit: Duration) -> Result<(), BenchError> {
        let begin = Instant::now();
        let mut stream = loop {
            match self.0.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(BenchError::Api(error)),
            }
            if begin.elapsed() > limit {
                return Err(BenchError::NeverReady);
            }
            std::thread::sleep(LOOK);
        };
        let line = first_line(&mut stream, limit).map_err(BenchError::Api)?;
        if line.starts_with(NEXT) {
            Ok(())
        } else {
            Err(BenchError::OtherRequest(line))
        }
    }
}

fn first_line(stream: &mut TcpStream, limit: Duration) -> io::Result<String> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(limit))?;
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte)? == 1 && byte[0] != b'\r' && line.len() < 200 {
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
