//! What one look at a scope brings home: items, each once, and why a kind was not read whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Gaps, Item, ItemKey, Kind, Observation, Scope};

use super::place::Nameless;

/// What a list shows: an item, or that one is there which nothing can be called by.
pub(super) type Found = Result<Item, Nameless>;

/// An observation in the making.
#[derive(Debug)]
pub(super) struct Gathering<'a> {
    scope: &'a Scope,
    wanted: &'a BTreeSet<Kind>,
    items: BTreeMap<ItemKey, Item>,
    failures: BTreeMap<Kind, Vec<String>>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(scope: &'a Scope, wanted: &'a BTreeSet<Kind>) -> Gathering<'a> {
        Gathering { scope, wanted, items: BTreeMap::new(), failures: BTreeMap::new() }
    }

    /// Keeps all that a list shows.
    pub(super) fn add_all(&mut self, found: impl IntoIterator<Item = Found>) {
        found.into_iter().for_each(|found| self.add(found));
    }

    /// Keeps an item, if its kind is wanted; of two with one key, the later. One that nothing can be called by makes its
    /// listing incomplete: who knows which item it was.
    fn add(&mut self, item: Found) {
        match item {
            Ok(item) if self.wanted.contains(&item.description.kind) => {
                self.items.insert(item.description.key(), item);
            }
            Ok(_) => {}
            Err(Nameless { kind, known }) => {
                tracing::warn!(scope = %self.scope, %kind, known, "an item without a usable id");
                self.fail(kind, format!("a {} without a usable id is listed ({known})", kind.label()));
            }
        }
    }

    /// Remembers why a kind was not read whole.
    pub(super) fn fail(&mut self, kind: Kind, why: String) {
        self.failures.entry(kind).or_default().push(why);
    }

    /// Makes the failures of a kind's parents its own: what hangs on an unread parent is unread.
    pub(super) fn inherit(&mut self, kind: Kind) {
        for parent in kind.parents() {
            let inherited = self.failures.get(parent).cloned().unwrap_or_default();
            self.failures.entry(kind).or_default().extend(inherited);
        }
    }

    /// The observation: one gap for each wanted kind that was not read whole.
    pub(super) fn observation(self) -> Observation {
        let gaps: Gaps = (self.failures.into_iter())
            .filter(|(kind, _)| self.wanted.contains(kind))
            .filter_map(|(kind, failures)| Some((kind, told(&failures)?)))
            .collect();
        Observation { items: self.items, gaps }
    }
}

/// Several failures as one text.
fn told(failures: &[String]) -> Option<String> {
    match failures {
        [] => None,
        [only] => Some(only.clone()),
        [first, more @ ..] => Some(format!("{first}; and {} more", more.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemDescription, State};

    fn item(scope: &Scope, kind: Kind, id: &str, word: &str) -> Found {
        let description = ItemDescription::bare(scope, &ItemKey::new(kind, id));
        Ok(Item { description: description.into(), state: State::of(kind, Some(word)) })
    }

    #[test]
    fn each_item_is_kept_once_and_as_it_was_read_last() {
        let (scope, wanted) = (Scope::regional("1", "us-east-1"), BTreeSet::from([Kind::Connection]));
        let mut gathering = Gathering::new(&scope, &wanted);
        gathering.add(item(&scope, Kind::Connection, "dxcon-1", "available"));
        gathering.add(item(&scope, Kind::Connection, "dxcon-1", "down"));
        gathering.add(item(&scope, Kind::Lag, "dxlag-1", "down"));
        let observation = gathering.observation();
        let read: Vec<_> = observation.items.iter().map(|(key, item)| format!("{key} {}", item.state)).collect();
        assert_eq!(read, ["connection/dxcon-1 down"]);
        assert_eq!(observation.gaps, Gaps::new());
    }

    #[test]
    fn several_failures_make_one_gap_and_only_of_a_wanted_kind() {
        let (scope, wanted) = (Scope::regional("1", "us-east-1"), BTreeSet::from([Kind::HostedConnection, Kind::Lag]));
        let mut gathering = Gathering::new(&scope, &wanted);
        gathering.fail(Kind::Interconnect, "interconnects failed".to_owned());
        gathering.fail(Kind::Lag, "LAGs failed".to_owned());
        gathering.inherit(Kind::HostedConnection);
        gathering.fail(Kind::HostedConnection, "dxcon-1 failed".to_owned());
        let expected = [(Kind::HostedConnection, "interconnects failed; and 2 more"), (Kind::Lag, "LAGs failed")];
        assert_eq!(gathering.observation().gaps, expected.map(|(kind, gap)| (kind, gap.to_owned())).into());
    }

    #[test]
    fn an_item_without_a_usable_id_is_a_gap() {
        let (scope, wanted) = (Scope::regional("1", "us-east-1"), BTreeSet::from([Kind::Lag]));
        let mut gathering = Gathering::new(&scope, &wanted);
        gathering.add(Err(Nameless::new(Kind::Lag, &[("name", Some("core"))])));
        let gap = r#"a LAG without a usable id is listed (name "core")"#;
        assert_eq!(gathering.observation().gaps, Gaps::from([(Kind::Lag, gap.to_owned())]));
    }
}
