//! The sink on an EventBridge bus: the recorded documents, unchanged, for programs.
//!
//! A call carries several events. It may return HTTP 200 although it accepted none, so the result of every entry is read.
//! Needs `events:PutEvents` on the bus.
//!
//! EventBridge is known to accept events for a bus that does not exist, with an id for each. No client can detect that; the
//! deployment must make sure that the bus exists.

use anyhow::anyhow;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::{
    Client,
    config::Builder,
    primitives::DateTime,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};

use super::{
    batches::batches,
    failure::CallFailure,
    limits::{CallLimits, Limited},
    refusal::{self, Destination, RefusalKind},
};
use crate::{
    announcement::{BaselineSummary, EventBridgeEntry},
    domain::SinkName,
    ports::{Announcement, Announcer, Refusal},
};

/// The most entries in one call.
const MAXIMUM_ENTRIES: usize = 10;
/// The most bytes of the entries of one call. EventBridge accepts 1 MB today, and accepted 256 KB until 2026. A call within
/// the old limit is accepted everywhere, and an extra call costs little.
const MAXIMUM_CALL_BYTES: usize = 256 * 1024 - 1;
/// The most bytes of one entry. An entry between the two limits is sent alone, and EventBridge decides.
const MAXIMUM_ENTRY_BYTES: usize = 1024 * 1024 - 1;

/// A bus that transitions are put on.
#[derive(Clone, Debug)]
pub struct EventBridgeAnnouncer {
    client: Client,
    bus: String,
}

/// An entry, and the index of its announcement in the batch.
struct Offer {
    index: usize,
    entry: EventBridgeEntry,
}

impl EventBridgeAnnouncer {
    /// The bus of this name or ARN. For an ARN, the client's region is that of the bus.
    pub fn new(config: &SdkConfig, bus: impl Into<String>) -> EventBridgeAnnouncer {
        let bus = bus.into();
        let config = Builder::from(&super::in_region_of(config, &bus)).limited(&CallLimits::SINK);
        EventBridgeAnnouncer { client: Client::from_conf(config.build()), bus }
    }

    fn refusal(&self, failure: CallFailure) -> Refusal {
        let kind = refusal::of_put_events(&failure);
        Destination { noun: "event bus", name: &self.bus, permission: "events:PutEvents" }.refusal(failure, kind)
    }

    /// The entry of an announcement, unless it is too large for any call.
    fn entry(&self, announcement: &Announcement<'_>) -> Result<EventBridgeEntry, Refusal> {
        let entry = EventBridgeEntry::of(announcement).map_err(|unreadable| Refusal::Event(anyhow!(unreadable)))?;
        match entry.size() {
            ..=MAXIMUM_ENTRY_BYTES => Ok(entry),
            size => Err(Refusal::Event(anyhow!(
                "the event has {size} bytes, and the event bus {} takes less than 1 MB",
                self.bus
            ))),
        }
    }

    /// Puts the entries of one call on the bus, and stores the result of each. Entries that were throttled are put again,
    /// as often as a call is tried: the SDK's own retries work by call, not by entry.
    async fn put(&self, offers: &[Offer], results: &mut [Result<(), Refusal>]) {
        let mut wanted: Vec<&Offer> = offers.iter().collect();
        let mut wait = CallLimits::SINK.initial_backoff;
        for offer in 1..=CallLimits::SINK.attempts {
            let answers = match self.call(&wanted).await {
                Ok(answers) => answers,
                // One bad entry can fail a whole call. Alone, each gets its own answer.
                Err(failure) if wanted.len() > 1 && refusal::of_put_events(&failure) == RefusalKind::Event => {
                    for alone in wanted {
                        results[alone.index] = match self.call(&[alone]).await {
                            Ok(answers) => self.result(answers.first()),
                            Err(failure) => Err(self.refusal(failure)),
                        };
                    }
                    return;
                }
                Err(failure) => {
                    for refused in wanted {
                        results[refused.index] = Err(self.refusal(failure.clone()));
                    }
                    return;
                }
            };
            for (number, offered) in wanted.iter().enumerate() {
                results[offered.index] = self.result(answers.get(number));
            }
            wanted.retain(|offered| matches!(results[offered.index], Err(Refusal::Transient(_))));
            if wanted.is_empty() || offer == CallLimits::SINK.attempts {
                return;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    async fn call(&self, offers: &[&Offer]) -> Result<Vec<PutEventsResultEntry>, CallFailure> {
        let entries = offers.iter().map(|offer| self.request_entry(&offer.entry)).collect();
        let request = self.client.put_events().set_entries(Some(entries));
        // On the heap: the SDK's futures are large, and a poll joins many of them.
        let answer = Box::pin(request.send()).await.map_err(|error| CallFailure::of(&error))?;
        Ok(answer.entries.unwrap_or_default())
    }

    fn request_entry(&self, entry: &EventBridgeEntry) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(entry.source)
            .detail_type(entry.detail_type)
            .set_resources(Some(entry.resources.clone()))
            .time(DateTime::from_millis(entry.time.milliseconds()))
            .detail(&entry.detail)
            .build()
    }

    /// The result of an entry. It is accepted only if it got an id.
    fn result(&self, answer: Option<&PutEventsResultEntry>) -> Result<(), Refusal> {
        let failure = match answer {
            Some(answer) if answer.error_code.is_none() && answer.event_id.is_some() => return Ok(()),
            Some(answer) if answer.error_code.is_some() => {
                let message = answer.error_message.as_deref().unwrap_or_default();
                CallFailure::answered(answer.error_code.as_deref(), message)
            }
            _ => CallFailure::answered(None, "the answer has no result for this event"),
        };
        Err(self.refusal(failure))
    }
}

#[async_trait(?Send)]
impl Announcer for EventBridgeAnnouncer {
    fn sink(&self) -> SinkName {
        SinkName::EVENTBRIDGE
    }

    fn is_for_people(&self) -> bool {
        false
    }

    fn batch_size(&self) -> usize {
        MAXIMUM_ENTRIES
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut offers = Vec::with_capacity(batch.len());
        let mut results = Vec::with_capacity(batch.len());
        for (index, announcement) in batch.iter().enumerate() {
            results.push(match self.entry(announcement) {
                Ok(entry) => {
                    offers.push(Offer { index, entry });
                    // Until there is an answer.
                    self.result(None)
                }
                Err(refusal) => Err(refusal),
            });
        }
        for call in batches(&offers, MAXIMUM_ENTRIES, MAXIMUM_CALL_BYTES, |offer| offer.entry.size()) {
            self.put(call, &mut results).await;
        }
        results
    }

    /// Baselines are announced to people only.
    async fn announce_baseline(&self, _: &BaselineSummary) -> Result<(), Refusal> {
        Ok(())
    }
}
