//! What a report says of planned time: whose counts, whether it is left out, and which windows covered an outage.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    choice::PlannedChoice,
    planned_time::{PlannedTime, Verdict},
};
use crate::domain::{PlannedBy, Timestamp};

/// Planned time, and what became of it in the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportPlanned {
    /// Whose planned time counts as planned.
    pub counted: Vec<PlannedBy>,
    /// Whether down time that counts as planned is excluded from availability, by the reader's choice.
    pub excluded: bool,
    /// The windows that cover a part of an outage of an item, by time.
    pub windows: Vec<PlannedWindow>,
}

/// A window that covers a part of an outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedWindow {
    /// The account whose items it covers.
    pub account: String,
    /// What is planned.
    #[serde(flatten)]
    pub time: PlannedTime,
    /// Whether it counts as planned and, if not, why not.
    pub verdict: Verdict,
    /// How many outages of items it covers, with a part of each at least.
    pub outages: u64,
}

/// Collects windows, each once, however many outages it covers.
#[derive(Debug)]
pub struct WindowList<'a> {
    choice: &'a PlannedChoice,
    windows: BTreeMap<(PlannedKey, Verdict), PlannedWindow>,
}

/// When a window begins, its account, who planned it, and its id.
type PlannedKey = (Timestamp, String, String, String);

impl<'a> WindowList<'a> {
    /// None yet.
    pub fn new(choice: &'a PlannedChoice) -> WindowList<'a> {
        WindowList { choice, windows: BTreeMap::new() }
    }

    /// Takes in a window that covers one more outage. Incidents may have seen different ends of it: the last counts here.
    pub fn add(&mut self, account: &str, time: &PlannedTime) {
        let verdict = time.verdict(self.choice);
        let key = (time.from, account.to_owned(), time.by.clone(), time.id.clone());
        let window = self.windows.entry((key, verdict)).or_insert_with(|| PlannedWindow {
            account: account.to_owned(),
            time: time.clone(),
            verdict,
            outages: 0,
        });
        window.outages += 1;
        window.time.until = window.time.until.max(time.until);
    }

    /// What the report says.
    pub fn finish(self) -> ReportPlanned {
        ReportPlanned {
            counted: self.choice.counted().collect(),
            excluded: self.choice.is_excluded(),
            windows: self.windows.into_values().collect(),
        }
    }
}
