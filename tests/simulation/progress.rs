//! The simulated ledger's writes on a scope's poll row: the last complete listings, and unmonitored time.

use std::{cell::RefCell, collections::BTreeSet};

use aws_dx_monitor::{
    domain::{GapProgress, Kind, ListedScope, ParentGap, Scope, Timestamp, Unmonitored},
    ports::{BaselineAnnounced, Covering, Progress},
};
use serde_json::{Value, json};

use super::{
    ledger::{SimulatedLedger, put_new},
    rows::{self, get, put, says},
    tables::{Action, Refused, Row, Table},
    world::Entry,
};

impl SimulatedLedger {
    pub async fn write_coverage(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        let Unmonitored { scope, kind, parent, from, to } = unmonitored;
        let (name, settled) = match parent {
            Some(parent) => (&rows::gap_since(*kind, parent), &rows::settled_at_of(*kind, parent)),
            None => (&rows::last_complete_at(*kind), &rows::settled_at(*kind)),
        };
        let unread = RefCell::default();
        let actions = vec![
            put_new(Table::History, (unmonitored.path().to_string(), to.to_string()), |row| {
                put(row, "from", json!(from));
                put(row, "to", json!(to));
                put(row, "expires_at", json!(expires_at));
            }),
            Action {
                table: Table::States,
                key: rows::poll_key(scope),
                condition: Box::new(|row| says(row, name, &json!(from))),
                change: Box::new(|row| {
                    put(row, name, json!(to));
                    row.entry(settled).or_insert(json!(from));
                    *unread.borrow_mut() = rows::unread(row, *kind);
                }),
            },
        ];
        let poll = self.0.poll;
        let progressed = || {
            let (scope, kind, unread) = (scope.clone(), *kind, unread.take());
            vec![Entry::Progressed { poll, scope, kind, parent: parent.clone(), unread }]
        };
        match self.write("ledger.cover", format!("{} {from} .. {to}", unmonitored.path()), actions, progressed).await? {
            Ok(()) => Ok(Covering::Written),
            Err(Refused(rows)) => {
                let own = rows[0].as_ref().is_some_and(|row| says(row.as_ref(), "from", &json!(from)));
                let stored = rows[1].clone().flatten().and_then(|row| rows::instant(&row, name));
                Ok(if own { Covering::Written } else { Covering::Refused(stored) })
            }
        }
    }

    pub async fn write_progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        if progress.first_poll {
            let listed = Action {
                table: Table::States,
                key: (rows::SCOPES.to_owned(), scope.to_string()),
                condition: Box::new(|_| true),
                change: Box::new(|_| ()),
            };
            let _ = self.write("ledger.list-scope", scope.to_string(), vec![listed], Vec::new).await?;
        }
        let mut complete = progress.complete.clone();
        loop {
            let unread: RefCell<Vec<(Kind, BTreeSet<String>)>> = RefCell::default();
            let action = Action {
                table: Table::States,
                key: rows::poll_key(scope),
                condition: Box::new(|row| {
                    complete.iter().all(|kind| !is_ahead(row, *kind, progress.complete_at(*kind)))
                }),
                change: Box::new(|row| {
                    for kind in &complete {
                        let (last, settled) = (rows::last_complete_at(*kind), rows::settled_at(*kind));
                        let before = ParentGap { since: get(row, &last), settled_at: get(row, &settled) };
                        put(row, &last, json!(progress.complete_at(*kind)));
                        row.remove(&settled);
                        for (parent, gap) in progress.gaps.get(kind).into_iter().flatten() {
                            put_gap(row, *kind, parent, *gap, before);
                        }
                        unread.borrow_mut().push((*kind, rows::unread(row, *kind)));
                    }
                    for kind in &progress.baseline {
                        row.entry(format!("baseline_at/{kind}")).or_insert(json!(progress.at));
                    }
                    for kind in &progress.retired {
                        row.entry(format!("retired/{kind}")).or_insert(json!(progress.at));
                    }
                    for kind in &progress.resumed {
                        row.remove(&format!("retired/{kind}"));
                    }
                    if let Some(seconds) = progress.interval_seconds {
                        put(row, "interval_seconds", json!(seconds));
                    }
                    if let Some(at) = progress.regular_at {
                        let known: Option<Timestamp> = get(row, "last_regular_at");
                        put(row, "last_regular_at", json!(known.map_or(at, |known| known.max(at))));
                    }
                }),
            };
            let poll = self.0.poll;
            let progressed = || {
                let entry =
                    |(kind, unread)| Entry::Progressed { poll, scope: scope.clone(), kind, parent: None, unread };
                let baseline = |kind: &Kind| Entry::Baseline { scope: scope.clone(), kind: *kind };
                unread.take().into_iter().map(entry).chain(progress.baseline.iter().map(baseline)).collect()
            };
            match self.write("ledger.progress", scope.to_string(), vec![action], progressed).await? {
                Ok(()) => return Ok(()),
                Err(Refused(rows)) => {
                    let row = rows[0].clone().flatten();
                    complete.retain(|kind| !is_ahead(row.as_ref(), *kind, progress.complete_at(*kind)));
                }
            }
        }
    }

    pub async fn write_listed(&self, listed: &ListedScope) -> anyhow::Result<()> {
        let action = Action {
            table: Table::States,
            key: (rows::SCOPES.to_owned(), listed.scope.to_string()),
            condition: Box::new(|row| row.is_some()),
            change: Box::new(|row| match listed.retired_at {
                Some(at) => drop(row.entry("retired_at").or_insert(json!(at))),
                None => drop(row.remove("retired_at")),
            }),
        };
        let _ = self.write("ledger.relist", listed.scope.to_string(), vec![action], Vec::new).await?;
        Ok(())
    }

    pub async fn write_baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        let BaselineAnnounced { scope, kinds, sink, everywhere, at } = announced;
        let action = Action {
            table: Table::States,
            key: rows::poll_key(scope),
            condition: Box::new(|_| true),
            change: Box::new(|row| {
                for kind in kinds {
                    row.entry(format!("baseline_told/{kind}/{sink}")).or_insert(json!(at));
                    if *everywhere {
                        row.entry(format!("baseline_told/{kind}")).or_insert(json!(at));
                    }
                }
            }),
        };
        let _ = self.write("ledger.baseline-announced", format!("{scope} {sink}"), vec![action], Vec::new).await?;
        Ok(())
    }
}

/// What a poll makes of the gap in the children of one parent; `before` is the kind's last complete listing before it.
fn put_gap(row: &mut Row, kind: Kind, parent: &str, progress: GapProgress, before: ParentGap) {
    let (since, settled) = (rows::gap_since(kind, parent), rows::settled_at_of(kind, parent));
    let gap = match progress {
        GapProgress::Ends => {
            put(row, &since, Value::Null);
            return put(row, &settled, Value::Null);
        }
        GapProgress::Begins(gap) => gap,
        GapProgress::GoesOn => before,
    };
    if !row.contains_key(&since) {
        put(row, &since, gap.since.map_or(json!(""), |since| json!(since)));
        put(row, &settled, json!(gap.settled_at));
    }
}

/// Whether a kind's last complete listing lies after `at` already.
fn is_ahead(row: Option<&Row>, kind: Kind, at: Timestamp) -> bool {
    row.and_then(|row| get::<Timestamp>(row, &rows::last_complete_at(kind))).is_some_and(|stored| stored > at)
}
