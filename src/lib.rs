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
//! (states)  (describe)  └─► diff ──► record ──────► fold ──────► announce ──► acknowledge
//!                                    (history and   (incidents)  (each sink,  (each sink's
//!                                     state, one                  in order)    cursor)
//!                                     transaction)
//! ```
//!
//! Recorded transitions are folded and announced while others are still being recorded, those of cables first. In an
//! outage of ten thousand items, its root is announced within moments.
//!
//! # The house
//!
//! Arrows of import point downwards only; a test reads the sources and fails on one that does not.
//!
//! | room | what it is for |
//! | --- | --- |
//! | [`guide`] | the pages for its users: deploy, runbook, tool, contract |
//! | the three mains | `aws-dx-monitor`, the operator's tool; `lambda`, the function; `pages`, the function that keeps pages in a bucket: wiring only |
//! | [`cli`] | the tool's commands, one a file |
//! | [`watch`] | the live view: a program of its own, which polls, shows, and runs commands |
//! | [`config`] | every environment variable, once |
//! | [`aws`], [`local`], [`simulator`], [`terminal`] | adapters: AWS's services, a SQLite file, a simulated Direct Connect, and the output to a terminal |
//! | [`function`](mod@function), [`drill`](mod@drill), [`pages`] | the request of an invocation; a drill on every sink; which pages are due, and writing them |
//! | [`status_page`] | the state of the estate as a page, for a wall and a phone: pure |
//! | [`monitor`], [`query`] | [`monitor::Monitor::poll`], the pipeline; and the queries on what it stored |
//! | [`map`] | the estate as a picture: pure |
//! | [`report`], [`resilience`], [`routes`], [`redaction`] | the availability of each item and each destination, and its outages by incident; how much may fail before a destination has no path; which prefixes have lost one of several paths; pseudonyms for what names a network: pure |
//! | [`diff`](mod@diff), [`incident`], [`organisation`] | what changed; which transitions have one cause; which of many accounts are due: pure |
//! | [`ports`] | the traits between the pipeline, its readers and the adapters |
//! | [`announcement`], [`metrics`], [`words`], [`calendar`], [`escape`], [`prefixes`], [`domain`] | messages and data points, wording, months and days, hostile text, prefixes of addresses; and the domain: kinds, states, snapshots, transitions, the event: pure |
//!
//! The tool's rooms, such as [`cli`], [`local`] and [`simulator`], are behind the feature `tool`, which is on by default. Those
//! that pages are made in, such as [`map`], [`report`] and [`status_page`], are behind the feature `pages`, which `tool`
//! includes. The function is deployed with neither, the one for pages with the second, and they are built without what
//! only the other rooms need.
//!
//! # One state, from the wire to the terminal
//!
//! 1. [`aws::direct_connect`] reads `connectionState: "down"` and makes an [`domain::Item`] of it, with the
//!    [`domain::State`] that the word stands for. The SDK's types, and the secrets in them, end there.
//! 2. [`monitor`] passes it to [`diff`](fn@diff::diff), together with what [`ports::Ledger::recall`] has read.
//! 3. [`diff`](fn@diff::diff) makes a [`domain::Transition`] of them, from `available` to `down`.
//! 4. [`ports::Ledger::record`] writes its [`domain::Event`], which never changes again, in one transaction with the
//!    item's new state. The write is refused if another poll was faster. ([`local::SqliteLedger`] on a laptop.)
//! 5. [`incident::fold`] finds what it has in common with others, and [`ports::Ledger::fold`] writes the
//!    [`domain::IncidentDocument`] that is announced to people, and the members of the incident, in one transaction.
//! 6. [`ports::Ledger::pending`] reads both back, and each [`ports::Announcer`] announces it in its own format
//!    ([`announcement`]). Only then does the sink's cursor move ([`ports::Ledger::acknowledge`]). On a laptop the sinks are
//!    the terminal and the command of `watch --exec`.
//!
//! # The destinations in AWS
//!
//! | destination | what arrives | by |
//! | --- | --- | --- |
//! | CloudWatch | the level 5, as `ConnectionState` ([`metrics::data_points`]) | [`aws::cloudwatch`] |
//! | DynamoDB | the state row, and the event in history | [`aws::dynamodb`] |
//! | SNS, for people | of incidents: a subject, a text, attributes to filter by ([`announcement::Message::for_people`]) | [`aws::sns`] |
//! | SNS, for chats | a notification in the outage's thread ([`announcement::Message::for_chat`]) | [`aws::sns`] |
//! | EventBridge | the recorded event and the incident's documents, unchanged ([`announcement::EventBridgeEntry`]) | [`aws::eventbridge`] |
//!
//! The function's `main` (`src/bin/lambda/main.rs`) wires them to the same [`monitor::Monitor`] that the demo runs.
//!
//! # Where it is decided
//!
//! | question | module | file |
//! | --- | --- | --- |
//! | Is an uncertain sight a suspect still, or a transition? | [`diff`](mod@diff) | `src/diff.rs`: `ItemView::uncertain` |
//! | Which transitions have one cause, and what does the incident's next document say? | [`incident`] | `src/incident/fold.rs`, `document.rs` |
//! | What is the subject of an e-mail? | [`announcement`] | `src/announcement/incident/subject.rs`; `subject.rs` for a single transition |
//! | When does a sink's cursor move? | [`monitor`] | `src/monitor/acknowledger.rs`, called by `delivery.rs` |
//! | What is retried, and for how long? | [`aws`] | `src/aws/limits.rs` |
//!
//! # What it promises
//!
//! 1. Every change between two successive successful observations of an item is recorded exactly once, before it is
//!    announced. An uncertain sight (`unknown`, or missing from a complete listing) becomes a change once it is confirmed.
//! 2. Every recorded transition is announced on each configured sink at least once, always with the same id, sequence and
//!    content, whatever crashes, is throttled or is down in between. A transition is given up for a sink after seven days,
//!    when the sink refuses even its short form, or when it expired in history while the sink was not configured. Each is
//!    counted and logged. Any other missing row holds up its item, and fails the poll.
//! 3. While polls do not overlap, each sink first accepts an item's transitions in the order of their sequence.
//! 4. Two polls that overlap record one transition, not two, and never an older observation over a newer one.
//! 5. No item counts as absent because of a failed, partial or flickering listing, and unmonitored time is recorded. A gap
//!    is no wider than what was not read: one parent whose children may not be read hides those, and no others.
//! 6. Metrics do not wait for the store or the sinks, and these do not wait for metrics. No sink waits for another. No
//!    region's levels wait for another region for more than five seconds.
//! 7. The size of an item's row is bounded, however long a sink is down, and so is the time of a poll.
//! 8. A poll sends no more than eight messages a second to a topic, since SNS switches an e-mail subscription off at the
//!    eleventh. Further messages wait for the next poll, which is not a failure.
//! 9. Every recorded transition is gathered into incidents exactly once, and every document of an incident is announced as
//!    a transition is. Two incidents under one root become one. No incident is resolved by a poll that could not see
//!    whether it is over.
//!
//! Not promised: order across items, exactly-once delivery, and what happens between two polls. The tests of these
//! promises are in `tests/simulation` (every call of a port can fail, lose its answer, or be the place of a crash),
//! `tests/ledger_contract` (what every store must do), `tests/stories` (the real pipeline over the real SDK) and
//! `tests/function` (the built function, killed and throttled over the real protocols).

pub mod announcement;
pub mod aws;
#[cfg(feature = "pages")]
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
pub mod incident;
// The comparison of letters and screens that the stories use too.
#[cfg(test)]
#[path = "../tests/support/letters.rs"]
mod letters;
#[cfg(feature = "tool")]
pub mod local;
#[cfg(feature = "pages")]
pub mod map;
pub mod metrics;
pub mod monitor;
pub mod organisation;
#[cfg(feature = "pages")]
pub mod pages;
pub mod ports;
pub mod prefixes;
#[cfg(feature = "pages")]
pub mod query;
#[cfg(feature = "tool")]
pub mod redaction;
#[cfg(feature = "pages")]
pub mod report;
pub mod resilience;
pub mod routes;
#[cfg(feature = "tool")]
pub mod simulator;
#[cfg(feature = "pages")]
pub mod status_page;
#[cfg(feature = "tool")]
pub mod terminal;
#[cfg(feature = "tool")]
pub mod watch;
pub mod words;
