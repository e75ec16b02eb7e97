//! The letters about planned work in full, as an engineer reads them at three in the morning.

use insta::assert_snapshot;

use super::rig::{Planned, Says, notice};
use crate::support::letters::beside;

#[tokio::test]
async fn a_warning_and_the_outage_that_it_warned_of() {
    let story = Planned::watching(1).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (300, 540))).await;
    assert_snapshot!(story.letters().remove(0), @"
    [warning] connection dxcon-1 to go down at 2026-11-22 08:00 UTC: 2 with it, core-dxgw has no path

    Connection dxcon-1 (prod-1) is to go down at 2026-11-22 08:00 UTC, and core-dxgw has no path then.
    AWS has planned work from 2026-11-22 08:00:00 UTC until 2026-11-22 12:00:00 UTC. It takes the last path.
    Move traffic to another path before it begins, or ask AWS for another time.

    With it:
      1 virtual interface: dxvif-1 (prod-1)
      1 BGP peer: dxpeer-1 (prod-1)

    Paths then:
      core-dxgw (Direct Connect gateway), IPv4: no path left (1 before)

    Warned:       2026-11-22 03:01:00 UTC
    Planned work: by AWS from 2026-11-22 08:00:00 UTC until 2026-11-22 12:00:00 UTC: Planned maintenance has been scheduled on an AWS Direct Connect router in Equinix DC2, Ashburn, VA
    Severity:     warning (maintenance, planned)
    Impact:       outage: a destination has no path while the work lasts
    Item:         connection dxcon-1
    Location:     EqDC2
    Device:       EqDC2-1
    Region:       us-east-1
    Account:      123456789012
    Incident:     38b73a9f-c19c-5b08-b8e2-37781663c3ad
    Document:     852b944c-66a6-58dd-8209-057140076925 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 38b73a9f-c19c-5b08-b8e2-37781663c3ad
    ");
    story.quiet(2..=302).await;
    story.subjects();
    story.cable(1, false);
    story.minutes(303..=303).await;
    assert_snapshot!(story.letters().remove(0), @"
    [critical] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has no path

    Planned work: connection dxcon-1 (prod-1) is down, and core-dxgw has no path left.
    The connection is down; what runs over it went with it.
    The work was planned, and no path is left.
    Move traffic to another way, such as a VPN, until the work is over.

    With it:
      1 virtual interface: dxvif-1 (prod-1)
      1 BGP peer: dxpeer-1 (prod-1)

    Paths:
      core-dxgw (Direct Connect gateway), IPv4: no path left (1 before)

    Since:        2026-11-22 08:03:00 UTC
    Happened:     after 2026-11-22 08:02:00 UTC, when it was last seen as before (known to within 1 minute)
    Planned work: by AWS from 2026-11-22 08:00:00 UTC until 2026-11-22 12:00:00 UTC: Planned maintenance has been scheduled on an AWS Direct Connect router in Equinix DC2, Ashburn, VA
    Severity:     critical (outage, opened)
    Impact:       outage: a destination has no path left
    Item:         connection dxcon-1
    Location:     EqDC2
    Device:       EqDC2-1
    Region:       us-east-1
    Account:      123456789012
    Incident:     a64a45d2-af61-54a5-afe0-0fafefebe9f6
    Document:     47df9beb-8192-5acb-bfbf-ab13c517b635 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents a64a45d2-af61-54a5-afe0-0fafefebe9f6
    ");
}

#[tokio::test]
async fn work_that_overruns() {
    let story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 70))).await;
    story.minutes(2..=11).await;
    story.cable(1, false);
    story.minutes(12..=14).await;
    let began = story.letters().remove(0);
    assert_snapshot!(began, @"
    [info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths

    Planned work: connection dxcon-1 (prod-1) is down, and core-dxgw has 1 of 2 paths left.
    The connection is down; what runs over it went with it.
    Nothing needs to be done while AWS works on it. If it stays down after that, ask AWS.

    With it:
      1 virtual interface: dxvif-1 (prod-1)
      1 BGP peer: dxpeer-1 (prod-1)

    Paths:
      core-dxgw (Direct Connect gateway), IPv4: 1 of 2 paths left, on 1 device in 1 location

    Since:        2026-11-22 03:12:00 UTC
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen as before (known to within 1 minute)
    Planned work: by AWS from 2026-11-22 03:10:00 UTC until 2026-11-22 04:10:00 UTC: Planned maintenance has been scheduled on an AWS Direct Connect router in Equinix DC2, Ashburn, VA
    Severity:     info (outage, opened)
    Impact:       last-path: a destination has one path left, or all of its paths end on one device
    Item:         connection dxcon-1
    Location:     EqDC2
    Device:       EqDC2-1
    Region:       us-east-1
    Account:      123456789012
    Incident:     6fdadc70-a571-5365-9a22-88a4977da2b8
    Document:     2e5e86d0-2326-54a7-b8b8-a6f1fe9af666 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 6fdadc70-a571-5365-9a22-88a4977da2b8
    ");
    story.quiet(15..=90).await;
    assert_snapshot!(beside(&story.letters().remove(0), &began), @"
    [warning] work over: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths

    Work over: connection dxcon-1 (prod-1) is down, and core-dxgw has 1 of 2 paths left.
    (its line 4)
    The time planned for the work is over, or the work was called off, and not all is back.
    Ask AWS whether the work is done, then check the port and its light levels on your side.

    (its lines 7 to 15)
    Lasted:       1 hour 13 minutes so far
    (its line 16)
    Severity:     warning (outage, escalated)
    (its lines 18 to 24)
    Document:     705afdf8-3f0b-5bc2-b1f1-97962b3692ff (document 2 of this incident)

    (its lines 27 to 28)
    ");
}
