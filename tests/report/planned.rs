//! Planned time: what lies within announced windows is kept apart from the rest of the down time, and is left out by choice.

use std::collections::BTreeMap;

use aws_dx_monitor::{
    calendar::Calendar,
    domain::{
        Kind, Matcher, Notice, NoticeChange, PlannedBy, RecordedIncident, Span, Timestamp, Window as PlannedWindow,
        WindowRows, WindowSource,
    },
    report::{
        Assembly, Condition, Exclusions, Figures, Gathering, PlannedChoice, Relation, Report, ReportItem, Terms,
        Verdict, csv, html,
    },
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{DAY, MINUTE, Story, TOLERATED, at, monitored, properties::any_story, unmonitored, window};

const ACCOUNT: &str = "123456789012";
const HOSTILE: &str = "</p><script>alert(1)</script>\u{202e}\u{1b}[31m,=1+1";

/// Work of AWS on an item between two minutes, announced at another.
fn work(id: &str, item: &str, (from, until): (i64, i64), announced: i64) -> PlannedWindow {
    PlannedWindow {
        matcher: Matcher::of_id(item),
        title: HOSTILE.to_owned(),
        by: "AWS".to_owned(),
        notice: Some(Notice {
            updated_at: at(announced),
            event: format!("arn:{id}"),
            communication: "c".to_owned(),
            page: 1,
            change: NoticeChange::Scheduled,
        }),
        ..PlannedWindow::bare(WindowSource::AwsHealth, id, (at(from), at(until)))
    }
}

fn silence(id: &str, item: &str, minutes: (i64, i64), made: i64) -> PlannedWindow {
    let work = work(id, item, minutes, made);
    PlannedWindow { source: WindowSource::Silence, notice: None, announced_at: Some(at(made)), ..work }
}

fn excluding() -> Exclusions {
    Exclusions::default().with_planned(PlannedChoice::excluding(PlannedChoice::USUAL))
}

/// The report of stories under windows.
fn planned(exclusions: &Exclusions, stories: &[Story], windows: &[PlannedWindow]) -> Report {
    planned_over((0, 100), exclusions, stories, windows, &[])
}

fn planned_over(
    (from, to): (i64, i64),
    exclusions: &Exclusions,
    stories: &[Story],
    windows: &[PlannedWindow],
    holes: &[(i64, i64)],
) -> Report {
    let window = window(from, to);
    let terms = Terms { window: &window, exclusions, unmonitored_after: TOLERATED, shows_retired: false };
    let mut assembly = Assembly::new(terms);
    for story in stories {
        let time = if holes.is_empty() { monitored(&window) } else { unmonitored(&window, holes) };
        assembly.add(story.item.clone().into(), None, story.over(&window, &time, exclusions));
    }
    let mut draft = assembly.draft();
    let rows = WindowRows { windows: windows.to_vec(), ..WindowRows::default() };
    draft.take_in(&BTreeMap::from([(ACCOUNT.to_owned(), rows)]));
    draft.complete()
}

/// A connection that is down between two minutes.
fn down(from: i64, until: i64) -> Story {
    Story::connection(&[(-DAY, "available"), (from, "down"), (until, "available")])
}

/// The minutes that are planned, unplanned, down and left out.
fn split(figures: &Figures) -> [u64; 4] {
    let Figures { planned_milliseconds, unplanned_milliseconds, down_milliseconds, excluded, .. } = figures;
    [*planned_milliseconds, *unplanned_milliseconds, *down_milliseconds, excluded.planned].map(|time| time / MINUTE)
}

#[test]
fn an_overrun_is_not_planned_and_neither_is_what_came_before() {
    let windows = [work("w-1", "dxcon-1", (20, 40), 0)];
    let report = planned(&Exclusions::default(), &[down(10, 50)], &windows);
    let entry = &report.items[0];
    assert_eq!(split(&entry.figures), [20, 20, 40, 0], "it is kept apart from the rest, and counts as down");
    let conditions: Vec<_> = entry.timeline.iter().map(|stretch| (stretch.from, stretch.condition)).collect();
    assert_eq!(
        conditions,
        [
            (at(0), Condition::Up),
            (at(10), Condition::Down),
            (at(20), Condition::Planned),
            (at(40), Condition::Down),
            (at(50), Condition::Up)
        ]
    );
    let report = planned(&excluding(), &[down(10, 50)], &windows);
    let entry = &report.items[0];
    assert_eq!((split(&entry.figures), entry.figures.availability), ([20, 20, 20, 20], Some(0.75)));
    let outage = &entry.outages[0];
    assert_eq!([outage.counted_milliseconds, outage.planned_milliseconds].map(|time| time / MINUTE), [20, 20]);
    assert_eq!((outage.started_at, outage.ended_at), (at(10), Some(at(50))), "it is one outage still");
    assert_eq!(outage.windows, ["w-1"]);
    assert_eq!(split(&report.estate.figures), [20, 20, 20, 20]);
    assert_eq!((report.estate.outages.len(), report.estate.figures.outages), (1, 1));
}

#[test]
fn an_outage_that_is_all_planned_is_listed_and_not_counted() {
    let report = planned(&excluding(), &[down(20, 30)], &[work("w-1", "dxcon-1", (10, 40), 0)]);
    let figures = &report.items[0].figures;
    assert_eq!((split(figures), figures.availability), ([10, 0, 0, 10], Some(1.0)));
    assert_eq!((figures.outages, figures.outages_planned, figures.mean_time_to_recover_milliseconds), (0, 1, None));
    assert_eq!((figures.longest_outage_milliseconds, figures.mean_time_between_failures_milliseconds), (None, None));
    assert_eq!(report.items[0].outages.len(), 1);
    assert_eq!((report.estate.figures.outages_planned, report.estate.outages.len()), (1, 1));
}

#[test]
fn what_was_announced_late_or_is_a_silence_is_shown_and_excuses_nothing() {
    let windows = [work("late", "dxcon-1", (20, 40), 21), silence("k7tq2", "dxcon-1", (0, 60), 0)];
    let report = planned(&excluding(), &[down(10, 50)], &windows);
    assert_eq!(split(&report.items[0].figures), [0, 40, 40, 0]);
    assert_eq!(report.items[0].outages[0].windows, ["k7tq2", "late"]);
    let verdicts: Vec<_> = report.planned.windows.iter().map(|window| (&*window.time.id, window.verdict)).collect();
    assert_eq!(verdicts, [("k7tq2", Verdict::NotChosen), ("late", Verdict::AnnouncedLate)]);
    let silences = PlannedChoice::excluding([PlannedBy::Silence]);
    let report = planned(&Exclusions::default().with_planned(silences), &[down(10, 50)], &windows);
    assert_eq!(split(&report.items[0].figures), [40, 0, 0, 40], "by name, it does");
}

#[test]
fn a_notice_that_repeats_an_earlier_one_is_announced_when_that_was() {
    let mut again = work("w-1", "dxcon-1", (20, 40), 30);
    again.notice.as_mut().unwrap().communication = "later".to_owned();
    let windows = [work("w-1", "dxcon-1", (20, 40), 0), again.clone()];
    assert_eq!(split(&planned(&excluding(), &[down(10, 50)], &windows).items[0].figures)[0], 20);
    assert_eq!(split(&planned(&excluding(), &[down(10, 50)], &[again]).items[0].figures)[0], 0);
}

/// Two connections, each with an interface to one gateway.
fn estate(one: (i64, i64), other: (i64, i64)) -> Vec<Story> {
    let of = |number: usize, (from, until): (i64, i64)| {
        let words = [(-DAY, "available"), (from, "down"), (until, "available")];
        let [connection, interface] = [format!("dxcon-{number}"), format!("dxvif-{number}")];
        let mut story = Story::new(Kind::VirtualInterface, &interface, &words);
        story.item.connection_id = Some(connection.clone());
        story.item.direct_connect_gateway_id = Some("gw".to_owned());
        story.relations.insert(1, Relation::of(&story.item));
        [Story::new(Kind::Connection, &connection, &words), story]
    };
    [of(1, one), of(2, other)].concat()
}

#[test]
fn work_on_a_cable_covers_what_runs_over_it_and_a_destination_only_where_all_that_is_down_is_planned() {
    let both = [work("w-1", "dxcon-1", (10, 40), 0), work("w-2", "dxcon-2", (30, 60), 0)];
    let report = planned(&excluding(), &estate((10, 50), (20, 60)), &both);
    let interface = report.items.iter().find(|entry| entry.item.id == "dxvif-1").unwrap();
    assert_eq!(split(&interface.figures), [30, 10, 10, 30]);
    // There is no path from 20 to 50. The second cable is down without work until 30, and the first from 40 on.
    let destination = &report.destinations[0];
    assert_eq!(split(&destination.figures), [10, 20, 20, 10]);
    assert_eq!(destination.outages.len(), 1, "it is one outage, and not three");
    let outage = &destination.outages[0];
    assert_eq!([outage.planned_milliseconds, outage.unplanned_milliseconds].map(|time| time / MINUTE), [10, 20]);
    assert_eq!(split(&report.estate.figures), [10, 20, 20, 10]);
    // Work on one path does not excuse the failure of the other.
    let report = planned(&excluding(), &estate((10, 50), (20, 60)), &both[..1]);
    assert_eq!(split(&report.destinations[0].figures), [0, 30, 30, 0]);
}

/// What the documents of an incident say is kept, when the windows' rows are gone.
#[test]
fn documents_say_what_was_planned_when_no_row_is_left() {
    let id = Uuid::from_u128(7);
    let mut story = down(10, 50);
    story.groups.insert(2, Some(id));
    let window = window(0, 100);
    let exclusions = excluding();
    let terms = Terms { window: &window, exclusions: &exclusions, unmonitored_after: TOLERATED, shows_retired: false };
    let mut assembly = Assembly::new(terms);
    assembly.add(story.item.clone().into(), None, story.plainly(&window));
    let mut draft = assembly.draft();
    let document = json!({
        "metadata": {"incidentId": id, "recordedAt": at(11)}, "reason": "opened", "status": "open",
        "incident": {"account": ACCOUNT, "region": "us-east-1", "planned": {
            "by": "aws-health", "id": "w-1", "from": at(5), "until": at(30), "title": HOSTILE, "announcedAt": at(-60),
        }},
    });
    let mut gathering = Gathering::default();
    assert_eq!(gathering.wanted(&draft.report).len(), 1);
    gathering.add(id, &[RecordedIncident::of(&document)]);
    gathering.finish(&mut draft.report);
    let report = draft.complete();
    assert_eq!(split(&report.items[0].figures), [20, 20, 20, 20]);
    assert_eq!(report.planned.windows[0].time, report.incidents[0].planned[0]);
    assert_eq!(report.planned.windows[0].outages, 1);
    assert_eq!(report.estate.outages[0].windows, ["w-1"]);
}

#[test]
fn the_page_says_what_was_left_out_of_which_windows_and_that_it_was_a_choice() {
    let windows = [work("w-<1>", "dxcon-1", (20, 40), 0), silence("k7tq2", "dxcon-1", (0, 60), 0)];
    let by_choice = "By choice of whoever made this report (--exclude-planned)";
    let page = |exclusions: &Exclusions, windows: &[PlannedWindow]| {
        html::page(&planned(exclusions, &[down(10, 50)], windows), Calendar::UTC)
    };
    let left_out = page(&excluding(), &windows);
    assert_eq!(left_out.matches(by_choice).count(), 2, "at its head and with the method");
    assert!(left_out.contains("Left out are the windows w-&lt;1&gt;. Time outside them"), "{left_out}");
    assert!(left_out.contains("60.000% with planned time counted as down"));
    assert!(left_out.contains("no: not chosen"));
    let counted = page(&Exclusions::default(), &windows);
    assert!(!counted.contains(by_choice) && counted.contains("down 40m (20m planned) in 1 outage"));
    assert!(page(&excluding(), &[]).contains("No outage lies in such a window, so nothing is left out."));
    let without = page(&Exclusions::default(), &[]);
    assert!(!without.contains("class=\"planned\"") && !without.contains("id=\"planned\">Planned time"));
    for page in [left_out, counted] {
        assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    }
    let report = planned(&excluding(), &[down(10, 50)], &windows);
    let line = |csv: String| csv.lines().nth(1).unwrap().to_owned();
    assert!(line(csv::items(&report)).ends_with(",1200,1200,1200,0"), "{}", csv::items(&report));
    assert!(line(csv::outages(&report)).ends_with(",1200,1200,k7tq2 w-<1>"), "{}", csv::outages(&report));
}

/// An hour's words at any distance, and any windows, some of which count.
fn story() -> impl Strategy<Value = Story> {
    any_story(&["available", "down", "testing", "unknown", "deleted"])
}

fn windows() -> impl Strategy<Value = Vec<PlannedWindow>> {
    let window = (-100_i64..2_000, 0_i64..300, -200_i64..2_000, any::<bool>());
    proptest::collection::vec(window, 0..8).prop_map(|windows| {
        let each = windows.into_iter().enumerate().map(|(number, (from, length, announced, is_silence))| {
            let (id, minutes) = (format!("w-{number}"), (from, from + length));
            let make = if is_silence { silence } else { work };
            make(&id, if number % 3 == 2 { "dxcon-2" } else { "dxcon-1" }, minutes, announced)
        });
        each.collect()
    })
}

fn exclusions() -> impl Strategy<Value = Exclusions> {
    let chosen = proptest::sample::subsequence(Exclusions::CHOICES.to_vec(), 0..=4);
    chosen.prop_map(Exclusions::only)
}

/// The part of an item's down time that lies in the windows that count, piece by piece between all edges.
fn expected(entry: &ReportItem, windows: &[PlannedWindow], by: &[WindowSource]) -> u64 {
    let counting: Vec<Span> = windows
        .iter()
        .filter(|window| by.contains(&window.source) && window.matcher.ids.contains(&entry.item.id))
        .filter(|window| {
            let announced = window.notice.as_ref().map(|notice| notice.updated_at).or(window.announced_at);
            announced.is_some_and(|announced| announced <= window.from)
        })
        .map(|window| Span::new(window.from, window.until))
        .collect();
    let parts: Vec<Span> = entry.outages.iter().flat_map(|outage| outage.parts.iter().map(|part| part.span)).collect();
    let mut edges: Vec<Timestamp> = parts.iter().chain(&counting).flat_map(|span| [span.from, span.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    let is_in = |spans: &[Span], at: Timestamp| spans.iter().any(|span| span.from <= at && at < span.until);
    let pieces = edges.windows(2).filter(|pair| is_in(&parts, pair[0]) && is_in(&counting, pair[0]));
    pieces.map(|pair| Span::new(pair[0], pair[1]).milliseconds()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn planned_and_unplanned_time_are_all_of_an_outage_and_leaving_it_out_never_lowers_a_figure(
        stories in (story(), story()),
        windows in windows(),
        holes in proptest::collection::vec((-200_i64..2_200, 1_i64..300), 0..4),
        exclusions in exclusions(),
        with_silences in any::<bool>(),
    ) {
        let holes: Vec<(i64, i64)> = holes.into_iter().map(|(from, length)| (from, from + length)).collect();
        let mut stories = [stories.0, stories.1];
        stories[1].item.id = "dxcon-2".to_owned();
        let by: &[WindowSource] = if with_silences { &[WindowSource::AwsHealth, WindowSource::Silence] } else { &[WindowSource::AwsHealth] };
        let choice = if with_silences { PlannedChoice::excluding(PlannedBy::ALL) } else { PlannedChoice::excluding(PlannedChoice::USUAL) };
        let made = |exclusions: &Exclusions, windows: &[PlannedWindow]| planned_over((0, 2_000), exclusions, &stories, windows, &holes);
        let plain = made(&exclusions, &[]);
        let told = made(&exclusions.clone(), &windows);
        let without = made(&exclusions.with_planned(choice), &windows);
        for (plain, without) in plain.items.iter().zip(&without.items) {
            prop_assert_eq!(expected(plain, &windows, by), without.figures.planned_milliseconds);
            prop_assert_eq!(plain.outages.len(), without.outages.len());
            for (plain, outage) in plain.outages.iter().zip(&without.outages) {
                prop_assert_eq!(plain.counted_milliseconds, outage.planned_milliseconds + outage.unplanned_milliseconds);
                prop_assert_eq!(outage.counted_milliseconds, outage.unplanned_milliseconds);
            }
            let planned: u64 = without.outages.iter().map(|outage| outage.planned_milliseconds).sum();
            prop_assert_eq!(planned, without.figures.planned_milliseconds);
            let counted = without.outages.iter().filter(|outage| outage.counted_milliseconds > 0).count() as u64;
            let figures = &without.figures;
            prop_assert_eq!(figures.outages, counted);
            prop_assert_eq!(without.outages.len() as u64, figures.outages + figures.outages_not_counted + figures.outages_planned);
            let drawn: u64 = without.timeline.iter().filter(|stretch| stretch.condition == Condition::Planned)
                .map(|stretch| Span::new(stretch.from, stretch.to).milliseconds()).sum();
            prop_assert_eq!(drawn, planned, "what is drawn is what is counted");
        }
        let figures = |report: &Report| -> Vec<Figures> {
            let items = report.items.iter().map(|entry| entry.figures.clone());
            items.chain([report.estate.figures.clone()]).collect()
        };
        for ((plain, told), without) in figures(&plain).iter().zip(figures(&told)).zip(figures(&without)) {
            prop_assert_eq!(plain.down_milliseconds, told.down_milliseconds, "kept apart from the rest, it counts as before");
            prop_assert_eq!(plain.availability, told.availability);
            prop_assert_eq!(plain.down_milliseconds, without.planned_milliseconds + without.unplanned_milliseconds);
            prop_assert_eq!(without.down_milliseconds, without.unplanned_milliseconds);
            prop_assert_eq!(plain.up_milliseconds, without.up_milliseconds);
            prop_assert!(without.availability.unwrap_or(1.0) >= plain.availability.unwrap_or(0.0));
            let whole = without.up_milliseconds + without.down_milliseconds + without.excluded_milliseconds;
            prop_assert_eq!(whole, 2_000 * MINUTE);
        }
        if windows.is_empty() {
            prop_assert_eq!(&plain.items, &without.items);
            prop_assert_eq!(&plain.estate, &without.estate);
        }
    }
}
