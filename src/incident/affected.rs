//! The root and the members of an incident, as its documents name them.

use std::sync::Arc;

use super::{
    book::Book,
    estate::{Entry, Place},
};
use crate::domain::{Affected, AffectedItem, IncidentRoot, ItemDescription, Root};

/// How many members a document lists.
const MEMBERS_LISTED: usize = 20;

/// The root, as a document has it.
pub(super) fn root(book: &Book<'_>, root: &Root) -> IncidentRoot {
    let entry = root.key().and_then(|key| book.estate.find(&key)).map(|place| &book.estate.entries[place]);
    let item = entry.map(|entry| Arc::clone(&entry.item));
    let text = |value: fn(&ItemDescription) -> &Option<String>| item.as_deref().and_then(|item| value(item).clone());
    IncidentRoot {
        kind: root.kind,
        id: root.id.clone(),
        name: text(|item| &item.name),
        arn: text(|item| &item.arn),
        location: text(|item| &item.location),
        device: entry.and_then(Entry::device).map(str::to_owned),
        state: entry.and_then(|entry| Some(entry.level.as_ref()?.state.value().to_owned())),
    }
}

/// The members: the root first, then from the cables upwards.
pub(super) fn affected(book: &Book<'_>, root: &Root, members: &[Place]) -> Affected {
    let root = root.key();
    let mut members: Vec<&Entry> = members.iter().map(|place| &book.estate.entries[*place]).collect();
    members.sort_by_key(|entry| (Some(&entry.key) != root.as_ref(), entry.key.kind.layer(), entry.key.clone()));
    let mut affected = Affected { count: members.len() as u64, ..Affected::default() };
    for entry in &members {
        *affected.by_kind.entry(entry.key.kind).or_default() += 1;
    }
    affected.more = members.len().saturating_sub(MEMBERS_LISTED) as u64;
    let items = members.into_iter().take(MEMBERS_LISTED).filter_map(|entry| {
        let level = entry.level.as_ref()?;
        Some(AffectedItem {
            kind: entry.key.kind,
            id: entry.key.id.clone(),
            name: entry.item.name.clone(),
            arn: entry.item.arn.clone(),
            state: level.state.value().to_owned(),
            since: level.since,
        })
    });
    affected.items = items.collect();
    affected
}
