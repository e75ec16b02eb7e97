//! Simulated Direct Connect, metrics, sinks and clocks.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;
use aws_dx_monitor::{
    announcement::BaselineSummary,
    domain::{
        Event, Extent, Item, ItemDescription, ItemKey, Kind, Observation, RecordedIncident, Scope, SinkName, State,
        Timestamp,
    },
    metrics::DataPoint,
    ports::{Announcement, Announcer, Clock, Form, Inventory, MetricSink, Publication, Refusal},
};

use super::{
    context::interface_of,
    executor::{Fate, NEVER},
    port::Port,
    world::{Entry, Inner, Mood, Poison, host_of},
};

pub struct PollClock(pub Port);

impl Clock for PollClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

pub struct DirectConnect(pub Port);

impl Inventory for DirectConnect {
    /// Reads every other item when the observation begins, and the rest when it ends: what happens in between is seen of
    /// these and not of those.
    async fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> Observation {
        let began = self.0.now();
        let early: Vec<(ItemKey, Item)> =
            listed(&self.0.world.inner.borrow(), scope, kinds).into_iter().step_by(2).collect();
        let fate = self.0.fate("direct-connect.observe", scope.to_string()).await;
        let inner = &mut *self.0.world.inner.borrow_mut();
        let mut scripted = BTreeSet::new();
        if !inner.script.is_empty() {
            for (scope, key, word) in inner.script.remove(0) {
                scripted.insert(key.clone());
                inner.sky.insert((scope, key), word);
            }
        }
        if let Some((scope, key, word)) = (inner.meanwhile)() {
            inner.sky.insert((scope, key), word);
            inner.meet("something happens while an observation is under way");
        }
        let unidentified = inner.unidentified;
        let mut observation = Observation { unidentified, ..Observation::default() };
        if matches!(fate, Fate::Fail | Fate::LoseAnswer) {
            observation.gaps = kinds.iter().map(|kind| (*kind, whole("simulated failure"))).collect();
        } else {
            observation.items = listed(inner, scope, kinds);
            observation.items.extend(early.into_iter().filter(|(key, _)| !scripted.contains(key)));
            deny(inner, kinds, &mut observation);
        }
        if fate == Fate::Partial {
            // The second page of the first kind, which holds every other item, cannot be read.
            let torn = kinds.first().copied();
            observation.gaps.extend(torn.map(|kind| (kind, whole("simulated gap"))));
            let mut place = 0;
            observation.items.retain(|key, _| {
                place += 1;
                Some(key.kind) != torn || place % 2 == 1
            });
        }
        let is_whole = |kind: &Kind| matches!(observation.gaps.get(kind), Some(Extent::Kind(_)));
        let complete: BTreeSet<Kind> = kinds.iter().copied().filter(|kind| !is_whole(kind)).collect();
        let unread = match observation.gaps.get(&Kind::HostedConnection) {
            Some(Extent::Children(parents)) => parents.keys().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let items = observation.items.iter().map(|(key, item)| (key.clone(), item.state.clone())).collect();
        inner.answer(self.0.poll, || format!("{observation:?}"));
        let (poll, scope) = (self.0.poll, scope.clone());
        inner.log.push(Entry::Sight { poll, scope, began, complete, unread, items, unidentified });
        observation
    }
}

fn whole(why: &str) -> Extent {
    Extent::Kind(why.to_owned())
}

/// Takes away what may not be read of interconnects' hosted connections.
fn deny(inner: &mut Inner, kinds: &BTreeSet<Kind>, observation: &mut Observation) {
    if !kinds.contains(&Kind::HostedConnection) || inner.denied.is_empty() {
        return;
    }
    let is_read = |key: &ItemKey| match host_of(key).and_then(|host| inner.denied.get(&host)) {
        Some(reads_the_first) => *reads_the_first && key.id.ends_with('1'),
        None => true,
    };
    observation.items.retain(|key, _| is_read(key));
    let parents = inner.denied.keys().map(|host| (host.clone(), "simulated denial".to_owned())).collect();
    observation.gaps.insert(Kind::HostedConnection, Extent::Children(parents));
    inner.meet("an interconnect's hosted connections are denied");
}

fn listed(inner: &Inner, scope: &Scope, kinds: &BTreeSet<Kind>) -> BTreeMap<ItemKey, Item> {
    let there = inner.sky.iter().filter(|((place, key), _)| place == scope && kinds.contains(&key.kind));
    there
        .filter_map(|((_, key), word)| {
            let is_session = key.kind == Kind::BgpPeer;
            let description = ItemDescription {
                name: Some(format!("name of {}", key.id)),
                interconnect_id: host_of(key),
                virtual_interface_id: is_session.then(|| interface_of(&key.id)),
                address_family: is_session.then(|| "ipv4".to_owned()),
                direct_connect_gateway_id: (key.kind == Kind::VirtualInterface).then(|| "gateway-f".to_owned()),
                location: inner.places.get(&key.id).map(|(location, _)| (*location).to_owned()),
                device: inner.places.get(&key.id).map(|(_, device)| (*device).to_owned()),
                ..ItemDescription::bare(scope, key)
            };
            Some((key.clone(), Item { description: description.into(), state: State::of(key.kind, Some((*word)?)) }))
        })
        .collect()
}

pub struct TakenMetrics(pub Port);

impl MetricSink for TakenMetrics {
    async fn publish(&self, data: &[DataPoint]) -> Publication {
        let poll = self.0.poll;
        let points: BTreeSet<String> =
            data.iter().map(|point| point.dimensions.last().map_or(String::new(), |(_, id)| id.clone())).collect();
        let succeeded = data.iter().find(|point| point.metric == "PollSucceeded").map(|point| point.value == 1.0);
        let unidentified =
            data.iter().find(|point| point.metric == "UnidentifiedItems").map(|point| point.value as u64);
        let own = data.iter().all(|point| point.dimensions.iter().any(|(name, _)| *name == "Monitor"));
        let port = if own { "metrics.own" } else { "metrics.publish" };
        if succeeded.is_some() && !own {
            self.0.world.inner.borrow_mut().meet("the monitor's own metrics ride along");
        }
        let published = self
            .0
            .call(port, format!("{} data points", data.len()), |inner| {
                inner.log.push(Entry::Published { poll, points, succeeded, unidentified });
            })
            .await;
        match published {
            Ok(()) => Publication { accepted: data.len(), ..Publication::default() },
            Err(error) => Publication { errors: vec![error], ..Publication::default() },
        }
    }
}

pub struct Sink {
    pub port: Port,
    pub name: SinkName,
    pub spacing: Duration,
}

/// An event is offered.
pub const SNS: &str = "sns.announce";
pub const CHAT: &str = "chat.announce";
pub const EVENTBRIDGE: &str = "eventbridge.announce";

/// How many announcements a transition is to a sink where its incident has a document with it: programs get both.
pub fn with_its_incident(sink: SinkName) -> u64 {
    if sink == SinkName::EVENTBRIDGE { 2 } else { 1 }
}

impl Sink {
    fn call_name(&self) -> &'static str {
        match self.name {
            SinkName::SNS => SNS,
            SinkName::CHAT => CHAT,
            _ => EVENTBRIDGE,
        }
    }

    fn mood(&self) -> Mood {
        self.port.world.inner.borrow().moods.get(&self.name).copied().unwrap_or(Mood::Accepts)
    }

    async fn fate(&self, port: &'static str, detail: String) -> Fate {
        if self.mood() == Mood::Hangs {
            self.port.world.inner.borrow_mut().meet("a sink never answers");
            return super::executor::Gate::new(&self.port.world, self.port.poll, port, detail, (NEVER, false)).await;
        }
        self.port.fate(port, detail).await
    }

    /// What the sink itself makes of one event.
    fn take(&self, inner: &mut Inner, announcement: &Announcement<'_>) -> Result<(), Refusal> {
        match inner.moods.get(&self.name) {
            Some(Mood::Down) => return Err(Refusal::Transient(anyhow!("simulated: the sink is down"))),
            Some(Mood::Held) => {
                inner.meet("a sink holds");
                return Err(Refusal::Sink(anyhow!("simulated: no permission")));
            }
            _ => {}
        }
        if RecordedIncident::read(&announcement.row.event).is_some() {
            let (id, sequence) = (&announcement.row.event["metadata"]["id"], announcement.row.sequence);
            inner.answer(self.port.poll, || format!("{} {id} {sequence}", self.name));
            inner.auditor.now = inner.now;
            inner.auditor.accepted_incident(self.name, announcement, &inner.tables);
            return Ok(());
        }
        let event: Event = serde_json::from_value(announcement.document().into_owned())
            .map_err(|error| Refusal::Event(error.into()))?;
        let poison = inner.poisoned.get(&(self.name, event.item.id.clone(), event.metadata.sequence)).copied();
        match (poison, announcement.form) {
            (Some(Poison::Withheld), _) => return Err(Refusal::Sink(anyhow!("simulated: no permission for this one"))),
            (Some(Poison::Both), Form::Minimal) => {
                inner.meet("both forms of an event are refused");
                return Err(Refusal::Event(anyhow!("simulated: malformed")));
            }
            (Some(_), Form::Full) => {
                inner.meet("an event is refused");
                return Err(Refusal::Event(anyhow!("simulated: too large")));
            }
            (Some(Poison::Full), Form::Minimal) => inner.meet("the short form is accepted"),
            (None, _) => {}
        }
        inner.answer(self.port.poll, || format!("{} {} {}", self.name, event.metadata.id, event.metadata.sequence));
        inner.auditor.now = inner.now;
        inner.auditor.accepted(self.name, announcement, &event, &inner.tables);
        Ok(())
    }
}

#[async_trait(?Send)]
impl Announcer for Sink {
    fn sink(&self) -> SinkName {
        self.name
    }

    fn is_for_people(&self) -> bool {
        self.name != SinkName::EVENTBRIDGE
    }

    fn batch_size(&self) -> usize {
        if self.is_for_people() { 1 } else { 10 }
    }

    fn spacing(&self) -> Duration {
        if self.is_for_people() { self.spacing } else { Duration::ZERO }
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let subject = |one: &Announcement<'_>| {
            let event = &one.row.event;
            let id = event["item"]["id"].as_str().or(event["incident"]["id"].as_str());
            id.unwrap_or_default().to_owned()
        };
        let items: BTreeSet<String> = batch.iter().map(subject).collect();
        assert_eq!(items.len(), batch.len(), "a batch holds one event of an item");
        let told = |one: &Announcement<'_>| format!("{} #{}", subject(one), one.row.sequence);
        let detail = batch.iter().map(told).collect::<Vec<_>>().join(", ");
        let fate = self.fate(self.call_name(), detail).await;
        let lost = || Err(Refusal::Transient(anyhow!("simulated: no answer")));
        let inner = &mut *self.port.world.inner.borrow_mut();
        match fate {
            Fate::Fail | Fate::DieBefore => batch.iter().map(|_| lost()).collect(),
            Fate::Succeed => batch.iter().map(|one| self.take(inner, one)).collect(),
            Fate::LoseAnswer | Fate::DieAfter => {
                for one in batch {
                    // The answer is lost, whatever it was.
                    drop(self.take(inner, one));
                }
                batch.iter().map(|_| lost()).collect()
            }
            Fate::Partial => {
                // Every other entry fails; and the answer breaks off before the last one, which was not taken.
                let kept = batch.len() - 1;
                let answers = batch[..kept].iter().enumerate();
                answers.map(|(place, one)| if place % 2 == 1 { self.take(inner, one) } else { lost() }).collect()
            }
        }
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        let count: usize = summary.counts.values().sum();
        let fate = self.fate("sink.baseline", format!("{} {count} items", self.name)).await;
        let inner = &mut *self.port.world.inner.borrow_mut();
        match self.port.world.is_direct.then_some(Mood::Accepts).or(inner.moods.get(&self.name).copied()) {
            None | Some(Mood::Accepts | Mood::Hangs) => {}
            Some(Mood::Down) => return Err(Refusal::Transient(anyhow!("simulated: the sink is down"))),
            Some(Mood::Held) => return Err(Refusal::Sink(anyhow!("simulated: no permission"))),
        }
        if !matches!(fate, Fate::Fail | Fate::DieBefore) {
            inner.log.push(Entry::BaselineTold { sink: self.name });
        }
        match fate {
            Fate::Succeed | Fate::Partial => Ok(()),
            _ => Err(Refusal::Transient(anyhow!("simulated: no answer"))),
        }
    }
}
