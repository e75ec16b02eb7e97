//! The stage: a scenario, its clock and its counters. It turns one request into one reply, and knows nothing of
//! sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::describe::describe;
use super::error::ServiceError;
use super::fault::{FaultKind, Strike, Strikes};
use super::identity::{self, Asked};
use super::inventory::Inventory;
use super::member;
use super::organization;
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
    own: Played,
    /// The other accounts that were asked about, each with its part of the scenario.
    members: BTreeMap<String, (Arc<Scenario>, Played)>,
    clock: Clock,
    counter: Counter,
}

/// How far the story of one account has been played.
#[derive(Debug, Default)]
struct Played {
    world: World,
    strikes: Strikes,
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
        self.own.world.at(&self.scenario, elapsed)
    }

    /// The story of this account, or of the scenario's own.
    fn story(&mut self, account: Option<&str>) -> Result<(Arc<Scenario>, &mut Played), ServiceError> {
        let Some(account) = account.filter(|account| *account != self.scenario.account) else {
            return Ok((Arc::clone(&self.scenario), &mut self.own));
        };
        let Some(member) = self.scenario.accounts.get(account) else {
            let message = "The security token included in the request is invalid.".to_owned();
            return Err(ServiceError::client("UnrecognizedClientException", message));
        };
        let story = || (Arc::new(self.scenario.of_member(account, member)), Played::default());
        let (scenario, played) = self.members.entry(account.to_owned()).or_insert_with(story);
        Ok((Arc::clone(scenario), played))
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
                own: Played::default(),
                members: BTreeMap::new(),
                clock: Clock::Real(Instant::now()),
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
            state.own.strikes = Strikes::default();
        }
        state.own.world = World::default();
        state.members.clear();
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
        match credential_scope(request.authorization) {
            Ok(CredentialScope { service: identity::SERVICE, region, access_key }) => {
                return self.identify(region, access_key, request.body).await;
            }
            Ok(CredentialScope { service: organization::SERVICE, .. }) => return self.list(request),
            _ => {}
        }
        match understand(request) {
            Ok((call, account)) => {
                let _in_flight = InFlight::begin(self, &call);
                self.play(&call, account.as_deref()).await.unwrap_or_else(Reply::Error)
            }
            Err(error) => Reply::Error(error),
        }
    }

    /// The answer of the Security Token Service.
    async fn identify(&self, region: &str, access_key: &str, body: &[u8]) -> Reply {
        let (scenario, asked) = (self.scenario(), identity::asked(body));
        let Ok(Asked::Role { account, .. }) = &asked else {
            let own = member::account_of(access_key).unwrap_or(&scenario.account);
            return Reply::Identity(asked.map(|_| identity::caller(own, region)));
        };
        self.state().counter.role(account);
        let delay = scenario.accounts.get(account).map_or(0, |member| member.role.delay_milliseconds);
        tokio::time::sleep(Duration::from_millis(delay)).await;
        match asked.map(|asked| identity::assumed(&scenario, region, &asked)) {
            Ok(Some(answer)) => Reply::Identity(answer),
            Err(error) => Reply::Identity(Err(error)),
            // It ends with its connection.
            Ok(None) => std::future::pending().await,
        }
    }

    /// The answer of Organizations.
    fn list(&self, request: RawRequest<'_>) -> Reply {
        let operation = request.target.and_then(|target| target.split_once('.')).map_or("", |(_, name)| name);
        self.state().counter.list(operation);
        match organization::answer(&self.scenario(), request.target, request.body) {
            Ok(answer) => Reply::Answer(text(answer)),
            Err(error) => Reply::Error(error),
        }
    }

    async fn play(&self, call: &Call, account: Option<&str>) -> Result<Reply, ServiceError> {
        let (scenario, inventory, page, strike) = self.moment(call, account)?;
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
    fn moment(
        &self,
        call: &Call,
        account: Option<&str>,
    ) -> Result<(Arc<Scenario>, Arc<Inventory>, Page, Strike), ServiceError> {
        let mut state = self.state();
        let elapsed = state.elapsed();
        let (scenario, played) = state.story(account)?;
        let page = Page::of(call, scenario.page_limit())?;
        let strike = played.strikes.strike(&scenario.faults, elapsed, call, page.number);
        let inventory = played.world.at(&scenario, elapsed);
        state.counter.about(&scenario.account);
        Ok((scenario, inventory, page, strike))
    }
}

/// A call, and the other account that its credentials are for.
fn understand(request: RawRequest<'_>) -> Result<(Call, Option<String>), ServiceError> {
    let operation = request::operation(request.target)?;
    let scope = credential_scope(request.authorization)?;
    let region = scope.region_of_direct_connect()?;
    let parameters = Parameters::from_body(request.body)?;
    Ok((Call { operation, region, parameters }, member::account_of(scope.access_key).map(str::to_owned)))
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
