//! A sink that answers as it is set to, remembers what it was offered, and checks in every poll what is promised about
//! order.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;
use aws_dx_monitor::{
    announcement::{BaselineSummary, EventBridgeEntry, Message},
    domain::{Event, RecordedIncident, SinkName},
    ports::{Announcement, Announcer, Form, Refusal},
};

use super::HandClock;

/// What a sink answers to one announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accepts,
    /// Throttled, or down.
    Transient,
    /// It will never take this event.
    RefusesTheEvent,
    /// It accepts nothing until an operator fixes it.
    IsForbidden,
    /// It gives fewer answers than it was asked for.
    SaysNothing,
    /// It never answers, while this time passes.
    Hangs(Duration),
}

/// An announcement as it was offered.
#[derive(Clone, Debug)]
pub struct Offer {
    pub event: Event,
    /// The recorded document.
    pub document: serde_json::Value,
    pub form: Form,
    pub for_people: Message,
    pub for_chat: Message,
    pub answer: Answer,
}

impl Offer {
    fn item(&self) -> String {
        format!("{}/{}/{}", self.event.item.account, self.event.item.region, self.event.item.key())
    }

    fn line(&self) -> String {
        let form = if self.form == Form::Minimal { "(short form) " } else { "" };
        format!("{form}{}", self.for_people.subject)
    }
}

/// A document of an incident that was accepted.
#[derive(Clone, Debug)]
pub struct IncidentOffer {
    pub document: serde_json::Value,
    pub for_people: Message,
    pub for_chat: Message,
}

type Script = dyn Fn(&Event, Form) -> Answer;

/// A scripted sink.
pub struct RecordingAnnouncer {
    sink: SinkName,
    is_for_people: bool,
    batch_size: usize,
    clock: HandClock,
    script: RefCell<Box<Script>>,
    answer_to_summaries: Cell<Answer>,
    offers: RefCell<Vec<Offer>>,
    batches: RefCell<Vec<usize>>,
    summaries: RefCell<Vec<BaselineSummary>>,
    /// What it answers to documents of incidents, and those that it accepted.
    answer_to_incidents: Cell<Answer>,
    incidents: RefCell<Vec<IncidentOffer>>,
    /// The sequences accepted of each item, as long as the sink lives.
    accepted: RefCell<BTreeMap<String, BTreeSet<u64>>>,
}

impl RecordingAnnouncer {
    pub fn new(sink: SinkName, is_for_people: bool, batch_size: usize, clock: HandClock) -> RecordingAnnouncer {
        RecordingAnnouncer {
            sink,
            is_for_people,
            batch_size,
            clock,
            script: RefCell::new(Box::new(|_, _| Answer::Accepts)),
            answer_to_summaries: Cell::new(Answer::Accepts),
            offers: RefCell::default(),
            batches: RefCell::default(),
            summaries: RefCell::default(),
            answer_to_incidents: Cell::new(Answer::Accepts),
            incidents: RefCell::default(),
            accepted: RefCell::default(),
        }
    }

    /// From now on it gives this answer to everything.
    pub fn answers(&self, answer: Answer) {
        self.answers_by(move |_, _| answer);
        self.answers_to_summaries(answer);
        self.answer_to_incidents.set(answer);
    }

    /// From now on it answers by `script`.
    pub fn answers_by(&self, script: impl Fn(&Event, Form) -> Answer + 'static) {
        *self.script.borrow_mut() = Box::new(script);
    }

    pub fn answers_to_summaries(&self, answer: Answer) {
        self.answer_to_summaries.set(answer);
    }

    /// Everything that it was offered since the last time that this was asked.
    pub fn offers(&self) -> Vec<Offer> {
        self.offers.take()
    }

    /// What it accepted since the last time that it was asked, a subject line each, item by item; each item's in the
    /// order in which they came.
    pub fn told(&self) -> String {
        lines(self.accepted_offers().iter().map(Offer::line))
    }

    /// The same, each subject with the sentence that its text opens with.
    pub fn sentences(&self) -> String {
        let sentence = |offer: &Offer| offer.for_people.text.lines().next().unwrap_or_default().to_owned();
        lines(self.accepted_offers().iter().map(|offer| format!("{} | {}", offer.line(), sentence(offer))))
    }

    fn accepted_offers(&self) -> Vec<Offer> {
        let mut accepted: Vec<Offer> =
            self.offers.take().into_iter().filter(|offer| offer.answer == Answer::Accepts).collect();
        accepted.sort_by_key(|offer| (offer.event.item.kind, offer.item()));
        accepted
    }

    /// The summaries of baselines that it accepted since the last time that it was asked.
    pub fn summaries(&self) -> Vec<BaselineSummary> {
        self.summaries.take()
    }

    /// The same, as people read them.
    pub fn summary_texts(&self) -> String {
        let texts =
            self.summaries().iter().map(|summary| Message::baseline_for_people(summary).text).collect::<Vec<_>>();
        texts.join("\n---\n")
    }

    /// The documents of incidents that it accepted since the last time that this was asked.
    pub fn incidents(&self) -> Vec<IncidentOffer> {
        self.incidents.take()
    }

    /// The subjects of the same, in the order in which they came.
    pub fn incident_subjects(&self) -> String {
        lines(self.incidents().into_iter().map(|offer| offer.for_people.subject))
    }

    /// How many transitions each call carried since the last time that this was asked.
    pub fn batches(&self) -> Vec<usize> {
        self.batches.take()
    }

    fn offer(&self, announcement: &Announcement<'_>) -> Offer {
        let event: Event = serde_json::from_value(announcement.document().into_owned()).unwrap();
        // Every story makes every form of everything that is announced in it.
        EventBridgeEntry::of(announcement).unwrap();
        Offer {
            answer: (self.script.borrow())(&event, announcement.form),
            document: announcement.row.event.clone(),
            form: announcement.form,
            for_people: Message::for_people(announcement).unwrap(),
            for_chat: Message::for_chat(announcement).unwrap(),
            event,
        }
    }

    fn take_incident(&self, announcement: &Announcement<'_>) -> Result<(), Refusal> {
        EventBridgeEntry::of(announcement).unwrap();
        let answer = self.answer_to_incidents.get();
        if answer == Answer::Accepts {
            self.incidents.borrow_mut().push(IncidentOffer {
                document: announcement.row.event.clone(),
                for_people: Message::for_people(announcement).unwrap(),
                for_chat: Message::for_chat(announcement).unwrap(),
            });
        }
        match answer {
            Answer::SaysNothing | Answer::Hangs(_) => Err(Refusal::Transient(anyhow!("the sink says nothing"))),
            answer => reply(answer),
        }
    }

    fn note(&self, offer: &Offer) {
        if offer.answer == Answer::Accepts {
            let mut accepted = self.accepted.borrow_mut();
            let accepted = accepted.entry(offer.item()).or_default();
            let sequence = offer.event.metadata.sequence;
            let is_in_order = accepted.contains(&sequence) || accepted.last().is_none_or(|last| *last < sequence);
            assert!(is_in_order, "{} announces {} #{sequence} after {accepted:?}", self.sink, offer.item());
            accepted.insert(sequence);
        }
        self.offers.borrow_mut().push(offer.clone());
    }
}

#[async_trait(?Send)]
impl Announcer for RecordingAnnouncer {
    fn sink(&self) -> SinkName {
        self.sink
    }

    fn is_for_people(&self) -> bool {
        self.is_for_people
    }

    fn batch_size(&self) -> usize {
        self.batch_size
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let whole = batch;
        assert!((1..=self.batch_size).contains(&whole.len()), "a batch of {}", whole.len());
        let is_incident = |announcement: &Announcement<'_>| RecordedIncident::read(&announcement.row.event).is_some();
        let (incidents, batch): (Vec<&Announcement<'_>>, Vec<_>) =
            whole.iter().partition(|announcement| is_incident(announcement));
        let ids: BTreeSet<String> =
            incidents.iter().map(|announcement| announcement.row.event["incident"]["id"].to_string()).collect();
        assert_eq!(ids.len(), incidents.len(), "a batch holds at most one document of an incident");
        if batch.is_empty() {
            return whole.iter().map(|announcement| self.take_incident(announcement)).collect();
        }
        let offers: Vec<Offer> = batch.iter().map(|announcement| self.offer(announcement)).collect();
        let items: BTreeSet<String> = offers.iter().map(Offer::item).collect();
        assert_eq!(items.len(), batch.len(), "a batch holds at most one event of an item");
        self.batches.borrow_mut().push(batch.len());
        offers.iter().for_each(|offer| self.note(offer));
        // Nobody answers at once: other calls begin meanwhile.
        tokio::task::yield_now().await;
        for offer in &offers {
            if let Answer::Hangs(time) = offer.answer {
                self.clock.pass(time).await;
                std::future::pending::<()>().await;
            }
        }
        let mut offers = offers.iter();
        let mut answers = Vec::new();
        for announcement in whole {
            if is_incident(announcement) {
                answers.push(self.take_incident(announcement));
            } else {
                match offers.next().map(|offer| offer.answer) {
                    None | Some(Answer::SaysNothing) => break,
                    Some(answer) => answers.push(reply(answer)),
                }
            }
        }
        answers
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        let answer = self.answer_to_summaries.get();
        if answer == Answer::Accepts {
            self.summaries.borrow_mut().push(summary.clone());
        }
        reply(answer)
    }
}

fn reply(answer: Answer) -> Result<(), Refusal> {
    match answer {
        Answer::Accepts => Ok(()),
        Answer::Transient => Err(Refusal::Transient(anyhow!("the sink is throttled"))),
        Answer::RefusesTheEvent => Err(Refusal::Event(anyhow!("the event is too large"))),
        Answer::IsForbidden => Err(Refusal::Sink(anyhow!("the sink may not be used"))),
        Answer::SaysNothing | Answer::Hangs(_) => unreachable!("there is no answer"),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
