//! A function and its whole world, every call of which takes the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_dx_monitor::simulator::{Inventory, Scenario, Simulator};
use serde_json::{Value, json};

use super::dynamodb::Tables;
use super::front::{Backend, Front, Timed};
use super::process::Watched;
use super::sinks;
use super::tls::Identity;
use crate::support::limits::capacity::Capacity;
use crate::support::recorder::Recorder;
use crate::support::runtime_api::{Function, Program};

/// The time of an invocation: as in the template.
const TIMEOUT: Duration = Duration::from_secs(50);

/// Every service, each behind a front of its own.
pub struct World {
    pub simulator: Simulator,
    pub recorder: Recorder,
    pub direct_connect: Front,
    dynamodb: Front,
    cloudwatch: Front,
    sinks: [Front; 2],
    /// What stands in front of DynamoDB, where it has a capacity.
    capacity: Option<Capacity>,
    roots: Option<String>,
}

/// What a poll came to.
#[derive(Clone)]
pub struct Poll {
    pub wall: Duration,
    pub cpu: Duration,
    /// In kB.
    pub peak_memory: u64,
    pub calls: Vec<Timed>,
    /// How many connections it opened, where they are over TLS.
    pub opened: usize,
    /// The report, or what could not be done.
    pub outcome: Result<Value, String>,
}

impl World {
    pub fn of(scenario: Scenario, delay: Duration) -> World {
        let simulator = Simulator::start(scenario, 0).expect("the scenario can be played");
        simulator.set_elapsed(Duration::ZERO);
        let recorder = Recorder::start();
        let upstream = |url: &str| Backend::Server(url.trim_start_matches("http://").to_owned());
        let tables = Tables::new();
        World {
            direct_connect: Front::start(delay, upstream(&simulator.endpoint_url())),
            dynamodb: Front::start(delay, Backend::Own(Arc::new(move |request| tables.answer(request)))),
            cloudwatch: Front::start(delay, upstream(&recorder.endpoint())),
            sinks: [
                Front::start(delay, Backend::Own(Arc::new(sinks::sns))),
                Front::start(delay, Backend::Own(Arc::new(sinks::event_bridge))),
            ],
            capacity: None,
            roots: None,
            simulator,
            recorder,
        }
    }

    /// The same world, every service of which is reached over TLS.
    pub fn over_tls(self, identity: &Identity) -> World {
        let secured = |front: Front| front.over_tls(identity);
        World {
            direct_connect: secured(self.direct_connect),
            dynamodb: secured(self.dynamodb),
            cloudwatch: secured(self.cloudwatch),
            sinks: self.sinks.map(secured),
            roots: Some(identity.roots()),
            ..self
        }
    }

    /// The same world, whose DynamoDB takes no more than AWS's does.
    pub fn with_capacity(self) -> World {
        World { capacity: Some(Capacity::start(&self.dynamodb.url())), ..self }
    }

    /// How many attempts DynamoDB has throttled so far.
    pub fn throttled(&self) -> usize {
        self.capacity.as_ref().map_or(0, Capacity::throttled)
    }

    /// The function with all three sinks.
    pub fn program(&self, lambda: &std::path::Path) -> Program {
        let [sns, event_bridge] = &self.sinks;
        let mut program = Program::new(lambda);
        if let Some(roots) = &self.roots {
            program = program.environment("SSL_CERT_FILE", roots);
        }
        program
            .environment("AWS_ENDPOINT_URL_DIRECT_CONNECT", self.direct_connect.url())
            .environment("AWS_ENDPOINT_URL_CLOUDWATCH", self.cloudwatch.url())
            .environment(
                "AWS_ENDPOINT_URL_DYNAMODB",
                self.capacity.as_ref().map_or_else(|| self.dynamodb.url(), Capacity::endpoint),
            )
            .environment("AWS_ENDPOINT_URL_SNS", sns.url())
            .environment("AWS_ENDPOINT_URL_EVENTBRIDGE", event_bridge.url())
            .environment("DX_MONITOR_STATE_TABLE", "states")
            .environment("DX_MONITOR_HISTORY_TABLE", "history")
            .environment("DX_MONITOR_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:people")
            .environment("DX_MONITOR_CHAT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:chat")
            .environment("DX_MONITOR_EVENT_BUS", "network")
    }

    /// Lets something happen.
    pub fn happens(&self, event: impl FnOnce(&mut Inventory)) {
        self.simulator.edit(|scenario| event(&mut scenario.inventory)).expect("a scenario that can be played");
    }

    /// One measured poll.
    pub async fn poll(&self, function: &Function) -> Poll {
        let watched = Watched(function.process_id());
        self.recorder.clear();
        self.fronts().into_iter().for_each(|front| drop((front.take_calls(), front.take_opened())));
        watched.reset_peak_memory();
        let (cpu_before, began) = (watched.cpu_time(), Instant::now());
        let outcome = function.invoke(&json!({}), TIMEOUT).await;
        let wall = began.elapsed();
        let cpu = watched.cpu_time().saturating_sub(cpu_before);
        let outcome = outcome.map_err(|error| format!("{}: {}", error.error_type, error.message));
        let calls: Vec<Timed> = self.fronts().into_iter().flat_map(Front::take_calls).collect();
        let opened = self.fronts().into_iter().map(Front::take_opened).sum();
        Poll { wall, cpu, peak_memory: watched.peak_memory(), calls, opened, outcome }
    }

    fn fronts(&self) -> [&Front; 5] {
        [&self.direct_connect, &self.dynamodb, &self.cloudwatch, &self.sinks[0], &self.sinks[1]]
    }
}
