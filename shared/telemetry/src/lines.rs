//! One event, one line: ends of line inside of an event are escaped, so that no text that is logged can write a line of its
//! own.

use std::io::{self, Write};

/// Writes one event to standard error.
pub(crate) struct Line;

impl Write for Line {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        // The subscriber writes an event at once.
        io::stderr().lock().write_all(&on_one_line(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn on_one_line(event: &[u8]) -> Vec<u8> {
    let (text, end) = match event.strip_suffix(b"\n") {
        Some(text) => (text, &b"\n"[..]),
        None => (event, &b""[..]),
    };
    let mut line = Vec::with_capacity(event.len());
    for &byte in text {
        match byte {
            b'\n' => line.extend(b"\\n"),
            b'\r' => line.extend(b"\\r"),
            other => line.push(other),
        }
    }
    line.extend(end);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_it_says() {
        let event = b"INFO it is 'a\r\nERROR forged\n'\n";
        assert_eq!(on_one_line(event), b"INFO it is 'a\\r\\nERROR forged\\n'\n");
        assert_eq!(on_one_line(b""), b"");
    }
}
