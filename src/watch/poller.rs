//! The thread that polls at a fixed interval until it is stopped.
//!
//! It has a runtime of its own, so that a busy store, a view that draws ten thousand items, and a pipe that is not being
//! read never wait for each other.

use std::{cell::Cell, future::Future, pin::Pin, thread, time::Duration};

use anyhow::anyhow;
use tokio::{sync::oneshot, time::timeout};

use super::{
    feed::{Feed, Outlets, channels},
    plan::{Plan, Watched},
    polls::Watch,
};

/// How long a watch that ends waits for its poller to end its commands and close the store.
const FAREWELL: Duration = Duration::from_secs(3);

/// The running poller.
#[derive(Debug)]
pub(super) struct Poller {
    ready: Option<oneshot::Receiver<anyhow::Result<Watched>>>,
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<bool>,
}

impl Poller {
    /// Waits until the first poll begins.
    pub(super) async fn ready(&mut self) -> anyhow::Result<Watched> {
        match self.ready.take() {
            Some(ready) => ready.await.map_err(|_| stopped())?,
            None => Err(stopped()),
        }
    }

    /// Waits until it has ended by itself. Returns whether everything was read, recorded and announced.
    pub(super) async fn ended(&mut self) -> anyhow::Result<bool> {
        let ended = (&mut self.ended).await;
        // There is nothing left to stop.
        self.stop = None;
        ended.map_err(|_| stopped())
    }

    /// Stops it at its next await point. The store is consistent at each.
    pub(super) async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended already.
            let _ = stop.send(());
            let _ = timeout(FAREWELL, &mut self.ended).await;
        }
    }
}

fn stopped() -> anyhow::Error {
    anyhow!("the polling has stopped unexpectedly")
}

/// Starts polling. `for_view` says that a view needs all items after each poll.
pub(super) fn start(plan: Plan, for_view: bool) -> anyhow::Result<(Poller, Feed)> {
    let (outlets, feed) = channels();
    let (ready, is_ready) = oneshot::channel();
    let (stop, stopping) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("poller".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let complete = tokio::select! {
                biased;
                // The front has ended the watch, or is gone.
                _ = stopping => true,
                complete = watch(plan, for_view, outlets, ready) => complete,
            };
            // The front may be gone already.
            let _ = end.send(complete);
        });
    })?;
    Ok((Poller { ready: Some(is_ready), stop: Some(stop), ended }, feed))
}

/// Polls for ever, or once with `--once`. Returns whether everything was read, recorded and announced.
async fn watch(plan: Plan, for_view: bool, outlets: Outlets, ready: oneshot::Sender<anyhow::Result<Watched>>) -> bool {
    let (watch, watched, runner) = match Watch::prepare(plan, for_view, outlets).await {
        Ok(prepared) => prepared,
        Err(error) => {
            let _ = ready.send(Err(error));
            return false;
        }
    };
    let _ = ready.send(Ok(watched));
    let failed_commands = Cell::new(0);
    // On the heap: the future of a poll is large.
    let polling: Pin<Box<dyn Future<Output = bool>>> = Box::pin(watch.poll());
    let complete = match runner {
        None => polling.await,
        Some(runner) => tokio::select! {
            complete = polling => complete,
            () = runner.run(&failed_commands) => false,
        },
    };
    complete && failed_commands.get() == 0
}
