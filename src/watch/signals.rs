//! The signals that end a watch cleanly: SIGINT (Ctrl-C), and SIGTERM, which `kill` and service managers send.
//!
//! SIGHUP is not among them: `nohup` makes a process ignore it, and a handler here would undo that.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end the watch.
#[derive(Debug)]
pub(super) struct EndSignals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl EndSignals {
    /// Listens from now on. They no longer kill the process.
    pub(super) fn listen() -> io::Result<EndSignals> {
        Ok(EndSignals {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for one of them.
    #[cfg(unix)]
    pub(super) async fn asked_to_end(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(super) async fn asked_to_end(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
