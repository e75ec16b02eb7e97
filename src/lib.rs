//! An event-driven state-change notifier for AWS Direct Connect.
//!
//! On each poll the program describes every Direct Connect item it can see, publishes each state as a number to
//! CloudWatch, compares it with the last known state, records every transition in a history table, and announces it on
//! SNS (people, chat) and EventBridge (programs). The same pipeline runs on a laptop: SQLite for the store, a simulated
//! Direct Connect for the input.
//!
//! # The pipeline
//!
//! ```text
//! recall ──► observe ──►┬─► publish metrics
//! (states)  (describe)  └─► diff ──► record ──► announce ──► acknowledge
//!                                  (history +   (each sink,   (each sink's
//!                                   state, one   in order)     cursor)
//!                                   transaction)
//! ```
//!
//! What is recorded goes on to be announced while the rest is still being recorded, the cables first: of an outage of ten
//! thousand items, people hear of the root within moments.
//!
//! # The house
//!
//! Arrows of import point downwards only; a test reads the sources and fails on one that does not.
//!
//! | room | what it is for |
//! | --- | --- |
//! | [`guide`] | the pages for those who use it: deploy, runbook, tool, contract |
//! | the two mains | `aws-dx-monitor`, the operator's tool, and `lambda`, the function: wiring, and nothing else |
//! | [`cli`] | the tool's commands, one a file |
//! | [`watch`] | the live view: a program of its own, which polls, shows, and runs commands |
//! | [`config`] | every environment variable, once |
//! | [`aws`], [`local`], [`simulator`], [`terminal`] | adapters: AWS's services, a SQLite file, AWS's own side of the wire, and how things look to people |
//! | [`function`](mod@function), [`drill`](mod@drill) | what an invocation asks for; a rehearsal through every sink |
//! | [`monitor`], [`query`] | [`monitor::Monitor::poll`], the pipeline; and what people ask of its history |
//! | [`diff`](mod@diff), [`report`] | what changed; what a month came to: pure |
//! | [`ports`] | the traits in between: what the pipeline and its readers ask of the world |
//! | [`announcement`], [`metrics`], [`words`], [`calendar`], [`escape`], [`domain`] | texts and numbers, wording, months and days, hostile text; and what the program knows: kinds, states, snapshots, transitions, the event: pure |
//!
//! The tool's rooms, [`cli`], [`local`], [`report`] and [`simulator`], are behind the feature `tool`, which is on by
//! default. The function is deployed without it, and is built without what only those rooms need.
//!
//! # One state, from the wire to the terminal
//!
//! 1. [`aws::direct_connect`] reads `connectionState: "down"` and makes an [`domain::Item`] of it, with the
//!    [`domain::State`] that the word stands for. The SDK's types, and the secrets in them, end there.
//! 2. [`monitor`] puts it beside what [`ports::Ledger::recall`] remembered, and asks
//! 3. [`diff`](fn@diff::diff) what that means: a [`domain::Transition`] from `available` to `down`.
//! 4. [`ports::Ledger::record`] writes it, as the [`domain::Event`] it will be for ever, in one transaction with the
//!    item's new state; it is refused when another poll was faster. ([`local::SqliteLedger`] on a laptop.)
//! 5. [`ports::Ledger::pending`] reads it back, and each [`ports::Announcer`] tells it in its own form
//!    ([`announcement`]); then, and only then, the sink's cursor moves ([`ports::Ledger::acknowledge`]). On a laptop the
//!    sinks are the terminal, and the command of `watch --exec`.
//!
//! # And in AWS, to each of its five destinations
//!
//! | destination | what arrives | by |
//! | --- | --- | --- |
//! | CloudWatch | the level 5, as `ConnectionState` ([`metrics::data_points`]) | [`aws::cloudwatch`] |
//! | DynamoDB | the state row, and in history the event | [`aws::dynamodb`] |
//! | SNS, for people | a subject, a text, attributes to filter by ([`announcement::Message::for_people`]) | [`aws::sns`] |
//! | SNS, for chats | a notification in the outage's thread ([`announcement::Message::for_chat`]) | [`aws::sns`] |
//! | EventBridge | the recorded event, unchanged ([`announcement::EventBridgeEntry`]) | [`aws::eventbridge`] |
//!
//! The function's `main` (`src/bin/lambda.rs`) wires them to the same [`monitor::Monitor`] that the demo runs.
//!
//! # What it promises
//!
//! 1. Every change between two successive successful observations of an item is recorded exactly once, before anyone is
//!    told. An uncertain sight (`unknown`, or missing from a complete listing) is a change once it was confirmed.
//! 2. Every recorded transition is announced on each configured sink at least once, always with the same id, sequence and
//!    content, whatever crashes, is throttled or is down in between. What was owed for seven days is given up, and so is
//!    an event that no form helps, and what has expired in history while a sink was away: each is counted and logged. A
//!    row that is missing otherwise holds its item, and fails the poll.
//! 3. On each sink an item's transitions come first in the order of their sequence, while polls do not overlap.
//! 4. Two polls that overlap record one transition, not two, and never an older observation over a newer one.
//! 5. No item is called absent because of a failed, partial or flickering listing, and unmonitored time is on record.
//! 6. Metrics do not wait for the record or the sinks, nor they for metrics, nor one sink for another.
//! 7. What the store holds per item is bounded, however long a sink is down, and so is the time of a poll.
//! 8. No topic gets more than eight messages a second from a poll: SNS switches an e-mail subscription off at the eleventh.
//!    What is over waits for the next poll, and is no failure.
//!
//! Not promised: order across items, exactly-once delivery, and what happens between two polls. The tests that hold it to
//! this are in `tests/simulation` (every call of a port can fail, lose its answer, or be the place of a crash),
//! `tests/ledger_contract` (what every store must do), `tests/stories` (the real pipeline over the real SDK) and
//! `tests/function` (the built function, killed and throttled over the real protocols).

pub mod announcement;
pub mod aws;
#[cfg(feature = "tool")]
pub mod calendar;
#[cfg(feature = "tool")]
pub mod cli;
pub mod config;
pub mod diff;
pub mod domain;
pub mod drill;
pub mod escape;
pub mod function;
#[cfg(doc)]
pub mod guide;
#[cfg(feature = "tool")]
pub mod local;
pub mod metrics;
pub mod monitor;
pub mod ports;
#[cfg(feature = "tool")]
pub mod query;
#[cfg(feature = "tool")]
pub mod report;
#[cfg(feature = "tool")]
pub mod simulator;
#[cfg(feature = "tool")]
pub mod terminal;
#[cfg(feature = "tool")]
pub mod watch;
pub mod words;
