//! A reverse proxy that sees every AWS call, and breaks the chosen ones: before the effect, after it, or in between.
//!
//! It stands in front of moto, the Direct Connect simulator or the recorder. Its log of calls is what tests of call counts and
//! of least privilege read; its rules are how a test loses an answer or kills the function in the middle of a poll.

pub mod call;
#[cfg(test)]
mod check;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::http::{Request, Response, Server, forward, response};
use call::Call;

/// A running proxy; dropping it closes its port.
pub struct Proxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    rules: Vec<Rule>,
}

struct Rule {
    matches: Box<dyn Fn(&Call) -> bool + Send>,
    /// How many matching calls pass before the rule applies.
    skip: usize,
    /// How many more calls the rule applies to.
    times: usize,
    action: Action,
}

type Callback = Arc<dyn Fn(&Call) + Send + Sync>;

#[derive(Clone)]
enum Action {
    Answer(Answer),
    LoseAnswer,
    Delay(Duration),
    Hold(Gate),
    Rewrite(Arc<dyn Fn(Response) -> Response + Send + Sync>),
    Before(Callback),
    After(Callback),
    Instead(Callback),
}

#[derive(Clone)]
enum Answer {
    Response(Response),
    Of(Arc<dyn Fn(&Call) -> Response + Send + Sync>),
    Error { status: u16, code: String, message: String },
}

impl Proxy {
    /// Starts a proxy in front of `upstream`, an `http://` URL without a path.
    pub fn start(upstream: &str) -> Self {
        let state = Arc::default();
        let server = Server::in_front_of(upstream, &state, |state, authority, request| async move {
            // A task of its own: what has begun is carried through, even when the client is killed meanwhile.
            let relayed = tokio::spawn(async move { relay(&state, &authority, request).await }).await;
            relayed.unwrap_or_else(|error| Some(response(500, error.to_string())))
        });
        Self { server, state }
    }

    /// The endpoint URL to give to clients.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// Every call so far, in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }

    /// How many calls of this operation have arrived.
    pub fn count(&self, service: &str, operation: &str) -> usize {
        lock(&self.state).calls.iter().filter(|call| call.is(service, operation)).count()
    }

    /// Forgets the calls so far; rules stay.
    pub fn clear(&self) {
        lock(&self.state).calls.clear();
    }

    /// Removes every rule; held calls stay held until their gate opens.
    pub fn recover(&self) {
        lock(&self.state).rules.clear();
    }

    /// Begins a rule for the calls of one operation, for example `("dynamodb", "TransactWriteItems")`. The service is the
    /// signing name.
    pub fn on(&self, service: &str, operation: &str) -> RuleBuilder<'_> {
        let (service, operation) = (service.to_owned(), operation.to_owned());
        self.on_call(move |call| call.is(&service, &operation))
    }

    /// Begins a rule for the calls that `matches` says. The first rule that applies to a call is the only one that does.
    pub fn on_call(&self, matches: impl Fn(&Call) -> bool + Send + 'static) -> RuleBuilder<'_> {
        RuleBuilder { proxy: self, matches: Box::new(matches), skip: 0, times: usize::MAX }
    }
}

/// A rule before it has its action.
#[must_use = "a rule holds once it has its action"]
pub struct RuleBuilder<'proxy> {
    proxy: &'proxy Proxy,
    matches: Box<dyn Fn(&Call) -> bool + Send>,
    skip: usize,
    times: usize,
}

impl RuleBuilder<'_> {
    /// Lets this many matching calls pass first.
    pub fn skip(self, calls: usize) -> Self {
        Self { skip: calls, ..self }
    }

    /// Limits the rule to this many calls; without this it holds until [`Proxy::recover`].
    pub fn times(self, calls: usize) -> Self {
        Self { times: calls, ..self }
    }

    /// Answers this error, in the protocol of the call, without forwarding: a failure without an effect.
    pub fn fail(self, status: u16, code: &str) {
        let message = format!("The test wants {code}.");
        self.act(Action::Answer(Answer::Error { status, code: code.to_owned(), message }));
    }

    /// Answers this without forwarding.
    pub fn answer(self, response: Response) {
        self.act(Action::Answer(Answer::Response(response)));
    }

    /// Answers what `answer` makes of the call, without forwarding.
    pub fn answer_with(self, answer: impl Fn(&Call) -> Response + Send + Sync + 'static) {
        self.act(Action::Answer(Answer::Of(Arc::new(answer))));
    }

    /// Forwards, and then closes the connection without an answer: an effect that the client does not hear of.
    pub fn lose_answer(self) {
        self.act(Action::LoseAnswer);
    }

    /// Forwards after this long.
    pub fn delay(self, duration: Duration) {
        self.act(Action::Delay(duration));
    }

    /// Holds the calls back until the gate opens; then forwards them.
    pub fn hold(self) -> Gate {
        let gate = Gate { held: Arc::new(watch::Sender::new(0)), open: Arc::new(watch::Sender::new(false)) };
        self.act(Action::Hold(gate.clone()));
        gate
    }

    /// Forwards, and answers what `rewrite` makes of the answer.
    pub fn rewrite(self, rewrite: impl Fn(Response) -> Response + Send + Sync + 'static) {
        self.act(Action::Rewrite(Arc::new(rewrite)));
    }

    /// Runs `callback`, then forwards.
    pub fn before(self, callback: impl Fn(&Call) + Send + Sync + 'static) {
        self.act(Action::Before(Arc::new(callback)));
    }

    /// Forwards, runs `callback`, then answers: to kill the client after the effect.
    pub fn after(self, callback: impl Fn(&Call) + Send + Sync + 'static) {
        self.act(Action::After(Arc::new(callback)));
    }

    /// Runs `callback` and closes the connection without forwarding: to kill the client before the effect.
    pub fn instead(self, callback: impl Fn(&Call) + Send + Sync + 'static) {
        self.act(Action::Instead(Arc::new(callback)));
    }

    fn act(self, action: Action) {
        let rule = Rule { matches: self.matches, skip: self.skip, times: self.times, action };
        lock(&self.proxy.state).rules.push(rule);
    }
}

/// What holds calls back.
#[derive(Clone)]
pub struct Gate {
    held: Arc<watch::Sender<usize>>,
    open: Arc<watch::Sender<bool>>,
}

impl Gate {
    /// Waits until this many calls have arrived at the gate.
    pub async fn arrived(&self, calls: usize) {
        let mut held = self.held.subscribe();
        held.wait_for(|held| *held >= calls).await.expect("the gate holds the sender");
    }

    /// Lets the held calls and all later ones through.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    async fn pass(&self) {
        self.held.send_modify(|held| *held += 1);
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.expect("the gate holds the sender");
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Notes a call, and finds what to do about it.
    fn arrive(&mut self, call: &Call) -> Option<Action> {
        self.calls.push(call.clone());
        for rule in &mut self.rules {
            if rule.times == 0 || !(rule.matches)(call) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= 1;
            return Some(rule.action.clone());
        }
        None
    }
}

async fn relay(state: &Mutex<State>, authority: &str, request: Request) -> Option<Response> {
    let call = Call::read(&request);
    let action = lock(state).arrive(&call);
    match &action {
        Some(Action::Answer(Answer::Response(response))) => return Some(response.clone()),
        Some(Action::Answer(Answer::Of(answer))) => return Some(answer(&call)),
        Some(Action::Answer(Answer::Error { status, code, message })) => {
            return Some(call.protocol.error(*status, code, message));
        }
        Some(Action::Instead(callback)) => {
            callback(&call);
            return None;
        }
        Some(Action::Before(callback)) => callback(&call),
        Some(Action::Delay(duration)) => tokio::time::sleep(*duration).await,
        Some(Action::Hold(gate)) => gate.pass().await,
        Some(Action::LoseAnswer | Action::Rewrite(_) | Action::After(_)) | None => {}
    }
    let answer = forward(authority, request).await;
    match action {
        Some(Action::LoseAnswer) => None,
        Some(Action::Rewrite(rewrite)) => Some(rewrite(answer)),
        Some(Action::After(callback)) => {
            callback(&call);
            Some(answer)
        }
        _ => Some(answer),
    }
}
