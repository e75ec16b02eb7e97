//! Finds items: all of them, or those that a text names.

use futures::{StreamExt, TryStreamExt, stream};

use super::CALLS_IN_FLIGHT;
use crate::{
    domain::{ItemKey, ItemPath, Kind, ListedScope, PollRow, Recalled, Scope, Timestamp},
    ports::History,
};

/// All that the store knows of a scope, and since when the scope is configured no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// What is recalled.
    pub recalled: Recalled,
    /// Since when the scope is configured no longer, as the list of scopes says.
    pub scope_retired_at: Option<Timestamp>,
}

impl Remembered {
    /// Since when items of `kind` are retired, because they or their scope are configured no longer; none while they are
    /// polled.
    pub fn retired_at(&self, kind: Kind) -> Option<Timestamp> {
        let poll = self.recalled.poll.as_ref();
        let kind = poll.and_then(|poll| poll.retired_at(kind));
        // A process reads the list of scopes once, and another one may have put this scope there meanwhile: what is polled
        // after that is polled.
        let last_poll_at = poll.and_then(PollRow::last_poll_at);
        let scope = self.scope_retired_at.filter(|retired_at| last_poll_at.is_none_or(|last| last <= *retired_at));
        [kind, scope].into_iter().flatten().min()
    }
}

/// Everything that is recalled of every scope.
pub async fn everything(history: &dyn History) -> anyhow::Result<Vec<Remembered>> {
    let scopes = stream::iter(history.scopes().await?);
    let remembered = async |ListedScope { scope, retired_at }| {
        let recalled = history.states(&scope).await?;
        anyhow::Ok(Remembered { recalled, scope_retired_at: retired_at })
    };
    scopes.map(remembered).buffered(CALLS_IN_FLIGHT).try_collect().await
}

/// The items that `text` names: by path, by kind and id, or by id alone.
///
/// Each item that the text could name is read by its key, so the time does not grow with the estate.
pub async fn find(history: &dyn History, text: &str) -> anyhow::Result<Vec<ItemPath>> {
    let candidates: Vec<ItemPath> = history
        .scopes()
        .await?
        .iter()
        .flat_map(|ListedScope { scope, .. }| {
            candidates(scope, text).into_iter().map(|key| ItemPath::new(scope.clone(), key))
        })
        .filter(|path| ItemKey::is_usable(&path.key.id))
        .collect();
    let found = stream::iter(candidates).map(async |path| {
        let row = history.state(&path).await?;
        anyhow::Ok(row.map(|_| path))
    });
    let found: Vec<Option<ItemPath>> = found.buffered(CALLS_IN_FLIGHT).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// The items that `text` could name in a scope.
fn candidates(scope: &Scope, text: &str) -> Vec<ItemKey> {
    let within = text.parse::<ItemPath>().ok().filter(|path| path.scope == *scope).map(|path| path.key);
    if let Some(key) = within.or_else(|| text.parse().ok()) {
        return vec![key];
    }
    // An id may hold slashes, and begin with anything.
    Kind::ALL.into_iter().filter(|kind| scope.holds(*kind)).map(|kind| ItemKey::new(kind, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(scope: &Scope, text: &str) -> Vec<String> {
        candidates(scope, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_names_one_item_and_an_id_one_of_each_kind() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let connection = ["connection/dxcon-1"];
        assert_eq!(named(&scope, "connection/dxcon-1"), connection);
        assert_eq!(named(&scope, "123456789012/us-east-1/connection/dxcon-1"), connection);
        assert_eq!(named(&scope, "bgp-peer/dxvif-1:ipv6:2001:db8::2/125"), ["bgp-peer/dxvif-1:ipv6:2001:db8::2/125"]);
        let anything = named(&scope, "dxvif-1:ipv6:2001:db8::2/125");
        assert_eq!(anything.len(), 9);
        assert!(anything.contains(&"bgp-peer/dxvif-1:ipv6:2001:db8::2/125".to_owned()));
        assert_eq!(named(&Scope::global("123456789012"), "c4f1e2d3").len(), 5);
        // The path of an item in another scope is taken as an id, which no item has.
        assert!(!named(&scope, "123456789012/eu-west-1/connection/dxcon-1").contains(&connection[0].to_owned()));
    }
}
