//! Silences and acknowledgement: what people are spared, and what they read all the same.

use insta::assert_snapshot;

use super::rig::Planned;

#[tokio::test]
async fn a_silence_spares_people_a_flap_and_keeps_nothing_from_programs() {
    let story = Planned::watching(2).await;
    story.silences("dxvif-1", (0, 60), false).await;
    for number in 1..=4 {
        let [link, session] = if number % 2 == 0 { ["available", "up"] } else { ["down", "down"] };
        story.rig.minute(number).turns("dxvif-1", link).turns("dxpeer-1", session);
        story.minutes(number..=number).await;
    }
    story.quiet(5..=90).await;
    assert_eq!(story.subjects(), "");
    assert_snapshot!(story.programs(), @"opened, resolved, reopened, resolved");
}

#[tokio::test]
async fn an_outage_that_outlasts_a_silence_is_announced_once_two_polls_after_its_end() {
    let story = Planned::watching(2).await;
    story.silences("dxcon-1", (0, 60), false).await;
    story.cable(1, false);
    story.quiet(1..=61).await;
    assert_eq!(story.subjects(), "");
    story.minutes(62..=90).await;
    assert_snapshot!(story.subjects(), @"22 04:02 [warning] silence over: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths");
    story.cable(1, true);
    story.minutes(91..=95).await;
    assert_snapshot!(story.subjects(), @"22 04:31 [resolved] connection dxcon-1 (prod-1) up again after 1 hour 30 minutes");
}

#[tokio::test]
async fn an_outage_that_ends_within_a_silence_is_no_message_and_is_in_the_history() {
    let story = Planned::watching(2).await;
    story.silences("dxcon-1", (0, 60), false).await;
    story.minutes(1..=3).await;
    story.cable(1, false);
    story.minutes(4..=10).await;
    story.cable(1, true);
    story.quiet(11..=100).await;
    assert_eq!(story.subjects(), "");
    assert_snapshot!(story.programs(), @"opened, resolved");
    assert_eq!(story.rig.events("connection/dxcon-1").await.len(), 3);
}

#[tokio::test]
async fn the_last_path_breaks_through_a_silence_unless_that_says_otherwise() {
    for (even_outage, messages) in [(false, 2), (true, 0)] {
        let story = Planned::watching(1).await;
        story.silences("dxcon-1", (0, 60), even_outage).await;
        story.cable(1, false);
        story.minutes(1..=5).await;
        story.cable(1, true);
        story.quiet(6..=90).await;
        let subjects = story.subjects();
        assert_eq!(subjects.lines().count(), messages, "{subjects}");
    }
}

#[tokio::test]
async fn a_silence_that_begins_during_an_outage_does_not_keep_its_end_from_people() {
    let story = Planned::watching(2).await;
    story.cable(1, false);
    story.minutes(1..=3).await;
    story.silences("dxcon-1", (4, 60), false).await;
    story.minutes(4..=6).await;
    story.cable(1, true);
    story.minutes(7..=8).await;
    assert_snapshot!(story.subjects(), @"
    22 03:01 [warning] connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 03:07 [resolved] connection dxcon-1 (prod-1) up again after 6 minutes
    ");
}

#[tokio::test]
async fn who_takes_an_outage_on_is_not_reminded_and_reads_what_gets_worse() {
    for is_acknowledged in [false, true] {
        let story = Planned::watching(1).await;
        story.cable(1, false);
        story.rig.minute(1).poll_well().await;
        let opened = story.rig.sns().incidents().remove(0);
        if is_acknowledged {
            story.acknowledges(opened.document["incident"]["id"].as_str().unwrap(), "anna").await;
        }
        story.quiet(2..=300).await;
        let subjects = story.subjects();
        if is_acknowledged {
            assert_eq!(subjects, "");
            assert_snapshot!(story.programs(), @"opened, acknowledged");
        } else {
            assert_snapshot!(subjects, @"
            22 04:02 [critical] connection dxcon-1 still down after 1 hour 1 minute: 2 with it, core-dxgw has no path
            22 07:02 [critical] connection dxcon-1 still down after 4 hours 1 minute: 2 with it, core-dxgw has no path
            ");
        }
    }
}
