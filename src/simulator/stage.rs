//! The stage: a scenario, its clock and its counters. It turns one request into one reply, and knows nothing of
//! sockets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::describe::describe;
use super::error::ServiceError;
use super::fault::{FaultKind, Strike, Strikes};
use super::identity;
use super::inventory::Inventory;
use super::page::Page;
use super::request::{self, Call, CredentialScope, Parameters, credential_scope};
use super::scenario::{Scenario, ScenarioError};
use super::traffic::{Counter, Traffic};
use super::world::World;

/// How a request ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// With this body.
    Answer(Vec<u8>),
    /// With this error.
    Error(ServiceError),
    /// With the answer of the Security Token Service.
    Identity(Result<String, ServiceError>),
    /// With the connection closed and no answer.
    Dropped,
}

/// The parts of a request that matter: two headers and the body.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawRequest<'a> {
    pub(super) target: Option<&'a str>,
    pub(super) authorization: Option<&'a str>,
    pub(super) body: &'a [u8],
}

#[derive(Debug)]
enum Clock {
    Real(Instant),
    ByHand(Duration),
}

#[derive(Debug)]
struct State {
    scenario: Arc<Scenario>,
    world: World,
    clock: Clock,
    strikes: Strikes,
    counter: Counter,
}

impl State {
    fn elapsed(&self) -> Duration {
        match self.clock {
            Clock::Real(start) => start.elapsed(),
            Clock::ByHand(elapsed) => elapsed,
        }
    }

    fn inventory(&mut self) -> Arc<Inventory> {
        let elapsed = self.elapsed();
        self.world.at(&self.scenario, elapsed)
    }
}

/// Shared by the server, which asks it for replies, and the [`Simulator`](super::Simulator), which controls it.
#[derive(Debug)]
pub(super) struct Stage {
    state: Mutex<State>,
    /// Held while a scenario is edited, so that the edit itself may ask the simulator and calls go on meanwhile.
    editing: Mutex<()>,
}

impl Stage {
    pub(super) fn new(scenario: Scenario) -> Result<Stage, ScenarioError> {
        scenario.check()?;
        Ok(Stage {
            state: Mutex::new(State {
                scenario: Arc::new(scenario),
                world: World::default(),
                clock: Clock::Real(Instant::now()),
                strikes: Strikes::default(),
                counter: Counter::default(),
            }),
            editing: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held, and each change under it is whole in itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.state().elapsed()
    }

    pub(super) fn set_elapsed(&self, elapsed: Duration) {
        self.state().clock = Clock::ByHand(elapsed);
    }

    pub(super) fn scenario(&self) -> Arc<Scenario> {
        Arc::clone(&self.state().scenario)
    }

    pub(super) fn inventory(&self) -> Arc<Inventory> {
        self.state().inventory()
    }

    pub(super) fn edit<R>(&self, edit: impl FnOnce(&mut Scenario) -> R) -> Result<R, ScenarioError> {
        let _editing = (self.editing.lock()).unwrap_or_else(PoisonError::into_inner);
        let mut scenario = Scenario::clone(&self.scenario());
        let result = edit(&mut scenario);
        scenario.check()?;
        let mut state = self.state();
        if scenario.faults != state.scenario.faults {
            state.strikes = Strikes::default();
        }
        state.world = World::default();
        state.scenario = Arc::new(scenario);
        Ok(result)
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.state().counter.traffic().clone()
    }

    pub(super) fn reset_traffic(&self) {
        self.state().counter.reset();
    }

    /// The reply to one request, after whatever delay the scenario wants.
    pub(super) async fn reply(&self, request: RawRequest<'_>) -> Reply {
        if let Ok(CredentialScope { service: identity::SERVICE, region }) = credential_scope(request.authorization) {
            return Reply::Identity(identity::answer(&self.scenario().account, region, request.body));
        }
        match understand(request) {
            Ok(call) => {
                let _in_flight = InFlight::begin(self, &call);
                self.play(&call).await.unwrap_or_else(Reply::Error)
            }
            Err(error) => Reply::Error(error),
        }
    }

    async fn play(&self, call: &Call) -> Result<Reply, ServiceError> {
        let (scenario, inventory, page, strike) = self.moment(call)?;
        if !strike.delay.is_zero() {
            tokio::time::sleep(strike.delay).await;
        }
        let Some(kind) = strike.kind else {
            return Ok(Reply::Answer(text(describe(&scenario, &inventory, call, page)?)));
        };
        let (account, operation) = (&scenario.account, call.operation.name());
        match kind {
            FaultKind::Throttling => Err(ServiceError::client("ThrottlingException", "Rate exceeded".to_owned())),
            FaultKind::ServerException => {
                Err(ServiceError::client("DirectConnectServerException", "A server-side error occurred.".to_owned()))
            }
            FaultKind::InternalError => Err(ServiceError {
                status: 500,
                code: "InternalFailure",
                message: "The request processing has failed because of an unknown error.".to_owned(),
            }),
            FaultKind::AccessDenied => Err(ServiceError::client(
                "AccessDeniedException",
                format!(
                    "User: arn:aws:sts::{account}:assumed-role/simulated/caller is not authorized to perform: \
                     directconnect:{operation} because no identity-based policy allows the directconnect:{operation} action"
                ),
            )),
            FaultKind::RegionNotEnabled => Err(ServiceError::client(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.".to_owned(),
            )),
            FaultKind::NotAPartner => Err(ServiceError::not_a_partner(account, &call.region)),
            FaultKind::NotFound => Err(ServiceError::refused(format!(
                "{account} {operation} failed for {} doesn't exist.",
                call.parameters.ids().join(", ")
            ))),
            FaultKind::UnknownOperation => Err(ServiceError::unknown_operation(operation)),
            FaultKind::RepeatedToken => {
                let mut answer = describe(&scenario, &inventory, call, page)?;
                if call.operation.is_paged() {
                    let sent = call.parameters.next_token.clone().filter(|token| !token.is_empty());
                    let token = sent.unwrap_or_else(|| page.next_token(call));
                    answer.insert("nextToken".to_owned(), token.into());
                }
                Ok(Reply::Answer(text(answer)))
            }
            FaultKind::ConnectionDropped => Ok(Reply::Dropped),
            FaultKind::MalformedBody => {
                let mut body = text(describe(&scenario, &inventory, call, page)?);
                body.truncate(body.len() / 2);
                Ok(Reply::Answer(body))
            }
        }
    }

    /// Everything that a reply depends on, taken at one moment.
    fn moment(&self, call: &Call) -> Result<(Arc<Scenario>, Arc<Inventory>, Page, Strike), ServiceError> {
        let mut state = self.state();
        let scenario = Arc::clone(&state.scenario);
        let page = Page::of(call, scenario.page_limit())?;
        let elapsed = state.elapsed();
        let strike = state.strikes.strike(&scenario.faults, elapsed, call, page.number);
        Ok((scenario, state.inventory(), page, strike))
    }
}

fn understand(request: RawRequest<'_>) -> Result<Call, ServiceError> {
    let operation = request::operation(request.target)?;
    let region = credential_scope(request.authorization)?.region_of_direct_connect()?;
    let parameters = Parameters::from_body(request.body)?;
    Ok(Call { operation, region, parameters })
}

fn text(answer: Map<String, Value>) -> Vec<u8> {
    Value::Object(answer).to_string().into_bytes()
}

/// One call in flight; its end is counted also when its connection is gone.
struct InFlight<'a> {
    stage: &'a Stage,
    region: &'a str,
}

impl<'a> InFlight<'a> {
    fn begin(stage: &'a Stage, call: &'a Call) -> InFlight<'a> {
        stage.state().counter.begin(call.operation.name(), &call.region);
        InFlight { stage, region: &call.region }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.stage.state().counter.end(self.region);
    }
}
