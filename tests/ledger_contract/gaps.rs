//! Gaps in the children of single parents: since when these are unread, and the unmonitored time when they are read again.

use std::collections::BTreeMap;

use aws_dx_monitor::{
    domain::{CoveragePath, GapProgress, Kind, ParentGap, Span, Unmonitored},
    ports::{Covering, History, Ledger, Progress},
};

use super::rig::{EXPIRES_AT, Rig, at};

const KIND: Kind = Kind::HostedConnection;
const GOES_ON: GapProgress = GapProgress::GoesOn;
const ENDS: GapProgress = GapProgress::Ends;

fn begins(since: i64) -> GapProgress {
    GapProgress::Begins(ParentGap { since: Some(at(since)), settled_at: None })
}

fn gap(since: i64) -> ParentGap {
    ParentGap { since: Some(at(since)), settled_at: None }
}

/// The progress of a poll at `second` that recalled the last complete listing at `recalled`.
fn poll(second: i64, recalled: Option<i64>, gaps: &[(&str, GapProgress)]) -> Progress {
    let parents = gaps.iter().map(|(parent, gap)| ((*parent).to_owned(), *gap)).collect();
    let recalled = recalled.map(|recalled| (KIND, at(recalled))).into_iter().collect();
    Progress { gaps: [(KIND, parents)].into(), recalled, ..Progress::listed(at(second), [KIND]) }
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn learn(&self, second: i64, recalled: Option<i64>, gaps: &[(&str, GapProgress)]) {
        self.ledger.progress(&self.scope, &poll(second, recalled, gaps)).await.unwrap();
    }

    async fn gaps(&self) -> BTreeMap<String, ParentGap> {
        self.poll().await.kinds.remove(&KIND).unwrap_or_default().gaps
    }

    fn stretch(&self, parent: &str, from: i64, to: i64) -> Unmonitored {
        CoveragePath::new(self.scope.clone(), KIND).of_children(parent).stretch(at(from), at(to))
    }

    async fn cover_children(&self, parent: &str, from: i64, to: i64) -> Covering {
        self.ledger.cover(&self.stretch(parent, from, to), EXPIRES_AT).await.unwrap()
    }

    async fn covered_children(&self, parent: &str) -> Vec<Unmonitored> {
        let path = CoveragePath::new(self.scope.clone(), KIND).of_children(parent);
        self.ledger.unmonitored(&path, Span::ALWAYS).await.unwrap()
    }
}

fn gaps_of(gaps: &[(&str, ParentGap)]) -> BTreeMap<String, ParentGap> {
    gaps.iter().map(|(parent, gap)| ((*parent).to_owned(), *gap)).collect()
}

pub async fn a_gap_under_a_parent_begins_and_ends(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(0, None, &[]).await;
    rig.learn(60, Some(0), &[("dxcon-1", begins(0))]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", gap(0))]));
    assert_eq!(rig.poll().await.last_complete_at(KIND), Some(at(60)), "the kind moves on");
    rig.learn(120, Some(60), &[("dxcon-1", ENDS)]).await;
    assert_eq!(rig.gaps().await, BTreeMap::new());
    assert_eq!(rig.poll().await.last_complete_at(KIND), Some(at(120)));
}

pub async fn a_gap_under_a_parent_that_was_never_listed_has_no_beginning(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(0, None, &[("dxcon-1", GapProgress::Begins(ParentGap::default()))]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", ParentGap::default())]));
    rig.learn(60, Some(0), &[("dxcon-1", GOES_ON)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", ParentGap::default())]));
    rig.learn(120, Some(60), &[("dxcon-1", ENDS)]).await;
    assert_eq!(rig.gaps().await, BTreeMap::new());
}

pub async fn a_gap_that_is_there_stays_as_it_is(rig: Rig<'_, impl Ledger + History>) {
    let settled = ParentGap { since: Some(at(0)), settled_at: Some(at(-60)) };
    rig.learn(60, None, &[("dxcon-1", GapProgress::Begins(settled))]).await;
    rig.learn(120, Some(60), &[("dxcon-1", begins(60))]).await;
    rig.learn(180, Some(120), &[("dxcon-1", GOES_ON)]).await;
    rig.learn(240, Some(180), &[("dxcon-2", begins(180))]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", settled), ("dxcon-2", gap(180))]));
}

pub async fn gaps_are_kept_apart_by_kind_and_parent_and_scope(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    let parents = [("dxcon-1", begins(0)), ("dxcon-11", begins(1)), ("dxcon-1/1", begins(2))];
    rig.learn(60, None, &parents).await;
    elsewhere.learn(60, None, &parents).await;
    let other = Kind::GatewayAttachment;
    let attachments = Progress {
        complete: [other].into(),
        gaps: [(other, [("dxcon-1".to_owned(), begins(3))].into())].into(),
        ..poll(60, None, &[])
    };
    rig.ledger.progress(&rig.scope, &attachments).await.unwrap();
    rig.learn(120, Some(60), &[("dxcon-1", ENDS)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-11", gap(1)), ("dxcon-1/1", gap(2))]));
    assert_eq!(rig.poll().await.kinds[&other].gaps, gaps_of(&[("dxcon-1", gap(3))]));
    assert_eq!(elsewhere.gaps().await.len(), 3);
}

pub async fn hundreds_of_gaps_begin_and_end_at_once(rig: Rig<'_, impl Ledger + History>) {
    let parents: Vec<String> = (0..230).map(|number| format!("dxcon-fg{number:06}")).collect();
    let all = |gap| parents.iter().map(|parent| (parent.as_str(), gap)).collect::<Vec<_>>();
    rig.learn(0, None, &[]).await;
    rig.learn(60, Some(0), &all(begins(0))).await;
    assert_eq!(rig.gaps().await.len(), 230);
    assert_eq!(rig.gaps().await["dxcon-fg000229"], gap(0));
    rig.learn(120, Some(60), &all(GOES_ON)).await;
    assert_eq!((rig.gaps().await.len(), rig.poll().await.last_complete_at(KIND)), (230, Some(at(120))));
    rig.learn(180, Some(120), &all(ENDS)).await;
    assert_eq!((rig.gaps().await.len(), rig.poll().await.last_complete_at(KIND)), (0, Some(at(180))));
}

pub async fn any_parent_reads_back(rig: Rig<'_, impl Ledger + History>) {
    let parents =
        ["a/b", "/", "gap_since/lag/x", "x'; DROP TABLE parent_gaps --", "\u{1f50c} \n", "#n0", ":v0", "a.b[0]"];
    let all = |gap| parents.iter().map(|parent| (*parent, gap)).collect::<Vec<_>>();
    rig.learn(60, None, &all(begins(0))).await;
    assert_eq!(rig.gaps().await.into_keys().collect::<Vec<_>>(), {
        let mut sorted = parents.map(str::to_owned).to_vec();
        sorted.sort();
        sorted
    });
    for parent in parents {
        assert_eq!(rig.cover_children(parent, 0, 2_000).await, Covering::Written, "{parent:?}");
        assert_eq!(rig.covered_children(parent).await, [rig.stretch(parent, 0, 2_000)], "{parent:?}");
    }
    rig.learn(2_000, Some(60), &all(ENDS)).await;
    assert_eq!(rig.gaps().await, BTreeMap::new());
}

pub async fn a_kind_that_is_ahead_keeps_its_gaps(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(120, None, &[("dxcon-1", begins(0))]).await;
    rig.learn(60, None, &[("dxcon-1", ENDS)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", gap(0))]), "an older poll ends nothing");
    rig.learn(180, Some(120), &[("dxcon-1", ENDS)]).await;
    rig.learn(150, Some(120), &[("dxcon-1", GOES_ON)]).await;
    assert_eq!((rig.gaps().await, rig.poll().await.last_complete_at(KIND)), (BTreeMap::new(), Some(at(180))));
}

pub async fn a_gap_that_goes_on_and_was_ended_begins_with_the_last_listing(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(60, None, &[("dxcon-1", begins(0)), ("dxcon-2", begins(0))]).await;
    // Another poll reads one of them, and this one, which recalled before that, cannot.
    rig.learn(90, Some(60), &[("dxcon-1", ENDS), ("dxcon-2", GOES_ON)]).await;
    rig.learn(120, Some(60), &[("dxcon-1", GOES_ON), ("dxcon-2", GOES_ON)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", gap(90)), ("dxcon-2", gap(0))]));
    assert_eq!(rig.poll().await.last_complete_at(KIND), Some(at(120)));
}

pub async fn a_gap_that_goes_on_moves_with_its_kind(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(60, None, &[("dxcon-1", begins(0))]).await;
    let kind = CoveragePath::new(rig.scope.clone(), KIND).stretch(at(60), at(2_000));
    assert_eq!(rig.ledger.cover(&kind, EXPIRES_AT).await.unwrap(), Covering::Written);
    rig.learn(2_000, Some(60), &[("dxcon-1", GOES_ON)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", gap(0))]));
    let hosted = rig.poll().await.kinds.remove(&KIND).unwrap();
    assert_eq!((hosted.last_complete_at, hosted.settled_at), (Some(at(2_000)), None));
}

pub async fn gaps_repeated_change_nothing(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(0, None, &[("dxcon-3", begins(-60))]).await;
    for (second, recalled, gaps) in
        [(60, 0, [("dxcon-1", begins(0)), ("dxcon-3", GOES_ON)]), (120, 60, [("dxcon-1", GOES_ON), ("dxcon-3", ENDS)])]
    {
        rig.learn(second, Some(recalled), &gaps).await;
        let written = rig.recall().await;
        rig.learn(second, Some(recalled), &gaps).await;
        assert_eq!(rig.recall().await, written);
    }
}

pub async fn unmonitored_time_of_a_parent_is_its_own(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(60, None, &[("dxcon-1", begins(0)), ("dxcon-2", begins(0))]).await;
    for _ in 0..2 {
        assert_eq!(rig.cover_children("dxcon-1", 0, 2_000).await, Covering::Written, "a repeat finds its own commit");
    }
    assert_eq!(rig.covered_children("dxcon-1").await, [rig.stretch("dxcon-1", 0, 2_000)]);
    assert_eq!(rig.covered_children("dxcon-2").await, []);
    let kind = CoveragePath::new(rig.scope.clone(), KIND);
    assert_eq!(rig.ledger.unmonitored(&kind, Span::ALWAYS).await.unwrap(), []);
    assert_eq!(rig.poll().await.last_complete_at(KIND), Some(at(60)), "the kind stays where it is");
    assert_eq!(rig.gaps().await["dxcon-2"], gap(0));
    rig.learn(2_000, Some(60), &[("dxcon-1", ENDS), ("dxcon-2", GOES_ON)]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-2", gap(0))]));
}

pub async fn unmonitored_time_of_a_parent_from_another_listing_is_refused(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(60, None, &[("dxcon-1", begins(0)), ("dxcon-2", GapProgress::Begins(ParentGap::default()))]).await;
    assert_eq!(rig.cover_children("dxcon-1", 60, 2_000).await, Covering::Refused(Some(at(0))));
    assert_eq!(rig.cover_children("dxcon-2", 60, 2_000).await, Covering::Refused(None), "it was never listed");
    assert_eq!((rig.covered_children("dxcon-1").await, rig.covered_children("dxcon-2").await), (vec![], vec![]));
}

pub async fn unmonitored_time_of_a_parent_without_a_gap_is_refused(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.cover_children("dxcon-1", 0, 2_000).await, Covering::Refused(None));
    rig.learn(0, None, &[]).await;
    assert_eq!(rig.cover_children("dxcon-1", 0, 2_000).await, Covering::Refused(None));
    assert_eq!((rig.covered_children("dxcon-1").await, rig.gaps().await), (vec![], BTreeMap::new()));
}

pub async fn unmonitored_time_of_a_parent_keeps_what_is_settled(rig: Rig<'_, impl Ledger + History>) {
    rig.learn(60, None, &[("dxcon-1", begins(0))]).await;
    rig.cover_children("dxcon-1", 0, 2_000).await;
    rig.cover_children("dxcon-1", 2_000, 4_000).await;
    let covered = ParentGap { since: Some(at(4_000)), settled_at: Some(at(0)) };
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", covered)]), "what was seen is not on record yet");
    rig.learn(4_000, Some(60), &[("dxcon-1", ENDS)]).await;
    rig.learn(4_060, Some(4_000), &[("dxcon-1", begins(4_000))]).await;
    assert_eq!(rig.gaps().await, gaps_of(&[("dxcon-1", gap(4_000))]), "nothing is left of the one before");
}
