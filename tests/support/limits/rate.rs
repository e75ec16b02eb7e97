//! A service that takes so many calls a second in each region, and answers `ThrottlingException` to the rest: Direct Connect,
//! whose rates AWS does not publish.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::bucket::Bucket;
use crate::support::http::{Server, forward};
use crate::support::proxy::call::Call;

/// A front with a rate; dropping it closes its port.
pub struct Rate {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    regions: HashMap<String, Bucket>,
    refused: usize,
}

impl State {
    fn admits(&mut self, region: &str, calls_per_second: f64, now: Instant) -> bool {
        let full = || Bucket::full(calls_per_second, now);
        let bucket = self.regions.entry(region.to_owned()).or_insert_with(full);
        let admits = bucket.admits(now);
        if admits {
            bucket.pay(1.0);
        } else {
            self.refused += 1;
        }
        admits
    }
}

impl Rate {
    /// Starts a front of `upstream`, an `http://` URL without a path.
    pub fn start(upstream: &str, calls_per_second: f64) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let server = Server::in_front_of(upstream, &state, move |state, authority, request| async move {
            let call = Call::read(&request);
            let admits = {
                let mut rates = state.lock().unwrap_or_else(PoisonError::into_inner);
                rates.admits(&call.region, calls_per_second, Instant::now())
            };
            Some(if admits {
                forward(&authority, request).await
            } else {
                call.protocol.error(400, "ThrottlingException", "Rate exceeded")
            })
        });
        Self { server, state }
    }

    /// The endpoint URL to give to clients.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// How many calls were refused so far.
    pub fn refused(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refused
    }
}

#[cfg(test)]
mod check {
    use aws_sdk_directconnect::{Client, error::ProvideErrorMetadata};
    use aws_smithy_types::retry::RetryConfig;
    use futures::future::join_all;

    use aws_dx_monitor::simulator::{Scenario, Simulator};

    use super::*;
    use crate::support::sdk;

    #[test]
    fn each_region_has_a_rate_of_its_own() {
        let (mut state, now) = (State::default(), Instant::now());
        let mut admitted = |region| (0..5).filter(|_| state.admits(region, 2.0, now)).count();
        assert_eq!(["us-east-1", "eu-west-1", "us-east-1"].map(&mut admitted), [2, 2, 0]);
        assert_eq!(state.refused, 3 + 3 + 5);
    }

    #[tokio::test]
    async fn what_is_over_the_rate_is_throttled_and_goes_through_when_it_is_repeated() {
        let simulator = Simulator::start(Scenario::default(), 0).unwrap();
        let rate = Rate::start(&simulator.endpoint_url(), 1.0);
        let client = |retries| {
            let config = sdk::config(&rate.endpoint(), "us-east-1").into_builder();
            Client::new(&config.retry_config(retries).build())
        };
        let once = client(RetryConfig::disabled());
        let answers = join_all((0..20).map(|_| once.describe_connections().send())).await;
        let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert!(!refused.is_empty() && refused.len() == rate.refused(), "{} refused", refused.len());
        for error in refused {
            assert_eq!((error.code(), error.message()), (Some("ThrottlingException"), Some("Rate exceeded")));
        }
        let patient = client(RetryConfig::standard().with_max_attempts(10));
        patient.describe_connections().send().await.unwrap();
    }
}
