//! Collects the result of one observation of a scope: items, each once, and why a kind was not read completely.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Accepted, Extent, Gaps, Health, Item, ItemKey, Kind, KindTurns, Observation, Scope, State, Turns};

use super::{
    failure::{Listed, is_not_found},
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
    /// The parents whose children were asked for, in that order, each with why its children were not read; none where
    /// they were.
    children: BTreeMap<Kind, Vec<(String, Option<String>)>>,
    /// How many rows of each kind have neither id nor name, and what is known of the first.
    unidentified: BTreeMap<Kind, (u64, String)>,
    /// What was not asked for on purpose.
    turns: Turns,
    /// What is accepted over virtual interfaces, by interface and address family.
    accepted: BTreeMap<(String, String), Accepted>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(scope: &'a Scope, wanted: &'a BTreeSet<Kind>) -> Gathering<'a> {
        Gathering {
            scope,
            wanted,
            items: BTreeMap::new(),
            parents: BTreeMap::new(),
            failures: BTreeMap::new(),
            children: BTreeMap::new(),
            unidentified: BTreeMap::new(),
            turns: Turns::new(),
            accepted: BTreeMap::new(),
        }
    }

    /// Keeps all rows of a list.
    pub(super) fn add_all(&mut self, found: impl IntoIterator<Item = Found>) {
        for found in found {
            if let Some((kind, why)) = self.take(found) {
                self.fail(kind, why);
            }
        }
    }

    /// Keeps all rows of a list of the children of `parent`, and notes a list that was not read to its end. A parent
    /// that is being removed, or that AWS no longer finds, counts as having no more children.
    pub(super) fn add_children(
        &mut self,
        kind: Kind,
        list: &str,
        parent: &Parent,
        region: &str,
        listing: Listed<Found>,
    ) {
        let is_gone = listing.failure.is_some() && (parent.is_going || listing.is_refused(is_not_found));
        let failure = listing.failure.as_ref().filter(|_| !is_gone);
        let mut why = failure.map(|failure| format!("{list} of {} in {region}, {failure}", parent.id.escape_debug()));
        for found in listing.items {
            why = self.take(found).map(|(_, nameless)| nameless).or(why);
        }
        if !is_gone {
            self.children.entry(kind).or_default().push((parent.id.clone(), why));
        }
    }

    /// Notes what of a kind was not asked for on purpose, and each list of it that was to be read, with why it was not.
    pub(super) fn take_turns(
        &mut self,
        kind: Kind,
        turns: KindTurns,
        lists: impl IntoIterator<Item = (String, Option<String>)>,
    ) {
        self.turns.insert(kind, turns);
        self.children.entry(kind).or_default().extend(lists);
    }

    /// Keeps what is accepted over virtual interfaces.
    pub(super) fn accepts(&mut self, accepted: BTreeMap<(String, String), Accepted>) {
        self.accepted.extend(accepted);
    }

    /// Keeps one row. Returns the kind whose listing it makes incomplete, if it does, and why.
    fn take(&mut self, found: Found) -> Option<(Kind, String)> {
        match found {
            Ok(item) => self.add(item),
            Err(Omission::Elsewhere) => {}
            Err(Omission::Nameless(nameless)) => return self.leave_out(nameless),
        }
        None
    }

    /// Keeps an item, if its kind is wanted. Of an item of another kind it keeps the state only, which its children
    /// need. AWS lists an item that is being deleted beside its successor for a while: of two items with the same key,
    /// the one that is not being removed is kept, else the later.
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

    /// Leaves out a row without a usable id. One with a name makes its listing incomplete, since it is an item and it
    /// is unknown which. One without either is not an item: AWS permanently lists such rows for what belongs to other
    /// accounts.
    fn leave_out(&mut self, Nameless { kind, has_name, known }: Nameless) -> Option<(Kind, String)> {
        if has_name {
            return Some((kind, format!("a {} without a usable id is listed ({known})", kind.label())));
        }
        if self.wanted.contains(&kind) {
            self.unidentified.entry(kind).or_insert((0, known)).0 += 1;
        }
        None
    }

    /// Notes why a kind was not read completely.
    pub(super) fn fail(&mut self, kind: Kind, why: String) {
        self.failures.entry(kind).or_default().push(why);
    }

    /// Notes a list of a kind that was not read to its end in `region`.
    pub(super) fn note<T>(&mut self, kind: Kind, list: &str, region: &str, listing: &Listed<T>) {
        if let Some(failure) = &listing.failure {
            self.fail(kind, format!("{list} in {region}, {failure}"));
        }
    }

    /// Adds the failures of a kind's parents to its own: what belongs to an unread parent is unread.
    pub(super) fn inherit(&mut self, kind: Kind) {
        for parent in kind.parents() {
            let inherited = self.failures.get(parent).cloned().unwrap_or_default();
            self.failures.entry(kind).or_default().extend(inherited);
        }
    }

    /// How much of a kind was not read: the children of some parents, or the whole kind, also where no parent's
    /// children were read.
    fn extent(&mut self, kind: Kind) -> Option<Extent> {
        let mut failures = self.failures.remove(&kind).unwrap_or_default();
        let children = self.children.remove(&kind).unwrap_or_default();
        let is_partly_read = children.iter().any(|(_, why)| why.is_none());
        let unread = children.into_iter().filter_map(|(parent, why)| Some((parent, why?)));
        if failures.is_empty() && is_partly_read {
            let unread: BTreeMap<String, String> = unread.collect();
            return (!unread.is_empty()).then_some(Extent::Children(unread));
        }
        failures.extend(unread.map(|(_, why)| why));
        summary(&failures).map(Extent::Kind)
    }

    /// The observation, with one gap for each wanted kind that was not read completely.
    pub(super) fn observation(mut self) -> Observation {
        for (kind, (count, known)) in &self.unidentified {
            tracing::warn!(scope = %self.scope, %kind, count, known, "rows that name nothing are left out");
        }
        let gaps: Gaps = (self.wanted.iter()).filter_map(|kind| Some((*kind, self.extent(*kind)?))).collect();
        let unidentified = self.unidentified.values().map(|(count, _)| count).sum();
        let Gathering { items, turns, parents, accepted, .. } = self;
        Observation { items, gaps, turns, unidentified, parents, accepted }
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
        assert_eq!(observation.gaps, expected.map(|(kind, gap)| (kind, Extent::Kind(gap.to_owned()))).into());
    }

    #[test]
    fn an_item_with_a_name_and_no_usable_id_is_a_gap() {
        let observation = gathered(&[Kind::Lag], |_, gathering| {
            gathering.add_all([Err(Omission::nameless(Kind::Lag, Some("core"), &[]))]);
        });
        let gap = r#"a LAG without a usable id is listed (name "core")"#;
        assert_eq!(observation.gaps, Gaps::from([(Kind::Lag, Extent::Kind(gap.to_owned()))]));
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

    fn listing(failure: Option<(&str, &str)>) -> Listed<Found> {
        let failure = failure.map(|(code, message)| ListingFailure {
            page: 1,
            cause: Cause::Call(CallFailure::answered(Some(code), message)),
        });
        Listed { items: Vec::new(), failure }
    }

    const DENIED: Option<(&str, &str)> = Some(("AccessDeniedException", "No."));
    const WHY: &str = "Describe of gateway-1 in us-east-1, page 1: AccessDeniedException: No.";

    /// The gap in the attachments of these gateways, of which the first is going or not.
    fn gap(is_going: bool, gateways: &[(&str, Option<(&str, &str)>)]) -> Option<Extent> {
        let kind = Kind::GatewayAttachment;
        let observation = gathered(&[kind], |_, gathering| {
            for (place, (id, failure)) in gateways.iter().enumerate() {
                let parent = Parent { id: (*id).to_owned(), is_going: is_going && place == 0 };
                gathering.add_children(kind, "Describe", &parent, "us-east-1", listing(*failure));
            }
        });
        observation.gaps.get(&kind).cloned()
    }

    #[test]
    fn a_parent_that_is_gone_makes_no_gap() {
        let gone = Some(("DirectConnectClientException", "Direct Connect Gateway gateway-1 does not exist"));
        assert_eq!(gap(false, &[("gateway-1", gone)]), None);
        assert_eq!(gap(true, &[("gateway-1", DENIED)]), None);
        assert_eq!(gap(false, &[("gateway-1", DENIED)]), Some(Extent::Kind(WHY.to_owned())));
    }

    #[test]
    fn one_parents_children_are_a_gap_of_their_own_unless_no_others_were_read() {
        let of_one = Extent::Children([("gateway-1".to_owned(), WHY.to_owned())].into());
        assert_eq!(gap(false, &[("gateway-1", DENIED), ("gateway-2", None)]), Some(of_one));
        let all = gap(false, &[("gateway-1", DENIED), ("gateway-2", DENIED)]);
        assert_eq!(all, Some(Extent::Kind(format!("{WHY}; and 1 more"))));
        let but_one_that_is_going = gap(true, &[("gateway-2", DENIED), ("gateway-1", DENIED)]);
        assert_eq!(but_one_that_is_going, Some(Extent::Kind(WHY.to_owned())));
        assert_eq!(gap(false, &[("gateway-1", None), ("gateway-2", None)]), None);
    }

    #[test]
    fn where_not_all_parents_are_known_the_whole_kind_is_a_gap() {
        let observation = gathered(&[Kind::HostedConnection], |_, gathering| {
            gathering.fail(Kind::Lag, "LAGs failed".to_owned());
            gathering.inherit(Kind::HostedConnection);
            for (id, failure) in [("gateway-1", DENIED), ("gateway-2", None)] {
                let parent = Parent { id: id.to_owned(), is_going: false };
                gathering.add_children(Kind::HostedConnection, "Describe", &parent, "us-east-1", listing(failure));
            }
        });
        let gap = Extent::Kind("LAGs failed; and 1 more".to_owned());
        assert_eq!(observation.gaps, Gaps::from([(Kind::HostedConnection, gap)]));
    }

    #[test]
    fn a_child_with_a_name_and_no_usable_id_is_a_gap_of_its_parent() {
        let observation = gathered(&[Kind::HostedConnection], |_, gathering| {
            for (id, name) in [("dxcon-1", Some("core")), ("dxcon-2", None)] {
                let (parent, kind) = (Parent { id: id.to_owned(), is_going: false }, Kind::HostedConnection);
                let nameless = Err(Omission::nameless(kind, name, &[]));
                let listing = Listed { items: vec![nameless], failure: None };
                gathering.add_children(kind, "Describe", &parent, "us-east-1", listing);
            }
        });
        let parents =
            [("dxcon-1".to_owned(), "a hosted connection without a usable id is listed (name \"core\")".to_owned())];
        assert_eq!(observation.gaps, Gaps::from([(Kind::HostedConnection, Extent::Children(parents.into()))]));
        assert_eq!(observation.unidentified, 1);
    }
}
