//! Tests of coverage by parent: hosted connections, attachments and associations.

use super::*;
use crate::domain::{Observation, PollRow, Scope};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(minute * 60_000)
}

fn item(kind: Kind, change: impl FnOnce(&mut ItemDescription)) -> ItemDescription {
    let scope = if kind.is_global() { Scope::global("1") } else { Scope::regional("1", "us-east-1") };
    let mut item = ItemDescription::bare(&scope, &ItemKey::new(kind, "x"));
    change(&mut item);
    item
}

/// A hosted connection on an interconnect, on a LAG, or on both.
fn hosted(interconnect: &str, lag: &str) -> ItemDescription {
    let named = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    item(Kind::HostedConnection, |item| (item.interconnect_id, item.lag_id) = (named(interconnect), named(lag)))
}

fn snapshot(gap: Option<Extent>) -> Snapshot {
    let kind = Kind::HostedConnection;
    let gaps = gap.map(|gap| (kind, gap)).into_iter().collect();
    let observation = Observation { gaps, ..Observation::default() };
    let scope = Scope::regional("1", "us-east-1");
    Snapshot { scope, began: at(9), at: at(10), kinds: [kind].into(), observation }
}

fn children(parents: &[&str]) -> Option<Extent> {
    Some(Extent::Children(parents.iter().map(|parent| ((*parent).to_owned(), "denied".to_owned())).collect()))
}

/// The recalled state of hosted connections that were listed at minute 8, with these gaps.
fn recalled(gaps: &[(&str, Option<i64>, Option<i64>)]) -> Recalled {
    let gap =
        |since: Option<i64>, settled: Option<i64>| ParentGap { since: since.map(at), settled_at: settled.map(at) };
    let gaps = gaps.iter().map(|(parent, since, settled)| ((*parent).to_owned(), gap(*since, *settled)));
    let progress = KindProgress {
        baseline_at: Some(at(1)),
        last_complete_at: Some(at(8)),
        gaps: gaps.collect(),
        ..KindProgress::default()
    };
    let poll = PollRow { kinds: [(Kind::HostedConnection, progress)].into(), ..PollRow::default() };
    Recalled { poll: Some(poll), ..Recalled::nothing(Scope::regional("1", "us-east-1")) }
}

#[test]
fn an_item_is_covered_unless_one_of_its_parents_was_unread() {
    let denied = snapshot(children(&["i1", "l1"]));
    let covered = |interconnect, lag| denied.covers(&hosted(interconnect, lag));
    assert!(covered("i2", "") && covered("", "l2") && covered("i2", "l2"));
    assert!(!covered("i1", "") && !covered("", "l1"));
    assert!(!covered("i2", "l1") && !covered("i1", "l2"), "it may be in the other list alone");
    assert!(!snapshot(Some(Extent::Kind("throttled".to_owned()))).covers(&hosted("i2", "")));
    assert!(snapshot(None).covers(&hosted("i1", "")));
    assert!(!snapshot(None).covers(&item(Kind::Lag, |_| {})), "LAGs were not asked for");
}

#[test]
fn what_is_joined_to_a_gateway_may_be_listed_by_either_end() {
    let attachment = item(Kind::GatewayAttachment, |item| {
        item.direct_connect_gateway_id = Some("g".to_owned());
        item.virtual_interface_id = Some("v".to_owned());
    });
    assert_eq!(listed_under(&attachment).collect::<Vec<_>>(), ["g", "v"]);
    let association = item(Kind::GatewayAssociation, |item| {
        item.direct_connect_gateway_id = Some("g".to_owned());
        item.associated_gateway_id = Some("t".to_owned());
    });
    assert_eq!(listed_under(&association).collect::<Vec<_>>(), ["g", "t"]);
    let peer = item(Kind::BgpPeer, |item| item.virtual_interface_id = Some("v".to_owned()));
    assert_eq!(listed_under(&peer).count(), 0, "sessions come with their interfaces");
}

#[test]
fn an_item_is_watched_as_long_as_all_of_its_parents() {
    let recalled = recalled(&[("i1", Some(5), None), ("l1", Some(6), Some(4)), ("i2", None, None)]);
    let watched = |interconnect, lag| {
        let watched = recalled.watched(&hosted(interconnect, lag));
        let minute = |at: Option<Timestamp>| at.map(|at| at.milliseconds() / 60_000);
        (watched.has_baseline, minute(watched.last_complete_at), minute(watched.last_settled_at))
    };
    assert_eq!(watched("i3", ""), (true, Some(8), Some(8)));
    assert_eq!(watched("i1", ""), (true, Some(5), Some(5)));
    assert_eq!(watched("i1", "l1"), (true, Some(5), Some(4)));
    assert_eq!(watched("i2", "l1"), (false, None, None));
    assert_eq!(recalled.watched(&item(Kind::Lag, |_| {})), Watched::default());
}

#[test]
fn a_gap_begins_goes_on_and_ends() {
    let recalled = recalled(&[("i1", Some(5), None), ("i2", None, None)]);
    let progress = snapshot(children(&["i1", "i3"])).gap_progress(Kind::HostedConnection, &recalled);
    let begins = GapProgress::Begins(ParentGap { since: Some(at(8)), settled_at: None });
    let expected = [("i1", GapProgress::GoesOn), ("i2", GapProgress::Ends), ("i3", begins)];
    assert_eq!(progress, expected.map(|(parent, gap)| (parent.to_owned(), gap)).into());
}
