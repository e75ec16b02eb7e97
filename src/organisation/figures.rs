//! The roster as numbers for CloudWatch.

use std::time::Duration;

use crate::{
    domain::{Cadence, RosterRow, Timestamp},
    metrics::{DataPoint, Unit},
};

/// What the roster comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterFigures {
    /// Accounts that were reached at least once, and have not left.
    pub watched: u64,
    /// Those of them that are not reached any more.
    pub late: Vec<String>,
    /// Accounts whose role cannot be assumed, whether they were ever reached or not.
    pub refused: u64,
    /// The items of all accounts.
    pub items: u64,
    /// How long ago the account was reached that was not for the longest time, of those that are polled each beat or late.
    pub oldest: Duration,
}

/// Counts the roster at `now`.
pub fn figures(roster: &[RosterRow], now: Timestamp) -> RosterFigures {
    let mut figures = RosterFigures::default();
    for row in roster.iter().filter(|row| row.is_listed()) {
        figures.refused += u64::from(row.cadence == Cadence::Refused);
        let Some(last_ok_at) = row.last_ok_at else { continue };
        figures.watched += 1;
        figures.items += row.items;
        let is_late = row.lateness(now).is_some();
        if is_late {
            figures.late.push(row.account.clone());
        }
        if is_late || row.cadence == Cadence::Hot {
            figures.oldest = figures.oldest.max(now.since(last_ok_at));
        }
    }
    figures
}

/// The data points of a dispatch. `AccountLate` exists only for accounts that are late, so that an alarm on it names them,
/// and costs nothing in good times.
pub fn data_points(figures: &RosterFigures, monitor: &str, at: Timestamp) -> Vec<DataPoint> {
    let own = |metric, value: f64, unit| DataPoint {
        metric,
        dimensions: vec![("Monitor", monitor.to_owned())],
        value,
        unit,
        at,
    };
    let mut data = vec![
        own("AccountsWatched", figures.watched as f64, Unit::Count),
        own("AccountsLate", figures.late.len() as f64, Unit::Count),
        own("AccountsRefused", figures.refused as f64, Unit::Count),
        own("OldestAccountSeconds", figures.oldest.as_secs_f64(), Unit::Seconds),
        own("Items", figures.items as f64, Unit::Count),
    ];
    data.extend(figures.late.iter().map(|account| DataPoint {
        metric: "AccountLate",
        dimensions: vec![("AccountId", account.clone())],
        value: 1.0,
        unit: Unit::None,
        at,
    }));
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_milliseconds(1_795_316_400_000).plus(Duration::from_secs(seconds))
    }

    fn row(account: &str, cadence: Cadence, items: u64) -> RosterRow {
        let seen = Some(at(0));
        let refused_since = (cadence == Cadence::Refused).then(|| at(0));
        let unknown = RosterRow::unknown(account);
        RosterRow { cadence, items, enrolled_at: seen, last_ok_at: seen, last_poll_at: seen, refused_since, ..unknown }
    }

    #[test]
    fn the_roster_is_counted() {
        let never = RosterRow { cadence: Cadence::Refused, ..RosterRow::unknown("3") };
        let left = RosterRow { left_at: Some(at(1)), ..row("4", Cadence::Hot, 100) };
        let roster =
            [row("1", Cadence::Hot, 40), row("2", Cadence::Cold, 0), never, left, row("5", Cadence::Refused, 2)];
        let counted = figures(&roster, at(60));
        let points = data_points(&counted, "aws-dx-monitor", at(60));
        let text: Vec<String> =
            points.iter().map(|point| format!("{} {:?} {}", point.metric, point.dimensions, point.value)).collect();
        insta::assert_snapshot!(text.join("\n"), @r#"
        AccountsWatched [("Monitor", "aws-dx-monitor")] 3
        AccountsLate [("Monitor", "aws-dx-monitor")] 1
        AccountsRefused [("Monitor", "aws-dx-monitor")] 2
        OldestAccountSeconds [("Monitor", "aws-dx-monitor")] 60
        Items [("Monitor", "aws-dx-monitor")] 42
        AccountLate [("AccountId", "5")] 1
        "#);
    }

    #[test]
    fn without_a_late_account_there_is_no_metric_of_one() {
        let points = data_points(&figures(&[row("1", Cadence::Hot, 40)], at(60)), "aws-dx-monitor", at(60));
        assert!(points.iter().all(|point| point.metric != "AccountLate"));
        let nothing = figures(&[], at(60));
        assert_eq!(nothing, RosterFigures::default());
    }
}
