//! What one observation of a scope brings home: items, each once, and why a kind was not read whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Gaps, Health, Item, ItemKey, Kind, Observation, Scope, State};

use super::{
    failure::{Listed, says_not_found},
    origin::{Found, Nameless, Omission},
    parent::Parent,
};

/// An observation in the making.
#[derive(Debug)]
pub(super) struct Gathering<'a> {
    scope: &'a Scope,
    wanted: &'a BTreeSet<Kind>,
    items: BTreeMap<ItemKey, Item>,
    parents: BTreeMap<ItemKey, State>,
    failures: BTreeMap<Kind, Vec<String>>,
    /// How many rows of each kind name nothing, and what is known of the first.
    unidentified: BTreeMap<Kind, (u64, String)>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(scope: &'a Scope, wanted: &'a BTreeSet<Kind>) -> Gathering<'a> {
        Gathering {
            scope,
            wanted,
            items: BTreeMap::new(),
            parents: BTreeMap::new(),
            failures: BTreeMap::new(),
            unidentified: BTreeMap::new(),
        }
    }

    /// Keeps all that a list shows.
    pub(super) fn add_all(&mut self, found: impl IntoIterator<Item = Found>) {
        for found in found {
            match found {
                Ok(item) => self.add(item),
                Err(Omission::Elsewhere) => {}
                Err(Omission::Nameless(nameless)) => self.leave_out(nameless),
            }
        }
    }

    /// Keeps an item, if its kind is wanted, and of any other its state, for the sake of its children; of two with one
    /// key the living one, else the later. What is being deleted stands beside its successor for a while.
    fn add(&mut self, item: Item) {
        if !self.wanted.contains(&item.description.kind) {
            self.parents.insert(item.description.key(), item.state);
            return;
        }
        let is_going = |item: &Item| item.state.health() == Health::Removed;
        let key = item.description.key();
        if !(is_going(&item) && self.items.get(&key).is_some_and(|kept| !is_going(kept))) {
            self.items.insert(key, item);
        }
    }

    /// A row with a name and no id makes its listing incomplete: it is an item, and who knows which. One that names
    /// nothing is no item; AWS lists such rows for good, of what belongs to other accounts.
    fn leave_out(&mut self, Nameless { kind, has_name, known }: Nameless) {
        if has_name {
            self.fail(kind, format!("a {} without a usable id is listed ({known})", kind.label()));
        } else if self.wanted.contains(&kind) {
            self.unidentified.entry(kind).or_insert((0, known)).0 += 1;
        }
    }

    /// Remembers why a kind was not read whole.
    pub(super) fn fail(&mut self, kind: Kind, why: String) {
        self.failures.entry(kind).or_default().push(why);
    }

    /// Notes a list of a kind that was not read to its end in `region`.
    pub(super) fn note<T>(&mut self, kind: Kind, list: &str, region: &str, listing: &Listed<T>) {
        if let Some(failure) = &listing.failure {
            self.fail(kind, format!("{list} in {region}, {failure}"));
        }
    }

    /// The same of a list of the children of `parent`. One that is going, or that AWS says is not there any more, has
    /// none.
    pub(super) fn note_of<T>(&mut self, kind: Kind, list: &str, parent: &Parent, region: &str, listing: &Listed<T>) {
        if !parent.is_going && !listing.is_refused(says_not_found) {
            self.note(kind, &format!("{list} of {}", parent.id.escape_debug()), region, listing);
        }
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
        for (kind, (count, known)) in &self.unidentified {
            tracing::warn!(scope = %self.scope, %kind, count, known, "rows that name nothing are left out");
        }
        let gaps: Gaps = (self.failures.into_iter())
            .filter(|(kind, _)| self.wanted.contains(kind))
            .filter_map(|(kind, failures)| Some((kind, summary(&failures)?)))
            .collect();
        let unidentified = self.unidentified.values().map(|(count, _)| count).sum();
        Observation { items: self.items, gaps, unidentified, parents: self.parents }
    }
}

/// Several failures as one text.
fn summary(failures: &[String]) -> Option<String> {
    match failures {
        [] => None,
        [only] => Some(only.clone()),
        [first, more @ ..] => Some(format!("{first}; and {} more", more.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::paging::{Cause, ListingFailure},
        *,
    };
    use crate::{aws::failure::CallFailure, domain::ItemDescription};

    fn item(scope: &Scope, kind: Kind, id: &str, word: &str) -> Found {
        let description = ItemDescription::bare(scope, &ItemKey::new(kind, id));
        Ok(Item { description: description.into(), state: State::of(kind, Some(word)) })
    }

    fn gathered(wanted: &[Kind], gather: impl FnOnce(&Scope, &mut Gathering<'_>)) -> Observation {
        let (scope, wanted) = (Scope::regional("1", "us-east-1"), wanted.iter().copied().collect());
        let mut gathering = Gathering::new(&scope, &wanted);
        gather(&scope, &mut gathering);
        gathering.observation()
    }

    fn lines(observation: &Observation) -> Vec<String> {
        observation.items.iter().map(|(key, item)| format!("{key} {}", item.state)).collect()
    }

    #[test]
    fn each_item_is_kept_once_and_as_it_was_read_last() {
        let observation = gathered(&[Kind::Connection], |scope, gathering| {
            gathering.add_all([
                item(scope, Kind::Connection, "dxcon-1", "available"),
                item(scope, Kind::Connection, "dxcon-1", "down"),
                item(scope, Kind::Lag, "dxlag-1", "down"),
                Err(Omission::Elsewhere),
            ]);
        });
        assert_eq!(lines(&observation), ["connection/dxcon-1 down"]);
        let parents: Vec<_> = observation.parents.iter().map(|(key, state)| format!("{key} {state}")).collect();
        assert_eq!(parents, ["lag/dxlag-1 down"], "of a kind that is not wanted no more than what its children need");
        assert_eq!((observation.gaps, observation.unidentified), (Gaps::new(), 0));
    }

    #[test]
    fn of_two_with_one_key_the_living_one_is_kept() {
        for (words, kept) in [
            (["deleting", "pending"], "pending"),
            (["pending", "deleting"], "pending"),
            (["deleted", "deleting"], "deleting"),
            (["down", "pending"], "pending"),
        ] {
            let observation = gathered(&[Kind::BgpPeer], |scope, gathering| {
                gathering.add_all(words.map(|word| item(scope, Kind::BgpPeer, "dxvif-1:ipv4", word)));
            });
            assert_eq!(lines(&observation), [format!("bgp-peer/dxvif-1:ipv4 {kept}")], "{words:?}");
        }
    }

    #[test]
    fn several_failures_make_one_gap_and_only_of_a_wanted_kind() {
        let observation = gathered(&[Kind::HostedConnection, Kind::Lag], |_, gathering| {
            gathering.fail(Kind::Interconnect, "interconnects failed".to_owned());
            gathering.fail(Kind::Lag, "LAGs failed".to_owned());
            gathering.inherit(Kind::HostedConnection);
            gathering.fail(Kind::HostedConnection, "dxcon-1 failed".to_owned());
        });
        let expected = [(Kind::HostedConnection, "interconnects failed; and 2 more"), (Kind::Lag, "LAGs failed")];
        assert_eq!(observation.gaps, expected.map(|(kind, gap)| (kind, gap.to_owned())).into());
    }

    #[test]
    fn an_item_with_a_name_and_no_usable_id_is_a_gap() {
        let observation = gathered(&[Kind::Lag], |_, gathering| {
            gathering.add_all([Err(Omission::nameless(Kind::Lag, Some("core"), &[]))]);
        });
        let gap = r#"a LAG without a usable id is listed (name "core")"#;
        assert_eq!(observation.gaps, Gaps::from([(Kind::Lag, gap.to_owned())]));
        assert_eq!(observation.unidentified, 0);
    }

    #[test]
    fn rows_that_name_nothing_are_counted_and_no_gap() {
        let nothing = |kind| Err(Omission::nameless(kind, None, &[("owner", Some("1"))]));
        let observation = gathered(&[Kind::Lag, Kind::BgpPeer], |_, gathering| {
            gathering.add_all([nothing(Kind::Lag), nothing(Kind::Lag), nothing(Kind::BgpPeer)]);
            gathering.add_all([nothing(Kind::Connection)]);
        });
        assert_eq!((observation.gaps, observation.unidentified), (Gaps::new(), 3), "of a kind that is not wanted none");
    }

    #[test]
    fn a_parent_that_is_gone_makes_no_gap() {
        let listing = |code, message| Listed::<()> {
            items: Vec::new(),
            failure: Some(ListingFailure { page: 1, cause: Cause::Call(CallFailure::answered(Some(code), message)) }),
        };
        let gaps = |is_going, code, message| {
            gathered(&[Kind::GatewayAttachment], |_, gathering| {
                let (parent, listing) = (Parent { id: "gateway-1".to_owned(), is_going }, listing(code, message));
                gathering.note_of(Kind::GatewayAttachment, "Describe", &parent, "us-east-1", &listing);
            })
            .gaps
        };
        let gone = "Direct Connect Gateway gateway-1 does not exist";
        assert_eq!(gaps(false, "DirectConnectClientException", gone), Gaps::new());
        assert_eq!(gaps(true, "AccessDeniedException", "No."), Gaps::new());
        let gap = "Describe of gateway-1 in us-east-1, page 1: AccessDeniedException: No.".to_owned();
        assert_eq!(gaps(false, "AccessDeniedException", "No."), Gaps::from([(Kind::GatewayAttachment, gap)]));
    }
}
