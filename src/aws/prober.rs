//! The sweep's look into an account: connections and virtual interfaces of each region, gateways once.

use std::{collections::BTreeSet, rc::Rc};

use async_trait::async_trait;

use super::{direct_connect::DirectConnectInventory, member_inventories::MemberInventories};
use crate::{
    domain::{Caller, Denial, Kind, NoAccess, Observation, Outcome, Scope, Timestamp, Visit, Whose},
    ports::{Inventory, Prober},
};

/// What a probe looks for: an account that has anything of Direct Connect has one of these.
const LOOKED_FOR: [Kind; 3] = [Kind::Connection, Kind::VirtualInterface, Kind::DirectConnectGateway];

/// A look into accounts, with the roles that they have for the caller.
pub struct AccountProber<'a> {
    /// The caller's own account.
    pub own: &'a DirectConnectInventory,
    /// The others.
    pub members: &'a MemberInventories,
    /// Whose roles are assumed.
    pub caller: &'a Caller,
    /// The regions to look into.
    pub regions: &'a [String],
}

impl AccountProber<'_> {
    async fn look(&self, account: &str, began: Timestamp) -> Result<Outcome, NoAccess> {
        let member: Rc<DirectConnectInventory>;
        let inventory = match self.caller.whose(account) {
            Whose::Own => self.own,
            Whose::Another => {
                member = self.members.of(account, self.caller, began).await?;
                &*member
            }
        };
        let inventory = inventory.in_partition(&self.caller.partition);
        let kinds = BTreeSet::from(LOOKED_FOR);
        let mut seen = Vec::new();
        let regional = self.regions.iter().map(|region| Scope::regional(account, region.clone()));
        for scope in regional.chain([Scope::global(account)]) {
            let observation = inventory.observe(&scope, &kinds).await;
            seen.push((scope, observation));
        }
        Ok(outcome(&seen))
    }
}

/// What was seen, for the roster. A probe does not see everything: what an account has besides is counted by its first poll.
///
/// Where nothing was found and not even the gateways could be listed, the account was not reached: its credentials are not
/// accepted, or it is throttled. A single region that refuses, or that the account has not enabled, is no such sign.
fn outcome(seen: &[(Scope, Observation)]) -> Outcome {
    let is_empty = seen.iter().all(|(_, observation)| observation.items.is_empty());
    let global = seen.iter().find(|(scope, _)| scope.is_global());
    let unread = global.and_then(|(_, observation)| observation.gaps.values().next());
    if let Some(extent) = unread.filter(|_| is_empty) {
        let why = extent.reasons().first().map(|(_, why)| (*why).to_owned());
        return Outcome::Failed(why.unwrap_or_default());
    }
    let count = |(scope, observation): &(Scope, Observation)| {
        (scope.region().to_owned(), u64::try_from(observation.items.len()).unwrap_or(u64::MAX))
    };
    Outcome::Reached { items: seen.iter().map(count).collect(), is_complete: false, has_changed: false }
}

#[async_trait(?Send)]
impl Prober for AccountProber<'_> {
    async fn probe(&self, account: &str, began: Timestamp) -> Visit {
        let outcome = match self.look(account, began).await {
            Ok(outcome) => outcome,
            Err(NoAccess { denial: Denial::Refused, reason, .. }) => Outcome::Refused(reason),
            Err(NoAccess { reason, .. }) => Outcome::Failed(reason),
        };
        if matches!(outcome, Outcome::Failed(_)) && self.caller.whose(account) == Whose::Another {
            self.members.forget(account).await;
        }
        Visit { account: account.to_owned(), began, outcome }
    }

    fn calls(&self) -> u32 {
        let regional = LOOKED_FOR.iter().filter(|kind| !kind.is_global()).count();
        u32::try_from(self.regions.len() * regional + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extent, Item, ItemDescription, ItemKey, State};

    fn seen(region: &str, kind: Kind, items: usize, gap: Option<&str>) -> (Scope, Observation) {
        let scope = if kind.is_global() { Scope::global("1") } else { Scope::regional("1", region) };
        let mut observation = Observation::default();
        for number in 0..items {
            let key = ItemKey::new(kind, format!("dx-{number}"));
            let description = ItemDescription::bare(&scope, &key).into();
            observation.items.insert(key, Item { description, state: State::of(kind, Some("available")) });
        }
        observation.gaps.extend(gap.map(|why| (kind, Extent::Kind(why.to_owned()))));
        (scope, observation)
    }

    #[test]
    fn what_is_found_is_counted_by_region_and_never_complete() {
        let found = outcome(&[
            seen("us-east-1", Kind::Connection, 2, None),
            seen("eu-west-1", Kind::Connection, 0, Some("AccessDenied")),
            seen("", Kind::DirectConnectGateway, 1, None),
        ]);
        let items = [("us-east-1", 2), ("eu-west-1", 0), ("global", 1)];
        let items = items.map(|(region, count)| (region.to_owned(), count)).into();
        assert_eq!(found, Outcome::Reached { items, is_complete: false, has_changed: false });
    }

    #[test]
    fn an_account_is_not_reached_where_nothing_is_found_and_no_gateway_can_be_listed() {
        let of = |connections, gateways| {
            outcome(&[
                seen("us-east-1", Kind::Connection, connections, (connections == 0).then_some("No.")),
                seen("", Kind::DirectConnectGateway, 0, gateways),
            ])
        };
        assert_eq!(of(0, Some("UnrecognizedClient")), Outcome::Failed("UnrecognizedClient".to_owned()));
        assert!(matches!(of(1, Some("Throttling")), Outcome::Reached { .. }));
        assert!(matches!(of(0, None), Outcome::Reached { .. }), "the region may not be enabled");
    }
}
