//! Gaps in the children of one parent: hosted connections of two interconnects, of which one cannot be read at times.

use super::*;

/// A watched account; each step is a poll, a minute or more after the one before.
struct Partner {
    recalled: Recalled,
    minute: i64,
    log: String,
}

/// The hosted connections that exist, with their interconnects and states.
type Hosted = &'static [(&'static str, &'static str, &'static str)];

const BOTH: Hosted = &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "available")];

impl Partner {
    fn begin() -> Partner {
        Partner { recalled: Recalled::nothing(scope()), minute: 0, log: String::new() }
    }

    fn watching(hosted: Hosted) -> Partner {
        let mut partner = Partner::begin();
        partner.see(1, hosted, &[]);
        partner.log.clear();
        partner
    }

    /// A poll this many minutes later that lists these, and cannot read the children of `denied`.
    fn see(&mut self, minutes: i64, hosted: &[(&str, &str, &str)], denied: &[&str]) -> &mut Partner {
        self.minute += minutes;
        let hosts = hosted.iter().map(|(host, ..)| item(&ItemKey::new(Kind::Interconnect, *host), "available"));
        let items = hosted.iter().map(|(host, id, word)| {
            let (key, mut item) = item(&ItemKey::new(Kind::HostedConnection, *id), word);
            let details = ItemDescription { interconnect_id: Some((*host).to_owned()), ..(*item.description).clone() };
            item.description = details.into();
            (key, item)
        });
        let denials = denied.iter().map(|parent| ((*parent).to_owned(), "denied".to_owned())).collect();
        let gap = (!denied.is_empty()).then_some((Kind::HostedConnection, Extent::Children(denials)));
        let mut snapshot = snapshot(self.minute, hosts.chain(items), gap.into_iter().collect());
        snapshot.kinds = [Kind::Interconnect, Kind::HostedConnection].into();
        let snapshot = snapshot.in_context(&self.recalled);
        let diff = diff(&self.recalled, &snapshot, &rules());
        let log = diff.to_string();
        let lines: Vec<String> =
            log.lines().filter(|line| !line.contains("interconnect/")).map(str::to_owned).collect();
        let lines: Vec<String> = lines.iter().map(|line| format!("{:2} {line}\n", self.minute)).collect();
        self.log += &if lines.is_empty() { format!("{:2}\n", self.minute) } else { lines.concat() };
        apply(&mut self.recalled, &diff, &snapshot);
        self
    }

    fn log(&self) -> String {
        self.log.replace("2026-11-22T", "").replace(":00.000Z", "").replace(":50.000Z", "")
    }
}

#[test]
fn only_the_children_of_a_denied_parent_are_unread() {
    let mut partner = Partner::watching(BOTH);
    const NEITHER: Hosted = &[("dxcon-a", "h3", "available")];
    for _ in 0..3 {
        partner.see(1, NEITHER, &["dxcon-b"]);
    }
    insta::assert_snapshot!(partner.log(), @r#"
     2 transition hosted-connection/h3 "(new)" -> "available" discovered #1 since 03:02
     2 amend hosted-connection/h1 suspect Absent x1
     3 amend hosted-connection/h1 suspect Absent x2
     4 transition hosted-connection/h1 "available" -> "absent" removed #2 since 03:02
    "#);
}

#[test]
fn unmonitored_time_of_one_parent_ends_with_its_next_listing() {
    let mut partner = Partner::watching(BOTH);
    const ONE: Hosted = &[("dxcon-a", "h1", "available")];
    partner.see(10, ONE, &["dxcon-b"]).see(10, ONE, &["dxcon-b"]);
    const DOWN: Hosted = &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "down")];
    partner.see(10, DOWN, &[]).see(1, DOWN, &[]);
    insta::assert_snapshot!(partner.log(), @r#"
    11
    21
    31 unmonitored hosted-connection of dxcon-b 03:00 .. 03:30
    31 transition hosted-connection/h2 "available" -> "down" degraded #2 since 03:31
    32
    "#);
    let h2 = &partner.recalled.states[&ItemKey::new(Kind::HostedConnection, "h2")];
    assert_eq!(h2.since, minute(31));
}

#[test]
fn a_partial_list_is_compared_but_its_unknown_does_not_count() {
    let mut partner = Partner::watching(&[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "available")]);
    const UNKNOWN: Hosted = &[("dxcon-a", "h1", "unknown"), ("dxcon-b", "h2", "unknown")];
    partner.see(1, UNKNOWN, &["dxcon-b"]).see(1, UNKNOWN, &["dxcon-b"]).see(1, UNKNOWN, &["dxcon-b"]);
    partner.see(1, &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "down")], &["dxcon-b"]);
    insta::assert_snapshot!(partner.log(), @r#"
     2 amend hosted-connection/h1 suspect Unknown x1
     3 amend hosted-connection/h1 suspect Unknown x2
     4 transition hosted-connection/h1 "available" -> "unknown" unknown #2 since 03:02
     5 transition hosted-connection/h1 "unknown" -> "available" recovered #3 since 03:05
     5 transition hosted-connection/h2 "available" -> "down" degraded #2 since 03:05
    "#);
}

#[test]
fn first_sights_under_a_parent_that_was_never_listed_belong_to_the_baseline() {
    let mut partner = Partner::begin();
    const PARTLY: Hosted = &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "down")];
    partner.see(1, PARTLY, &["dxcon-b"]);
    const ALL: Hosted = &[
        ("dxcon-a", "h1", "available"),
        ("dxcon-a", "h4", "down"),
        ("dxcon-b", "h2", "down"),
        ("dxcon-b", "h3", "down"),
    ];
    partner.see(1, ALL, &[]);
    partner.see(1, &[ALL, &[("dxcon-b", "h5", "available")]].concat(), &[]);
    insta::assert_snapshot!(partner.log(), @r#"
     1 baseline hosted-connection/h1 "(new)" -> "available" discovered #1 since 03:01
     1 baseline hosted-connection/h2 "(new)" -> "down" discovered #1 since 03:01
     2 baseline hosted-connection/h3 "(new)" -> "down" discovered #1 since 03:02
     2 transition hosted-connection/h4 "(new)" -> "down" discovered #1 since 03:02
     3 transition hosted-connection/h5 "(new)" -> "available" discovered #1 since 03:03
    "#);
}

#[test]
fn first_sights_under_a_parent_that_was_listed_are_discovered() {
    let mut partner = Partner::watching(BOTH);
    const NEW: Hosted =
        &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "available"), ("dxcon-b", "h3", "available")];
    partner.see(1, &[("dxcon-a", "h1", "available")], &["dxcon-b"]).see(1, NEW, &[]);
    insta::assert_snapshot!(partner.log(), @r#"
     2
     3 transition hosted-connection/h3 "(new)" -> "available" discovered #1 since 03:03
    "#);
}

#[test]
fn a_new_parent_that_is_denied_at_once_was_never_listed() {
    let mut partner = Partner::watching(BOTH);
    const NEW: Hosted = &[("dxcon-a", "h1", "available"), ("dxcon-b", "h2", "available"), ("dxcon-c", "h3", "down")];
    partner.see(1, NEW, &["dxcon-c"]);
    let gaps: Vec<_> = partner.recalled.gaps(Kind::HostedConnection).map(|(parent, gap)| (parent, gap.since)).collect();
    assert_eq!(gaps, [("dxcon-c", None)]);
    let row = &partner.recalled.states[&ItemKey::new(Kind::HostedConnection, "h3")];
    assert_eq!((row.state.health(), row.never_up), (Health::Down, false), "as in any baseline");
}

#[test]
fn a_suspicion_waits_while_its_parent_is_denied() {
    let mut partner = Partner::watching(BOTH);
    const ONE: Hosted = &[("dxcon-a", "h1", "available")];
    partner.see(1, ONE, &[]).see(1, ONE, &[]).see(1, ONE, &["dxcon-b"]).see(1, ONE, &["dxcon-b"]).see(1, ONE, &[]);
    insta::assert_snapshot!(partner.log(), @r#"
     2 amend hosted-connection/h2 suspect Absent x1
     3 amend hosted-connection/h2 suspect Absent x2
     4
     5
     6 transition hosted-connection/h2 "available" -> "absent" removed #2 since 03:02
    "#);
}
