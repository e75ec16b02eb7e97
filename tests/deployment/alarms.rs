//! Alarms and dashboard: they read the metrics that the program publishes, with thresholds that fit its levels.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{Dimension, Kind},
    function::Request,
    metrics::{PollFigures, own_data_points, subscriptions_missing, unreadable_event},
};
use serde_json::Value;

use super::stack::Stack;
use crate::{
    documentation::contract::threshold,
    function::rig::{Rig, good_poll},
};

/// The kinds that have an alarm, with the level from which on it goes off.
fn alarmed() -> impl Iterator<Item = (Kind, u8)> {
    Kind::ALL.into_iter().filter_map(|kind| Some((kind, threshold(kind)?)))
}

fn dimensions(kind: Kind) -> String {
    match kind.dimension() {
        Dimension::Id(name) => name.to_owned(),
        Dimension::Pair(first, second) => format!("{first}, {second}"),
    }
}

fn alarms(stack: &Stack) -> Vec<Value> {
    stack.resources_of("AWS::CloudWatch::Alarm").into_values().map(|mut alarm| alarm["Properties"].take()).collect()
}

fn query(alarm: &Value) -> Option<&str> {
    alarm["Metrics"][0]["Expression"].as_str()
}

#[test]
fn every_kind_has_its_alarm() {
    for (rate, period) in [("rate(1 minute)", 60), ("rate(5 minutes)", 300)] {
        for mode in ["items", "both"] {
            let stack = Stack::of(&[("PollRate", rate), ("Metrics", mode), ("Routes", "count")]);
            let alarms = alarms(&stack);
            assert_eq!(alarms.iter().filter(|alarm| query(alarm).is_some()).count(), alarmed().count());
            for (kind, threshold) in alarmed() {
                let by = dimensions(kind);
                let expected = format!(
                    "SELECT MAX({}) FROM SCHEMA(\"AWSx/DirectConnect\", {by}) GROUP BY {by} ORDER BY MAX() DESC",
                    kind.metric()
                );
                let alarm = alarms.iter().find(|alarm| query(alarm) == Some(&expected));
                let alarm = alarm.unwrap_or_else(|| panic!("no alarm has the query {expected}"));
                assert_eq!(alarm["AlarmName"], format!("watch-{kind}-level"));
                assert_eq!(alarm["Threshold"], threshold, "{kind}");
                assert_eq!(alarm["ComparisonOperator"], "GreaterThanOrEqualToThreshold");
                assert_eq!(alarm["Metrics"][0]["Period"], period);
                assert_eq!((&alarm["DatapointsToAlarm"], &alarm["EvaluationPeriods"]), (&2.into(), &3.into()));
                let words = kind.words().iter().filter(|word| word.level >= threshold);
                let words: Vec<String> = words.map(|word| format!("{} {}", word.word, word.level)).collect();
                let description = alarm["AlarmDescription"].as_str().unwrap();
                assert!(description.contains(&format!("({}; 90 unknown", words.join(", "))), "{kind}: {description}");
            }
        }
    }
}

#[test]
fn routes_have_their_alarm_only_where_they_are_watched() {
    let count = |routes: &str| {
        let alarms = alarms(&Stack::of(&[("Routes", routes)]));
        alarms.iter().filter(|alarm| query(alarm).is_some()).count()
    };
    assert_eq!(["off", "count"].map(count), [alarmed().count() - 1, alarmed().count()]);
}

#[test]
fn a_summary_has_one_alarm_and_the_switch_takes_all() {
    let queries = |parameters: &[(&str, &str)]| {
        alarms(&Stack::of(parameters)).iter().filter_map(query).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        queries(&[("Metrics", "summary"), ("Namespace", "Network")]),
        ["SELECT MAX(Items) FROM SCHEMA(\"Network\", Health, Kind, Region) WHERE Health = 'down' \
          GROUP BY Kind, Region ORDER BY MAX() DESC"]
    );
    assert_eq!(queries(&[("LevelAlarms", "false")]), Vec::<String>::new());
    assert_eq!(queries(&[("LevelAlarms", "false"), ("Metrics", "summary")]), Vec::<String>::new());
}

#[test]
fn the_monitor_is_watched_too() {
    for (rate, period) in [("rate(1 minute)", 60), ("rate(5 minutes)", 300)] {
        let stack = Stack::of(&[("PollRate", rate), ("LevelAlarms", "false")]);
        let told: Vec<String> = alarms(&stack)
            .iter()
            .map(|alarm| {
                let text = |name: &str| alarm[name].as_str().unwrap().to_owned();
                let sign = if text("ComparisonOperator") == "LessThanThreshold" { "<" } else { ">=" };
                let periods = alarm["DatapointsToAlarm"].as_u64().unwrap_or(1);
                format!(
                    "{} {}({}) {sign} {} in {periods} of {} periods of {} s, missing is {}",
                    text("Namespace"),
                    text("Statistic"),
                    text("MetricName"),
                    alarm["Threshold"],
                    alarm["EvaluationPeriods"],
                    alarm["Period"],
                    text("TreatMissingData")
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                format!(
                    "AWSx/DirectConnect Sum(AnnouncementsParked) >= 1 in 1 of 1 periods of {period} s, missing is notBreaching"
                ),
                "AWSx/DirectConnect Minimum(AnnouncementsPending) >= 1 in 1 of 1 periods of 900 s, missing is ignore"
                    .to_owned(),
                "AWS/Lambda Sum(AsyncEventsDropped) >= 1 in 1 of 1 periods of 300 s, missing is notBreaching"
                    .to_owned(),
                "AWSx/DirectConnect Sum(EventsUnreadable) >= 1 in 1 of 1 periods of 300 s, missing is notBreaching"
                    .to_owned(),
                format!("AWS/Lambda Sum(Errors) >= 1 in 3 of 5 periods of {period} s, missing is notBreaching"),
                format!(
                    "AWSx/DirectConnect Minimum(PollSucceeded) < 1 in 3 of 3 periods of {period} s, missing is breaching"
                ),
                "AWSx/DirectConnect Maximum(SubscriptionsMissing) >= 1 in 2 of 2 periods of 3600 s, missing is missing"
                    .to_owned(),
            ]
        );
    }
}

#[test]
fn events_that_are_lost_raise_an_alarm_where_events_are_received() {
    let is_about_events = |alarm: &Value| alarm["AlarmName"].as_str().unwrap().contains("-events-");
    let none = Stack::of(&[("WatchHealth", "false"), ("WatchApiCalls", "false")]);
    assert_eq!(alarms(&none).iter().filter(|alarm| is_about_events(alarm)).count(), 0);
    for only in ["WatchHealth", "WatchApiCalls"] {
        let stack = Stack::of(&[(only, "false")]);
        assert_eq!(alarms(&stack).iter().filter(|alarm| is_about_events(alarm)).count(), 2, "without {only}");
        // Those that are dropped are counted by the name that the rules invoke the function by.
        let dimension = &stack.properties("EventsDroppedAlarm")["Dimensions"][1];
        let alias = stack.properties("EventsAlias")["Name"].as_str().unwrap().to_owned();
        assert_eq!(
            (&dimension["Name"], &dimension["Value"]),
            (&"Resource".into(), &format!("Function:{alias}").into())
        );
    }
}

#[test]
fn alarms_stand_on_metrics_that_are_published() {
    let now = aws_dx_monitor::domain::Timestamp::from_milliseconds(0);
    let figures = PollFigures { incidents_open: Some(0), ..PollFigures::default() };
    let mut published = own_data_points(&figures, "Function", now);
    published.extend([subscriptions_missing(0, "Function", now), unreadable_event("Function", now)]);
    let published: BTreeSet<&str> = published.iter().map(|point| point.metric).collect();
    for alarm in alarms(&Stack::of(&[("LevelAlarms", "false")])) {
        let metric = alarm["MetricName"].as_str().unwrap();
        let dimension = &alarm["Dimensions"][0];
        if alarm["Namespace"] == "AWS/Lambda" {
            assert_eq!((&dimension["Name"], &dimension["Value"]), (&"FunctionName".into(), &"Function".into()));
        } else {
            assert!(published.contains(metric), "{metric}");
            assert_eq!((&dimension["Name"], &dimension["Value"]), (&"Monitor".into(), &"Function".into()));
        }
    }
    let dashboard = Stack::of(&[]).properties("Dashboard")["DashboardBody"].to_string();
    for metric in published {
        assert!(dashboard.contains(metric), "{metric} is on the dashboard");
    }
}

#[test]
fn alarms_on_states_and_those_on_the_monitor_go_to_topics_of_their_own() {
    let [noc, owner] = ["noc", "owner"].map(|name| format!("arn:aws:sns:us-east-1:123456789012:{name}"));
    let email = ("AlarmEmailAddress", "noc@example.com");
    for (levels, monitor, parameters) in [
        ("AlarmTopic", "MonitorTopic", vec![email]),
        (&noc, "MonitorTopic", vec![("AlarmTopicArn", noc.as_str()), email]),
        ("AlarmTopic", &owner, vec![("MonitorTopicArn", owner.as_str()), email]),
        (&noc, &owner, vec![("AlarmTopicArn", noc.as_str()), ("MonitorTopicArn", owner.as_str()), email]),
    ] {
        let stack = Stack::of(&parameters);
        for (topic, used) in [("AlarmTopic", levels), ("MonitorTopic", monitor)] {
            let subscription = topic.replace("Topic", "EmailSubscription");
            assert_eq!([stack.has(topic), stack.has(&subscription)], [topic == used; 2], "{parameters:?}");
        }
        for alarm in alarms(&stack) {
            let expected = if query(&alarm).is_some() { levels } else { monitor };
            let actions: BTreeSet<&str> = ["AlarmActions", "OKActions", "InsufficientDataActions"]
                .into_iter()
                .filter_map(|name| alarm[name][0].as_str())
                .map(|topic| topic.rsplit(':').next().unwrap())
                .collect();
            assert_eq!(actions, [expected.rsplit(':').next().unwrap()].into(), "{}", alarm["AlarmName"]);
            let name = alarm["AlarmName"].as_str().unwrap();
            assert!(name.starts_with("watch-"), "{name} carries the stack's name");
        }
    }
    let without = Stack::of(&[]);
    assert!(!without.has("AlarmEmailSubscription") && !without.has("MonitorEmailSubscription"));
}

#[test]
fn the_subscriptions_that_the_stack_makes_are_counted_by_the_hour() {
    let counted = |parameters: &[(&str, &str)]| {
        let schedule = Stack::of(parameters).properties("SubscriptionsSchedule");
        assert_eq!(schedule["ScheduleExpression"], "rate(1 hour)");
        let input: Value = serde_json::from_str(schedule["Target"]["Input"].as_str().unwrap()).unwrap();
        Request::of(&input).expect("the function reads it");
        let topics = input["subscriptions"].as_object().unwrap().iter();
        topics.map(|(arn, count)| format!("{} {count}", arn.rsplit(':').next().unwrap())).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(counted(&[]), "AlarmTopic 0, MonitorTopic 0, Topic 0");
    let (changes, alarms) = (("EmailAddress", "noc@example.com"), ("AlarmEmailAddress", "noc@example.com"));
    assert_eq!(counted(&[changes, alarms]), "AlarmTopic 1, MonitorTopic 1, Topic 1");
    let theirs = "arn:aws:sns:us-east-1:123456789012:noc";
    assert_eq!(counted(&[alarms, ("AlarmTopicArn", theirs)]), "MonitorTopic 1, Topic 0");
    let slack = [("SlackWorkspaceId", "T0123456789"), ("SlackChannelId", "C0123456789"), ("MonitorTopicArn", theirs)];
    assert_eq!(counted(&slack), "AlarmTopic 0, ChatTopic 1, Topic 0");
}

#[test]
fn the_dashboard_shows_every_kind_and_new_items_by_themselves() {
    let stack = Stack::of(&[("PollRate", "rate(5 minutes)")]);
    let body = stack.properties("Dashboard")["DashboardBody"].as_str().unwrap().to_owned();
    let dashboard: Value = serde_json::from_str(&body).unwrap();
    let widgets = dashboard["widgets"].as_array().unwrap();
    for kind in Kind::ALL {
        let by = dimensions(kind).replace(", ", ",");
        let search =
            format!("SEARCH('{{\"AWSx/DirectConnect\",{by}}} MetricName=\"{}\"', 'Maximum', 300)", kind.metric());
        let widget =
            widgets.iter().find(|widget| widget["properties"]["metrics"][0][0]["expression"] == search.as_str());
        let properties = &widget.unwrap_or_else(|| panic!("no widget has {search}"))["properties"];
        assert_eq!(properties["yAxis"]["left"]["max"], 10, "{kind}");
        assert_eq!(
            properties["annotations"]["horizontal"][0]["value"].as_u64(),
            threshold(kind).map(u64::from),
            "{kind}"
        );
    }
    // CloudWatch's grid is 24 wide, and no widget may cover another.
    let mut taken = BTreeSet::new();
    for widget in widgets {
        let at = |name: &str| widget[name].as_u64().unwrap();
        assert!(at("x") + at("width") <= 24, "{widget}");
        for x in at("x")..at("x") + at("width") {
            for y in at("y")..at("y") + at("height") {
                assert!(taken.insert((x, y)), "{widget} covers another");
            }
        }
    }
    let log = widgets.iter().find(|widget| widget["type"] == "log").unwrap();
    assert!(log["properties"]["query"].as_str().unwrap().starts_with("SOURCE 'FunctionLog' | "));
}

/// The fields of the log widget's query are those of the line that the function writes of an outage.
#[tokio::test]
async fn the_dashboard_reads_what_is_logged() {
    let body = Stack::of(&[]).properties("Dashboard")["DashboardBody"].as_str().unwrap().to_owned();
    let (_, query) = body.split_once("| fields ").unwrap();
    let (fields, rest) = query.split_once(" | ").unwrap();
    assert!(rest.starts_with("filter message = 'transition' | sort since desc "), "{rest}");

    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    let line: Value = serde_json::from_str(&function.log_containing("\"message\":\"transition\"").await).unwrap();
    for field in fields.split(", ") {
        assert!(line[field].is_string(), "{field} is not logged: {line}");
    }
}
