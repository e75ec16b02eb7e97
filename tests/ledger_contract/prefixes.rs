//! What is accepted over virtual interfaces: a row for each, on condition of the revision before it.

use aws_dx_monitor::{
    domain::{Accepted, KeptPrefixes, PREFIXES_KEPT, PrefixRow, Selection, Span},
    ports::{History, Ledger, Recording},
    prefixes::{Prefix, PrefixSet},
};

use super::{
    EXPIRES_AT,
    hostile::HOSTILE,
    rig::{Rig, at},
};

fn prefixes(texts: &[&str]) -> PrefixSet {
    texts.iter().map(|text| text.parse::<Prefix>().unwrap()).collect()
}

fn kept(accepted: &[&str], second: i64) -> KeptPrefixes {
    KeptPrefixes {
        accepted: Accepted::Known(prefixes(accepted)),
        at: at(second),
        lost: PrefixSet::default(),
        lost_since: None,
        lost_at: None,
    }
}

/// A row with one prefix.
pub fn bare(interface: &str, revision: u64) -> PrefixRow {
    let families = [("ipv4".to_owned(), kept(&["10.0.0.0/16"], 0))].into();
    PrefixRow { revision, families, ..PrefixRow::unwritten(interface) }
}

/// A row with everything that a row can have.
pub fn full(interface: &str, revision: u64) -> PrefixRow {
    let lost = KeptPrefixes {
        lost: prefixes(&["10.1.0.0/16", "10.2.0.0/15"]),
        lost_since: Some(at(30)),
        lost_at: Some(at(60)),
        ..kept(&["0.0.0.0/0", "10.0.0.0/16"], 60)
    };
    let many = KeptPrefixes { accepted: Accepted::TooMany(1_234), ..kept(&[], 90) };
    let families = [("ipv4".to_owned(), lost), ("ipv6".to_owned(), many)].into();
    PrefixRow { interface: interface.to_owned(), revision, families, expires_at: Some(EXPIRES_AT) }
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn keep_row(&self, row: &PrefixRow) -> Recording {
        self.ledger.keep_prefixes(&self.scope, row).await.unwrap()
    }

    async fn prefix_rows(&self) -> Vec<PrefixRow> {
        self.recall().await.prefixes.into_values().collect()
    }
}

pub async fn prefixes_are_recalled_with_their_scope(rig: Rig<'_, impl Ledger + History>) {
    assert!(rig.prefix_rows().await.is_empty());
    let rows = [bare("dxvif-1", 1), full("dxvif-2", 1)];
    for row in &rows {
        assert_eq!(rig.keep_row(row).await, Recording::Recorded);
    }
    assert_eq!(rig.prefix_rows().await, rows);
    assert_eq!(rig.ledger.states(&rig.scope).await.unwrap().prefixes.len(), 2, "readers see what the poll sees");
    assert!(rig.elsewhere("eu-west-1").prefix_rows().await.is_empty());
}

pub async fn a_row_of_prefixes_is_replaced_whole(rig: Rig<'_, impl Ledger + History>) {
    for row in [bare("dxvif-1", 1), full("dxvif-1", 2), bare("dxvif-1", 3)] {
        assert_eq!(rig.keep_row(&row).await, Recording::Recorded);
        assert_eq!(rig.prefix_rows().await, [row]);
    }
    let nothing = PrefixRow { revision: 4, expires_at: Some(EXPIRES_AT), ..PrefixRow::unwritten("dxvif-1") };
    assert_eq!(rig.keep_row(&nothing).await, Recording::Recorded);
    assert_eq!(rig.prefix_rows().await, [nothing]);
}

pub async fn of_those_who_write_one_revision_of_prefixes_one_wins(rig: Rig<'_, impl Ledger + History>) {
    for revision in [1, 2] {
        let (one, other) = (bare("dxvif-1", revision), full("dxvif-1", revision));
        assert_eq!(rig.keep_row(&one).await, Recording::Recorded);
        assert_eq!(rig.keep_row(&one).await, Recording::Recorded, "a repeat finds its own effect");
        assert_eq!(rig.keep_row(&other).await, Recording::Lost);
        assert_eq!(rig.prefix_rows().await, [one]);
    }
    assert_eq!(rig.keep_row(&full("dxvif-1", 4)).await, Recording::Lost, "one is missing between");
    assert_eq!(rig.keep_row(&full("dxvif-1", 1)).await, Recording::Lost, "an old one");
    assert_eq!(rig.keep_row(&full("dxvif-2", 2)).await, Recording::Lost, "no row is there before");
    assert_eq!(rig.prefix_rows().await, [bare("dxvif-1", 2)]);
}

/// Two polls that overlap have recalled one row. The one that has read later writes first.
pub async fn an_older_poll_never_overwrites_the_prefixes_of_a_newer_one(rig: Rig<'_, impl Ledger + History>) {
    rig.keep_row(&bare("dxvif-1", 1)).await;
    let [older, newer] = [rig.recall().await, rig.recall().await].map(|mut recalled| {
        let row = recalled.prefixes.remove("dxvif-1").unwrap();
        PrefixRow { revision: row.revision + 1, ..row }
    });
    let read = |row: PrefixRow, accepted: &[&str], second| PrefixRow {
        families: [("ipv4".to_owned(), kept(accepted, second))].into(),
        ..row
    };
    let (older, newer) = (read(older, &["10.9.0.0/16"], 60), read(newer, &["10.7.0.0/16"], 120));
    assert_eq!(rig.keep_row(&newer).await, Recording::Recorded);
    assert_eq!(rig.keep_row(&older).await, Recording::Lost);
    assert_eq!(rig.prefix_rows().await, [newer]);
}

pub async fn prefixes_of_any_interface_read_back(rig: Rig<'_, impl Ledger + History>) {
    let ids = HOSTILE.into_iter().filter(|id| !id.is_empty() && id.len() < 500);
    let mut rows: Vec<PrefixRow> = ids.map(|id| full(id, 1)).collect();
    for row in &rows {
        assert_eq!(rig.keep_row(row).await, Recording::Recorded, "{:?}", row.interface);
    }
    rows.sort_by(|one, other| one.interface.cmp(&other.interface));
    assert_eq!(rig.prefix_rows().await, rows);
}

/// More than a megabyte, so that a store that reads by pages has to turn them.
pub async fn a_thousand_prefixes_of_each_interface_are_kept(rig: Rig<'_, impl Ledger + History>) {
    let scattered = |seed: u32| {
        let bits = (0..PREFIXES_KEPT as u32).map(move |number| (number ^ seed).wrapping_mul(2_654_435_761));
        bits.map(|bits| Prefix::of(std::net::Ipv4Addr::from_bits(bits).into(), 32).unwrap())
    };
    for number in 0..120 {
        let accepted = Accepted::of(scattered(number << 12));
        assert!(accepted.known().is_some());
        let families = [("ipv4".to_owned(), KeptPrefixes { accepted, ..kept(&[], 0) })].into();
        let row = PrefixRow { revision: 1, families, ..PrefixRow::unwritten(format!("dxvif-{number:03}")) };
        assert_eq!(rig.keep_row(&row).await, Recording::Recorded);
    }
    let rows = rig.prefix_rows().await;
    assert_eq!(rows.len(), 120);
    let lengths = rows.iter().map(|row| row.families["ipv4"].accepted.known().map(PrefixSet::len));
    assert!(lengths.into_iter().all(|length| length == Some(PREFIXES_KEPT)));
}

pub async fn prefixes_are_no_items_and_no_history(rig: Rig<'_, impl Ledger + History>) {
    rig.keep_row(&full("dxvif-1", 1)).await;
    let recalled = rig.recall().await;
    assert!(recalled.states.is_empty() && recalled.incidents.is_empty() && recalled.poll.is_none());
    assert_eq!((recalled.unreadable_incidents, rig.ledger.revision(&rig.scope).await.unwrap()), (0, 0));
    let listed = rig.ledger.listed().await.unwrap();
    assert!(listed.iter().all(|listed| listed.scope.account() != rig.scope.account()));
    rig.story("dxcon-1", &["down"]).await;
    let history = rig.ledger.transitions(&Selection::of_all(Span::new(at(-120), at(120)))).await.unwrap();
    let own = history.iter().filter(|row| row.event["item"]["account"] == rig.scope.account());
    assert_eq!(own.count(), 2);
}
