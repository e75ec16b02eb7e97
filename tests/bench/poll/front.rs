//! The front of each service: it makes every call take the same time, whatever is behind it, and notes when each began
//! and ended.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::tls::{Identity, Terminator};
use crate::support::http::{Request, Response, Server, forward};
use crate::support::proxy::call::Call;

/// The runtime's timer rounds up to a millisecond: half of one too early is right in the middle.
const TIMER_ERROR: Duration = Duration::from_micros(500);

/// One call, as the service saw it.
#[derive(Clone, Debug)]
pub struct Timed {
    /// `dynamodb:Query` and its like.
    pub name: String,
    /// Whether the answer was a success.
    pub succeeded: bool,
    pub began: Instant,
    pub ended: Instant,
}

/// What answers behind a front.
#[derive(Clone)]
pub enum Backend {
    /// Another server, at this host and port.
    Server(String),
    /// Something of the benchmark's own.
    Own(Arc<dyn Fn(&Request) -> Response + Send + Sync>),
}

/// A service whose calls take `delay`; dropping it closes its port.
pub struct Front {
    server: Server,
    tls: Option<Terminator>,
    calls: Arc<Mutex<Vec<Timed>>>,
}

impl Front {
    pub fn start(delay: Duration, backend: Backend) -> Front {
        let calls = Arc::<Mutex<Vec<Timed>>>::default();
        let server = Server::start({
            let calls = Arc::clone(&calls);
            move |request| answer(delay, backend.clone(), Arc::clone(&calls), request)
        });
        Front { server, tls: None, calls }
    }

    /// The same service over TLS.
    pub fn over_tls(self, identity: &Identity) -> Front {
        let tls = Terminator::start(identity, self.server.authority());
        Front { tls: Some(tls), ..self }
    }

    pub fn url(&self) -> String {
        self.tls.as_ref().map_or_else(|| self.server.url(), Terminator::url)
    }

    /// How many connections over TLS were opened since it was last asked.
    pub fn take_opened(&self) -> usize {
        self.tls.as_ref().map_or(0, Terminator::take_opened)
    }

    /// The calls since they were last taken, in order of their ends.
    pub fn take_calls(&self) -> Vec<Timed> {
        std::mem::take(&mut *lock(&self.calls))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    delay: Duration,
    backend: Backend,
    calls: Arc<Mutex<Vec<Timed>>>,
    request: Request,
) -> Option<Response> {
    let began = Instant::now();
    let call = Call::read(&request);
    let answer = match backend {
        Backend::Own(own) => own(&request),
        Backend::Server(authority) => forward(&authority, request).await,
    };
    tokio::time::sleep_until((began + delay.saturating_sub(TIMER_ERROR)).into()).await;
    let succeeded = answer.status().is_success();
    lock(&calls).push(Timed { name: call.name(), succeeded, began, ended: Instant::now() });
    Some(answer)
}

/// How many calls had to wait for one another: a call depends on those that had ended when it began.
pub fn longest_chain(calls: &[Timed]) -> usize {
    let mut calls: Vec<&Timed> = calls.iter().collect();
    calls.sort_by_key(|call| call.began);
    // By their ends: the longest chain that had ended by then. Whatever ended before a call began, began before it too.
    let mut chains: BTreeMap<Instant, usize> = BTreeMap::new();
    let mut longest = 0;
    for call in calls {
        let before = chains.range(..=call.began).next_back().map_or(0, |(_, chain)| *chain);
        let chain = before + 1;
        longest = longest.max(chain);
        let known = chains.range(..=call.ended).next_back().map_or(0, |(_, chain)| *chain);
        if chain > known {
            chains.insert(call.ended, chain);
            // Later ends keep what is longer.
            let shorter: Vec<Instant> = chains
                .range(call.ended..)
                .skip(1)
                .take_while(|(_, other)| **other <= chain)
                .map(|(end, _)| *end)
                .collect();
            for end in shorter {
                chains.remove(&end);
            }
        }
    }
    longest
}
