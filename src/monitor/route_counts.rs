//! Evidence in the number of routes: a router that withdraws most of what it has announced, or announces far more, may
//! explain what else is wrong with its interface.

use crate::domain::{Evidence, EvidenceType, Kind, Recalled, Snapshot};

/// What the numbers of accepted routes show that have changed by more than half since they were read last.
pub(super) fn changed(recalled: &Recalled, snapshot: &Snapshot) -> Vec<Evidence> {
    let items = snapshot.observation.items.iter().filter(|(key, _)| key.kind == Kind::BgpRoutes);
    let changed = items.filter_map(|(key, item)| {
        let before = recalled.states.get(key)?.details.accepted_routes?;
        let after = item.description.accepted_routes?;
        // Routes that were not asked for in between may have changed by and by.
        let was_read_in_turn = recalled.gaps(key.kind).all(|(list, _)| list != key.id);
        (was_read_in_turn && is_by_more_than_half(before, after)).then(|| {
            let item = &item.description;
            let ids = [Some(&key.id), item.virtual_interface_id.as_ref(), item.bgp_peer_id.as_ref()];
            Evidence {
                id: format!("routes/{}/{}", key.id, snapshot.at),
                kind: EvidenceType::Routes,
                at: snapshot.at,
                summary: format!("AWS accepts {after} routes over {}, after {before}", key.id),
                by: None,
                items: ids.into_iter().flatten().cloned().collect(),
            }
        })
    });
    changed.collect()
}

/// Whether a number has changed by more than half of what it was. That there are none, or some again, is a state.
fn is_by_more_than_half(before: i64, after: i64) -> bool {
    before > 0 && after > 0 && before.abs_diff(after).saturating_mul(2) > before.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_by_more_than_half_counts() {
        for (before, after, expected) in [
            (40, 20, false),
            (40, 19, true),
            (40, 60, false),
            (40, 61, true),
            (40, 0, false),
            (0, 40, false),
            (1, 1, false),
            (1, 2, true),
            (i64::MAX, 1, true),
        ] {
            assert_eq!(is_by_more_than_half(before, after), expected, "{before} to {after}");
        }
    }
}
