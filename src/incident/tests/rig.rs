//! A small world: items with states, polled once a minute, recorded and folded in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
    time::Duration,
};

use crate::{
    domain::{
        Evidence, Extent, FoldStep, Gaps, Health, IncidentDocument, IncidentRow, ItemDescription, ItemKey, Kind,
        KindProgress, ParentGap, Plans, PollRow, Previous, Recalled, Scope, State, StateRow, Timestamp, Transition,
    },
    incident::{Findings, FoldInput, FoldRules, Unfolded, fold},
};

pub const RULES: FoldRules = FoldRules {
    interval: Duration::from_secs(60),
    remind_after: Duration::from_secs(3_600),
    unmonitored_after: Duration::from_secs(900),
    keep_history: Duration::from_secs(400 * 24 * 3_600),
};

/// The world, with what the store holds of it.
pub struct World {
    pub recalled: Recalled,
    pub others: Vec<Arc<Recalled>>,
    pub is_whole: bool,
    pub now: Timestamp,
    pub revision: u64,
    pub gaps: Gaps,
    pub settled: bool,
    pub plans: Plans,
    pub evidence: Vec<Evidence>,
    pub findings: Vec<Findings>,
    /// Every document so far.
    pub documents: Vec<IncidentDocument>,
    pub steps: Vec<FoldStep>,
}

pub fn scope() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

/// `connection/dxcon-1`, or with the short words of these tests: `con 1`, `hosted 1`, `vif 1`, `peer 1`,
/// `lag 1`.
pub fn key(text: &str) -> ItemKey {
    let Some((kind, id)) = text.split_once(' ') else { return text.parse().unwrap() };
    match kind {
        "con" => ItemKey::new(Kind::Connection, format!("dxcon-{id}")),
        "lag" => ItemKey::new(Kind::Lag, format!("dxlag-{id}")),
        "vif" => ItemKey::new(Kind::VirtualInterface, format!("dxvif-{id}")),
        "peer" => ItemKey::new(Kind::BgpPeer, format!("dxpeer-{id}")),
        "hosted" => ItemKey::new(Kind::HostedConnection, format!("dxcon-{id}")),
        "dxgw" => ItemKey::new(Kind::DirectConnectGateway, id),
        other => panic!("{other}"),
    }
}

/// What is known of an item that is new: `peer 8a` is of `vif 8`.
fn new_item(key: &ItemKey) -> ItemDescription {
    let mut item = ItemDescription::bare(&scope(), key);
    if let Some(id) = key.id.strip_prefix("dxpeer-") {
        item.virtual_interface_id = Some(format!("dxvif-{}", id.trim_end_matches(char::is_alphabetic)));
    }
    item
}

impl World {
    pub fn new() -> World {
        World {
            recalled: Recalled { poll: Some(PollRow::default()), ..Recalled::nothing(scope()) },
            others: Vec::new(),
            is_whole: true,
            now: "2026-11-22T03:00:00.000Z".parse().unwrap(),
            revision: 0,
            gaps: Gaps::new(),
            settled: true,
            plans: Plans::default(),
            evidence: Vec::new(),
            findings: Vec::new(),
            documents: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// An item that the baseline found in this state.
    pub fn item(mut self, text: &str, word: &str, change: impl FnOnce(&mut ItemDescription)) -> World {
        let key = key(text);
        let mut item = ItemDescription::bare(&scope(), &key);
        change(&mut item);
        let state = State::of(key.kind, Some(word));
        let row = StateRow {
            since: self.now,
            seen_at: None,
            missed_at: None,
            never_up: false,
            sequence: 1,
            last_transition_at: self.now,
            announced: BTreeMap::from([("incidents".to_owned(), 1)]),
            suspect: None,
            incident_id: None,
            group: None,
            details: item.into(),
            expires_at: None,
            state,
        };
        let progress =
            KindProgress { last_complete_at: Some(self.now), baseline_at: Some(self.now), ..KindProgress::default() };
        self.recalled.poll.as_mut().unwrap().kinds.insert(key.kind, progress);
        self.recalled.states.insert(key, row);
        self
    }

    /// A connection on a device of a location.
    pub fn connection(self, id: &str, place: &str) -> World {
        let (location, device) = place.split_once('/').unwrap();
        self.item(&format!("con {id}"), "available", |item| {
            item.location = Some(location.to_owned());
            item.device = Some(device.to_owned());
            item.bandwidth = Some("10Gbps".to_owned());
        })
    }

    /// An interface over a connection or a LAG, to a gateway, with sessions.
    pub fn interface(self, id: &str, over: &str, gateway: &str, sessions: &[&str]) -> World {
        let world = self.item(&format!("vif {id}"), "available", |item| {
            item.connection_id = Some(over.to_owned());
            item.direct_connect_gateway_id = Some(gateway.to_owned());
            item.virtual_interface_type = Some("private".to_owned());
        });
        sessions.iter().fold(world, |world, session| {
            world.item(&format!("peer {session}"), "up", |item| {
                item.virtual_interface_id = Some(format!("dxvif-{id}"));
                item.address_family = Some("ipv4".to_owned());
            })
        })
    }

    /// A minute later, these items are in these states.
    pub fn poll(&mut self, changes: &[(&str, &str)]) {
        self.poll_after(60, changes);
    }

    pub fn poll_after(&mut self, seconds: u64, changes: &[(&str, &str)]) {
        self.now = self.now.plus(Duration::from_secs(seconds));
        let transitions: Vec<Transition> =
            changes.iter().map(|(item, word)| self.transition(&key(item), word)).collect();
        let unfolded: Vec<Unfolded> = transitions.iter().map(Unfolded::recorded).collect();
        let before = self.recalled.clone();
        transitions.iter().for_each(|transition| self.record(transition));
        let steps = self.fold(&before, &unfolded);
        steps.iter().for_each(|step| self.write(step));
        self.see();
    }

    /// A minute later; the first `recorded` of the changes are recorded and folded before the others.
    pub fn poll_in_two_parts(&mut self, changes: &[(&str, &str)], recorded: usize) {
        self.now = self.now.plus(Duration::from_secs(60));
        let transitions: Vec<Transition> =
            changes.iter().map(|(item, word)| self.transition(&key(item), word)).collect();
        let (first, rest) = transitions.split_at(recorded);
        self.part(first, rest);
        self.part(rest, &[]);
        self.see();
    }

    /// Records and folds one part of a poll's transitions.
    fn part(&mut self, part: &[Transition], foreseen: &[Transition]) {
        let unfolded: Vec<Unfolded> = part.iter().map(Unfolded::recorded).collect();
        let before = self.recalled.clone();
        part.iter().for_each(|transition| self.record(transition));
        self.settled = foreseen.is_empty();
        let steps = self.fold_foreseeing(&before, &unfolded, &foreseen.iter().collect::<Vec<_>>());
        steps.iter().for_each(|step| self.write(step));
    }

    /// A minute later; of the changes only the first `recorded` are recorded, and the poll breaks off.
    pub fn poll_breaks_off(&mut self, changes: &[(&str, &str)], recorded: usize) {
        self.now = self.now.plus(Duration::from_secs(60));
        let transitions: Vec<Transition> =
            changes.iter().map(|(item, word)| self.transition(&key(item), word)).collect();
        let (first, rest) = transitions.split_at(recorded);
        self.part(first, rest);
    }

    /// Moves the poll row, as a store does.
    fn see(&mut self) {
        let (now, gaps) = (self.now, &self.gaps);
        for (kind, progress) in &mut self.recalled.poll.as_mut().unwrap().kinds {
            let unread = match gaps.get(kind) {
                None => BTreeSet::new(),
                Some(Extent::Children(parents)) => parents.keys().cloned().collect(),
                Some(Extent::Kind(_)) => continue,
            };
            let begins = ParentGap { since: progress.last_complete_at, settled_at: None };
            progress.gaps.retain(|parent, _| unread.contains(parent));
            for parent in unread {
                progress.gaps.entry(parent).or_insert(begins);
            }
            progress.last_complete_at = Some(now);
        }
    }

    pub fn fold(&self, recalled: &Recalled, unfolded: &[Unfolded]) -> Vec<FoldStep> {
        self.fold_foreseeing(recalled, unfolded, &[])
    }

    fn fold_foreseeing(&self, recalled: &Recalled, unfolded: &[Unfolded], foreseen: &[&Transition]) -> Vec<FoldStep> {
        let recalled = Recalled { poll: self.recalled.poll.clone(), ..recalled.clone() };
        fold(&FoldInput {
            recalled: &recalled,
            others: &self.others,
            is_whole: self.is_whole,
            unfolded,
            foreseen,
            unreadable: &BTreeSet::new(),
            revision: self.revision,
            plans: Some(&self.plans),
            evidence: &self.evidence,
            findings: &self.findings,
            resilience: None,
            kinds: &Kind::ALL.into(),
            gaps: &self.gaps,
            is_settled: self.settled,
            now: self.now,
            rules: &RULES,
        })
    }

    pub fn state(key: &ItemKey, word: &str) -> State {
        match word {
            "absent" => State::absent(),
            "down in a test" => State::of(key.kind, Some("down")).in_health(Health::Testing),
            word => State::of(key.kind, Some(word)),
        }
    }

    pub fn transition(&self, key: &ItemKey, word: &str) -> Transition {
        let state = World::state(key, word);
        let row = self.recalled.states.get(key);
        Transition {
            item: row.map_or_else(|| new_item(key).into(), |row| Arc::clone(&row.details)),
            sequence: row.map_or(1, |row| row.sequence + 1),
            previous: row.map(|row| Previous {
                state: row.state.clone(),
                since: row.since,
                last_seen_at: Timestamp::from_milliseconds(self.now.milliseconds() - 60_000),
                last_transition_at: row.last_transition_at,
                incident_id: row.incident_id,
                group: None,
                certain: false,
                confirmed: None,
            }),
            state,
            since: self.now,
            seen_at: self.now,
            never_up: false,
        }
    }

    pub fn record(&mut self, transition: &Transition) {
        let old = self.recalled.states.get(&transition.key());
        let row = StateRow {
            state: transition.state.clone(),
            since: transition.since,
            seen_at: None,
            missed_at: None,
            never_up: false,
            sequence: transition.sequence,
            last_transition_at: transition.since,
            announced: old.map_or_else(|| BTreeMap::from([("incidents".to_owned(), 0)]), |row| row.announced.clone()),
            suspect: None,
            incident_id: transition.incident_after(),
            group: old.and_then(|row| row.group),
            details: Arc::clone(&transition.item),
            expires_at: None,
        };
        self.recalled.states.insert(transition.key(), row);
    }

    /// Writes a step as a store does, and checks what a store checks.
    pub fn write(&mut self, step: &FoldStep) {
        assert_eq!(step.revision, self.revision, "the steps follow each other");
        assert!(step.rows() <= 100 && step.members.len() <= 90, "{} rows", step.rows());
        self.revision += 1;
        for member in &step.members {
            let row = self.recalled.states.get_mut(&member.key).expect("a member's row");
            assert_eq!(row.announced.get("incidents").copied(), member.recalled_cursor, "{}", member.key);
            assert_eq!(row.group, member.recalled_group, "{}", member.key);
            assert!(member.cursor <= row.sequence);
            row.announced.insert("incidents".to_owned(), member.cursor);
            row.group = member.group;
        }
        for incident in &step.incidents {
            let old = self.recalled.incidents.get(&incident.id);
            assert_eq!(old.is_none(), incident.is_new, "{}", incident.id);
            let written = old.map_or(0, |row| row.sequence);
            let sequences: Vec<u64> =
                incident.documents.iter().map(|(_, document)| document.metadata.sequence).collect();
            assert_eq!(sequences, (written + 1..=incident.sequence).collect::<Vec<_>>(), "documents without holes");
            let row = IncidentRow {
                state: incident.state.clone(),
                sequence: incident.sequence,
                announced: BTreeMap::new(),
                expires_at: incident.expires_at,
            };
            self.recalled.incidents.insert(incident.id, row);
            self.documents.extend(incident.documents.iter().map(|(_, document)| document.clone()));
        }
        self.steps.push(step.clone());
    }

    /// What was announced to people, or to programs only (in brackets), since the last call.
    pub fn announced(&mut self) -> String {
        let mut lines = String::new();
        for document in self.documents.drain(..) {
            let incident = &document.incident;
            let line = format!(
                "{} {} {}: {} {}, {} affected, {}{}",
                document.severity.as_str(),
                incident.category,
                document.reason,
                incident.root.kind,
                incident.root.id,
                incident.affected.count,
                incident.impact.level,
                if document.status.is_open() { "" } else { ", over" },
            );
            let _ = if document.metadata.people { writeln!(lines, "{line}") } else { writeln!(lines, "({line})") };
        }
        lines
    }

    /// The cause that the last document gives.
    pub fn cause(&self) -> &str {
        &self.documents.last().unwrap().incident.cause
    }

    /// What must hold after every complete poll.
    pub fn check(&self) {
        let open = |group: Option<uuid::Uuid>| {
            group.and_then(|id| self.recalled.incidents.get(&id)).is_some_and(|row| row.state.status.is_open())
        };
        let mut busy = BTreeSet::new();
        for (key, row) in &self.recalled.states {
            let condition = crate::incident::estate::Condition::of(&row.state, row.incident_id.is_some());
            if condition.is_unwell() {
                assert!(open(row.group), "{key} is {} and in no open incident", row.state);
                busy.extend(row.group);
            }
        }
        let mut roots = BTreeSet::new();
        for (id, row) in self.recalled.incidents.iter().filter(|(_, row)| row.state.status.is_open()) {
            assert!(
                busy.contains(id)
                    || row.state.status == crate::domain::IncidentStatus::Flapping
                    || row.state.category.is_of_facts(),
                "{id} is open without an unwell member"
            );
            let category = row.state.category;
            assert!(
                roots.insert((category, row.state.root.clone())),
                "two {category} incidents under {}",
                row.state.root
            );
        }
    }
}
