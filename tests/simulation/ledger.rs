//! The simulated ledger: the calls that the one in DynamoDB makes, each at its own gate, on tables with DynamoDB's
//! semantics.

use anyhow::bail;
use aws_dx_monitor::{
    domain::{
        Amendment, FoldStep, Folding, HistoryRow, ItemKey, ListedScope, PrefixRow, Recalled, RowKey, RowPath, Scope,
        SinkName, Unmonitored,
    },
    ports::{BaselineAnnounced, Covering, Cursors, Ledger, Parking, Progress, Record, Recording},
};
use serde_json::{Value, json};

use super::{
    port::Port,
    rows::{self, get, put, says},
    tables::{Action, Key, Page, Refused, Row, Table},
    world::Entry,
};

pub struct SimulatedLedger(pub Port);

impl SimulatedLedger {
    /// One page of a strongly consistent query: other polls may write before the next one.
    pub async fn page(
        &self,
        port: &'static str,
        hash: &str,
        start: Option<&str>,
        ascending: bool,
    ) -> anyhow::Result<Page> {
        let is_of_states =
            matches!(port, "ledger.recall" | "ledger.revision" | "ledger.listed" | "ledger.windows" | "ledger.roster");
        let table = if is_of_states { Table::States } else { Table::History };
        let detail = format!("{hash} from {}", start.unwrap_or("the start"));
        self.0
            .call(port, detail, |inner| {
                if start.is_some() {
                    inner.meet("a second page of a query");
                }
                let page = inner.tables.query(table, hash, start, inner.page, ascending);
                inner.answer(self.0.poll, || json!(page.rows).to_string());
                page
            })
            .await
    }

    pub async fn write(
        &self,
        port: &'static str,
        detail: String,
        actions: Vec<Action<'_>>,
        entries: impl FnOnce() -> Vec<Entry>,
    ) -> anyhow::Result<Result<(), Refused>> {
        self.0
            .call(port, detail, |inner| {
                let written = inner.write(actions);
                match (port, &written) {
                    // A poll does not read the answers to these.
                    ("ledger.amend" | "ledger.baseline-announced", _) | ("ledger.acknowledge", Ok(())) => {}
                    ("ledger.acknowledge", Err(Refused(rows))) => {
                        let cursors = rows[0].as_ref().and_then(|row| row.as_ref()?.get("announced").cloned());
                        inner.answer(self.0.poll, || json!(cursors).to_string());
                    }
                    ("ledger.fold", Err(Refused(rows))) => {
                        let last_step = rows[0].as_ref().and_then(|row| row.as_ref()?.get("step").cloned());
                        inner.answer(self.0.poll, || json!(last_step).to_string());
                    }
                    _ => inner.answer(self.0.poll, || format!("{port} {}", written.is_ok())),
                }
                match &written {
                    Ok(()) => inner.log.extend(entries()),
                    Err(_) => inner.meet("a condition refuses a write"),
                }
                written
            })
            .await
    }
}

pub fn put_new<'a>(table: Table, key: Key, change: impl Fn(&mut Row) + 'a) -> Action<'a> {
    Action { table, key, condition: Box::new(|row| row.is_none()), change: Box::new(change) }
}

impl Ledger for SimulatedLedger {
    async fn recall(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.0.world.inner.borrow_mut().log.push(Entry::RecallBegan { poll: self.0.poll });
        let mut recalled = Recalled::nothing(scope.clone());
        let mut start = None;
        loop {
            let page = self.page("ledger.recall", &scope.to_string(), start.as_deref(), true).await?;
            for (item, row) in page.rows {
                if item == rows::POLL {
                    recalled.poll = Some(rows::read_poll(&row));
                } else if item == rows::RESILIENCE {
                    recalled.resilience = rows::get(&row, "known");
                } else if let Ok(key) = item.parse::<ItemKey>() {
                    recalled.states.insert(key.clone(), rows::read_state(key.kind, &row));
                } else if let Some(id) = item.strip_prefix(RowKey::INCIDENT) {
                    recalled.incidents.insert(id.parse()?, rows::read_incident(&row));
                } else if let Some(interface) = item.strip_prefix(PrefixRow::NAME) {
                    recalled.prefixes.insert(interface.to_owned(), rows::read_prefixes(interface, &row));
                }
            }
            start = page.next;
            if start.is_none() {
                let entry = Entry::Recalled { poll: self.0.poll, scope: scope.clone() };
                self.0.world.inner.borrow_mut().log.push(entry);
                return Ok(recalled);
            }
        }
    }

    async fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
        let transition = record.transition;
        let (scope, key) = (transition.scope(), transition.key());
        let recalled_sequence = transition.sequence - 1;
        let condition = move |row: Option<&Row>| match &transition.previous {
            None => row.is_none(),
            Some(previous) => {
                says(row, "sequence", &json!(recalled_sequence))
                    && says(row, "last_transition_at", &json!(previous.last_transition_at))
                    && previous
                        .confirmed
                        .as_ref()
                        .is_none_or(|confirmed| says(row, "suspect", &json!(confirmed.suspect)))
                    && (!previous.certain || says(row, "suspect", &Value::Null))
            }
        };
        let actions = vec![
            put_new(Table::History, rows::history_key(&scope, &key, transition.since), |row| {
                rows::put_history(row, &record);
            }),
            Action {
                table: Table::States,
                key: rows::state_key(&scope, &key),
                condition: Box::new(condition),
                change: Box::new(|row| rows::put_state(row, &record, sinks, recalled_sequence)),
            },
        ];
        let poll = self.0.poll;
        let recorded = || vec![recorded(poll, &scope, &record)];
        match self.write("ledger.record", transition.to_string(), actions, recorded).await? {
            Ok(()) => Ok(Recording::Recorded),
            Err(Refused(rows)) => {
                let own = rows[0].as_ref().and_then(Option::as_ref).is_some_and(|row| rows::is_of(row, &record));
                let entry = if own {
                    Entry::FoundRecorded { poll, item: format!("{scope}/{key}"), sequence: transition.sequence }
                } else {
                    Entry::LostRace { poll, scope }
                };
                self.0.world.inner.borrow_mut().log.push(entry);
                Ok(if own { Recording::Recorded } else { Recording::Lost })
            }
        }
    }

    async fn record_baseline(&self, scope: &Scope, records: &[Record<'_>], sinks: &[SinkName]) -> anyhow::Result<()> {
        for chunk in records.chunks(50) {
            // Each with whether its history row is still to be written.
            let mut left: Vec<(&Record<'_>, bool)> = chunk.iter().map(|record| (record, true)).collect();
            while !left.is_empty() {
                let actions =
                    left.iter().flat_map(|(record, with_history)| first_sight(scope, record, sinks, *with_history));
                let detail = format!("{} first sights", left.len());
                let poll = self.0.poll;
                let recorded = || left.iter().map(|(record, _)| recorded(poll, scope, record)).collect();
                let refused = match self.write("ledger.baseline", detail, actions.collect(), recorded).await? {
                    Ok(()) => break,
                    Err(Refused(rows)) => rows,
                };
                let mut refused = refused.into_iter();
                let mut remaining = Vec::new();
                for (record, with_history) in left {
                    let state = refused.next().flatten();
                    let history = if with_history { refused.next().flatten() } else { None };
                    if state.is_some() {
                        continue;
                    }
                    if history.as_ref().is_some_and(|row| !row.as_ref().is_some_and(|row| rows::is_of(row, record))) {
                        bail!("history has another row in the place of {}", record.transition);
                    }
                    remaining.push((record, with_history && history.is_none()));
                }
                left = remaining;
            }
        }
        Ok(())
    }

    async fn amend(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        let action = Action {
            table: Table::States,
            key: rows::state_key(scope, &amendment.key),
            condition: Box::new(|row| {
                says(row, "sequence", &json!(amendment.recalled_sequence))
                    && says(row, "suspect", &json!(amendment.recalled_suspect))
            }),
            change: Box::new(|row| {
                put(row, "suspect", json!(amendment.suspect));
                put(row, "expires_at", json!(amendment.expires_at));
                if let Some(seen_at) = amendment.seen_at {
                    put(row, "seen_at", json!(seen_at));
                }
                if amendment.ends_outage {
                    row.remove("incident_id");
                }
                if let Some(details) = &amendment.details {
                    put(row, "details", json!(details));
                    put(row, "name", json!(details.name));
                }
            }),
        };
        let poll = self.0.poll;
        let amended = || vec![Entry::Amended { poll, item: format!("{scope}/{}", amendment.key) }];
        match self.write("ledger.amend", amendment.to_string(), vec![action], amended).await? {
            Ok(()) => Ok(Recording::Recorded),
            Err(_) => Ok(Recording::Lost),
        }
    }

    async fn revision(&self, scope: &Scope) -> anyhow::Result<u64> {
        self.read_revision(scope).await
    }

    async fn fold(&self, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
        self.write_step(step, sinks).await
    }

    async fn pending(&self, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        let hash = path.to_string();
        let mut pending = Vec::new();
        let mut start = None;
        'pages: loop {
            let page = self.page("ledger.pending", &hash, start.as_deref(), false).await?;
            for (occurred_at, row) in &page.rows {
                let row = rows::read_history(occurred_at, row);
                let sequence = row.sequence;
                if sequence > cursor {
                    pending.push(row);
                }
                if sequence <= cursor + 1 {
                    break 'pages;
                }
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        pending.reverse();
        Ok(pending)
    }

    async fn acknowledge(&self, path: &RowPath, cursors: &Cursors) -> anyhow::Result<()> {
        let mut left = cursors.clone();
        while !left.is_empty() {
            let wanted = left.clone();
            let action = Action {
                table: Table::States,
                key: rows::state_key(&path.scope, &path.key),
                condition: Box::new(|row| wanted.iter().all(|cursor| is_to_be_moved(row, cursor))),
                change: Box::new(|row| {
                    if let Some(Value::Object(cursors)) = row.get_mut("announced") {
                        cursors.extend(wanted.iter().map(|(sink, sequence)| (sink.to_string(), json!(sequence))));
                    }
                }),
            };
            let detail = format!("{} {wanted:?}", path.key);
            let refused = match self.write("ledger.acknowledge", detail, vec![action], Vec::new).await? {
                Ok(()) => return Ok(()),
                Err(Refused(rows)) => rows.into_iter().next().flatten().flatten(),
            };
            // Another poll has moved one of them as far or further.
            left.retain(|sink, sequence| is_to_be_moved(refused.as_ref(), (sink, sequence)));
        }
        Ok(())
    }

    async fn park(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        let Parking { path: RowPath { scope, key }, occurred_at, sink, reason } = *parking;
        for first_mark in [true, false] {
            let action = Action {
                table: Table::History,
                key: rows::history_key(scope, key, occurred_at),
                condition: Box::new(move |row| {
                    row.is_some_and(|row| row.contains_key("event") && row.contains_key("parked") != first_mark)
                }),
                change: Box::new(move |row| {
                    if let Value::Object(marks) = row.entry("parked").or_insert_with(|| json!({})) {
                        marks.insert(sink.as_str().to_owned(), json!(reason));
                    }
                }),
            };
            let detail = format!("{key} {occurred_at} {sink} {reason}");
            if self.write("ledger.park", detail, vec![action], Vec::new).await?.is_ok() {
                return Ok(());
            }
        }
        bail!("the history has no such row")
    }

    async fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        self.write_coverage(unmonitored, expires_at).await
    }

    async fn progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        self.write_progress(scope, progress).await
    }

    async fn keep_prefixes(&self, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
        let before = json!((row.revision > 1).then(|| row.revision - 1));
        let action = Action {
            table: Table::States,
            key: (scope.to_string(), row.name()),
            condition: Box::new(move |stored| says(stored, "revision", &before)),
            change: Box::new(|stored| rows::put_prefixes(stored, row)),
        };
        match self.write("ledger.keep-prefixes", row.name(), vec![action], Vec::new).await? {
            Ok(()) => Ok(Recording::Recorded),
            Err(Refused(stored)) => {
                let stored = stored.into_iter().next().flatten().flatten();
                let is_own = stored.is_some_and(|stored| rows::read_prefixes(&row.interface, &stored) == *row);
                Ok(if is_own { Recording::Recorded } else { Recording::Lost })
            }
        }
    }

    async fn listed(&self) -> anyhow::Result<Vec<ListedScope>> {
        let mut listed = Vec::new();
        let mut start = None;
        loop {
            let page = self.page("ledger.listed", rows::SCOPES, start.as_deref(), true).await?;
            for (scope, row) in page.rows {
                listed.push(ListedScope { scope: scope.parse()?, retired_at: get(&row, "retired_at") });
            }
            start = page.next;
            if start.is_none() {
                return Ok(listed);
            }
        }
    }

    async fn relist(&self, listed: &ListedScope) -> anyhow::Result<()> {
        self.write_listed(listed).await
    }

    async fn baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        self.write_baseline_announced(announced).await
    }
}

fn recorded(poll: usize, scope: &Scope, record: &Record<'_>) -> Entry {
    let item = format!("{scope}/{}", record.transition.key());
    Entry::Recorded { poll, item, event: Box::new(record.event.clone()) }
}

fn is_to_be_moved(row: Option<&Row>, (sink, sequence): (&SinkName, &u64)) -> bool {
    let cursor = |row: &Row| row.get("announced").and_then(|cursors| cursors.get(sink.as_str())?.as_u64());
    row.is_some_and(|row| {
        cursor(row).is_some_and(|cursor| cursor < *sequence)
            && get::<u64>(row, "sequence").is_some_and(|head| head >= *sequence)
    })
}

fn first_sight<'a>(
    scope: &'a Scope,
    record: &'a Record<'a>,
    sinks: &'a [SinkName],
    with_history: bool,
) -> impl Iterator<Item = Action<'a>> {
    let transition = record.transition;
    let key = transition.key();
    let state = put_new(Table::States, rows::state_key(scope, &key), |row| rows::put_state(row, record, sinks, 1));
    let history = with_history.then(|| {
        put_new(Table::History, rows::history_key(scope, &key, transition.since), |row| rows::put_history(row, record))
    });
    std::iter::once(state).chain(history)
}
