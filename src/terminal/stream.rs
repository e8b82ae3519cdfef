//! A stream that can be closed at the other end at any time.

use std::io::{self, ErrorKind, Write};

/// A checked writer. Once the reader has gone it stays silent, for ever and without an error:
/// `| head` is no failure, and half-done work must not stop because nobody watches it.
pub(super) struct Stream {
    out: Box<dyn Write + Send>,
    closed: bool,
}

impl Stream {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, closed: false }
    }

    /// Writes all of it, in one piece and at once.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Whether the reader has gone.
    pub(super) fn closed(&self) -> bool {
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_latched_and_silent() {
        let mut stream = Stream::new(Box::new(Failing(ErrorKind::BrokenPipe)));
        assert!(!stream.closed());
        stream.write("a\n").unwrap();
        assert!(stream.closed());
        stream.write("b\n").unwrap();
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut stream = Stream::new(Box::new(Failing(ErrorKind::StorageFull)));
        assert_eq!(stream.write("a\n").unwrap_err().kind(), ErrorKind::StorageFull);
        assert!(!stream.closed());
    }
}
