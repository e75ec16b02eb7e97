//! The recalled rows with the effects of the poll's own writes: as the store has them by now.

use std::collections::BTreeSet;

use crate::domain::{FoldStep, IncidentRow, ItemKey, Recalled, SinkName, StateRow, Transition};

/// The transitions of this poll that are folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded(BTreeSet<(ItemKey, u64)>);

impl Folded {
    /// Whether a transition is folded.
    pub(super) fn has(&self, transition: &Transition) -> bool {
        self.0.contains(&(transition.key(), transition.sequence))
    }

    /// Lets `known` be the scope after `transitions` were recorded and `steps` written.
    pub(super) fn take_in(&mut self, known: &mut Recalled, transitions: &[&Transition], steps: &[FoldStep]) {
        for transition in transitions {
            let key = transition.key();
            self.0.insert((key.clone(), transition.sequence));
            let old = known.states.remove(&key);
            known.states.insert(key, recorded(old, transition));
        }
        for step in steps {
            take_in(known, step);
        }
    }
}

/// An item's row after a transition.
fn recorded(old: Option<StateRow>, transition: &Transition) -> StateRow {
    let (announced, group) = old.map(|row| (row.announced, row.group)).unwrap_or_default();
    StateRow { announced, group, ..transition.row() }
}

fn take_in(after: &mut Recalled, step: &FoldStep) {
    if let Some(resilience) = &step.resilience {
        after.resilience = Some(resilience.clone());
    }
    for member in &step.members {
        if let Some(row) = after.states.get_mut(&member.key) {
            row.announced.insert(SinkName::INCIDENTS.as_str().to_owned(), member.cursor);
            row.group = member.group;
        }
    }
    for incident in &step.incidents {
        let mut announced = after.incidents.get(&incident.id).map(|row| row.announced.clone()).unwrap_or_default();
        announced.extend(incident.passed_by.iter().map(|sink| (sink.as_str().to_owned(), incident.sequence)));
        let row = IncidentRow {
            state: incident.state.clone(),
            sequence: incident.sequence,
            announced,
            expires_at: incident.expires_at,
        };
        after.incidents.insert(incident.id, row);
    }
}
