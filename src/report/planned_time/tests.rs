use serde_json::{Value, json};

use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(minute * 60_000)
}

/// A document that was recorded at a minute, about work between two minutes that was announced at another.
fn document(recorded: i64, by: &str, (from, until): (i64, i64), announced: Option<i64>) -> Value {
    let announced = announced.map_or(Value::Null, |minute| json!(at(minute)));
    let planned =
        json!({"by": by, "id": "w-1", "from": at(from), "until": at(until), "title": "work", "announcedAt": announced});
    json!({"metadata": {"recordedAt": at(recorded)}, "incident": {"planned": planned}})
}

/// What documents say of the window, and whether it counts.
fn said(documents: &[Value]) -> String {
    let documents: Vec<_> = documents.iter().map(RecordedIncident::of).collect();
    let choice = PlannedChoice::excluding(PlannedBy::ALL);
    let minute = |at: Timestamp| at.milliseconds() / 60_000;
    let times = PlannedTime::of_documents(&documents)
        .into_iter()
        .map(|time| format!("{}–{} {:?}", minute(time.from), minute(time.until), time.verdict(&choice)));
    times.collect::<Vec<_>>().join(", ")
}

#[test]
fn an_announcement_counts_only_if_it_came_before_the_work() {
    assert_eq!(said(&[document(12, "aws-health", (10, 60), Some(10))]), "10–60 Counts");
    assert_eq!(said(&[document(12, "aws-health", (10, 60), Some(11))]), "10–60 AnnouncedLate");
    assert_eq!(said(&[document(12, "silence", (10, 60), Some(11))]), "10–60 AnnouncedLate");
    assert_eq!(said(&[document(12, "failover-test", (10, 60), None)]), "10–60 Counts");
}

#[test]
fn an_older_document_proves_an_announcement_by_its_own_date() {
    assert_eq!(said(&[document(10, "aws-health", (10, 60), None)]), "10–60 Counts");
    assert_eq!(said(&[document(11, "aws-health", (10, 60), None)]), "10–60 AnnouncementUnknown");
}

#[test]
fn the_last_word_counts_and_what_made_it_longer_only_if_it_was_announced_in_time() {
    let first = || document(12, "aws-health", (10, 60), Some(0));
    assert_eq!(said(&[first(), document(30, "aws-health", (10, 25), Some(0))]), "10–25 Counts", "called off");
    assert_eq!(said(&[first(), document(8, "aws-health", (10, 5), Some(0))]), "10–5 Counts", "before it began");
    assert_eq!(
        said(&[first(), document(50, "aws-health", (10, 90), Some(50))]),
        "10–60 Counts",
        "extended in its course"
    );
    assert_eq!(
        said(&[
            first(),
            document(50, "aws-health", (10, 90), Some(50)),
            document(70, "aws-health", (10, 40), Some(50))
        ]),
        "10–40 Counts"
    );
    assert_eq!(said(&[first(), document(5, "aws-health", (10, 90), Some(5))]), "10–90 Counts", "extended before it");
}

#[test]
fn only_what_is_chosen_counts_and_never_what_a_newer_version_plans() {
    let times = ["aws-health", "silence", "failover-test", "moon"].map(|by| {
        let document = document(5, by, (10, 60), Some(0));
        PlannedTime::of_documents(&[RecordedIncident::of(&document)]).remove(0)
    });
    let counting = |choice: &PlannedChoice| {
        let counting = times.iter().filter(|time| time.verdict(choice) == Verdict::Counts);
        counting.map(|time| &*time.by).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(counting(&PlannedChoice::default()), "aws-health failover-test");
    assert_eq!(counting(&PlannedChoice::excluding([PlannedBy::Silence])), "silence");
    assert_eq!(counting(&PlannedChoice::excluding(PlannedBy::ALL)), "aws-health silence failover-test");
}

#[test]
fn documents_that_make_no_sense_say_nothing() {
    for document in [json!({}), json!({"incident": {"planned": {}}}), json!({"incident": {"planned": 7}})] {
        assert_eq!(said(&[document]), "");
    }
}
