//! What is logged while a future runs, at every level.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Dispatch, Level, instrument::WithSubscriber, subscriber::NoSubscriber};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `future`; gives what it gives, and what was logged meanwhile.
pub async fn of<T>(future: impl Future<Output = T>) -> (T, String) {
    let written = Written::default();
    let writer = written.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(move || writer.clone()).with_ansi(false);
    let dispatch = Dispatch::new(subscriber.finish());
    // As long as there is only one subscriber, tracing asks that of the present thread what interests it, and remembers
    // the answer for all: a place that another test's thread passes first would never be logged. With a second one it
    // asks them all.
    let _second = Dispatch::new(NoSubscriber::default());
    let output = future.with_subscriber(dispatch).await;
    let log = String::from_utf8_lossy(&written.0.lock().unwrap()).into_owned();
    (output, log)
}
