//! Ctrl-C and SIGTERM, counted instead of obeyed at once.

use std::io;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::exit::{Exit, Failure};

/// Signals as they come in.
#[derive(Debug)]
pub struct Signals {
    received: UnboundedReceiver<Exit>,
}

impl Signals {
    /// Starts to listen. From here on a signal no longer ends the process by itself.
    pub fn listen() -> Result<Self, Failure> {
        Self::hear().map_err(|error| {
            anyhow::Error::from(error).context("could not listen for signals").into()
        })
    }

    fn hear() -> io::Result<Self> {
        let (sender, received) = unbounded_channel();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            for (kind, exit) in [
                (SignalKind::interrupt(), Exit::Interrupted),
                (SignalKind::terminate(), Exit::Terminated),
            ] {
                let mut signals = signal(kind)?;
                let sender = sender.clone();
                tokio::spawn(async move {
                    while signals.recv().await.is_some() {
                        if sender.send(exit).is_err() {
                            break;
                        }
                    }
                });
            }
        }
        #[cfg(not(unix))]
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if sender.send(Exit::Interrupted).is_err() {
                    break;
                }
            }
        });
        Ok(Self { received })
    }

    /// A signal that has come in and was not taken yet.
    pub fn pending(&mut self) -> Option<Exit> {
        self.received.try_recv().ok()
    }

    /// Waits for the next signal, for ever if need be.
    pub async fn received(&mut self) -> Exit {
        match self.received.recv().await {
            Some(exit) => exit,
            None => std::future::pending().await,
        }
    }
}
