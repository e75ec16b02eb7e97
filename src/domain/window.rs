//! Planned time: silences of an operator, windows of AWS's planned work, and who has taken an incident on.
//!
//! The store holds rows, one for each silence and one for each page of each notice of AWS Health, so that no write has to
//! read what another wrote. [`Plans`] makes of them what holds: pages united, work moved, completed or cancelled.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{description::ItemDescription, kind::Kind, timestamp::Timestamp};

/// The longest time that a window may last. What lasts longer is no exception any more.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(30 * 86_400);
/// How long work lasts of which AWS names no end: planned work usually takes four hours.
pub const USUAL_WORK: Duration = Duration::from_secs(4 * 3_600);
/// For how long the rows of windows are kept once they have no effect any more.
pub const KEEP_WINDOWS: Duration = Duration::from_secs(8 * 86_400);

/// For how long it is kept who has taken an incident on: longer than incidents last.
pub const KEEP_ACKNOWLEDGEMENTS: Duration = Duration::from_secs(90 * 86_400);

/// Which items a window is about: all conditions that are given must hold.
///
/// One with a condition that this version does not know cannot be read: without it, it would match more than was meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// The items' ids; any id where empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ids: BTreeSet<String>,
    /// The items' kinds; any kind where empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<Kind>,
    /// The Direct Connect location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The AWS device, logical or physical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The gateway that an item leads to or belongs to: a Direct Connect gateway or a virtual private gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// The region that is polled, or `global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Matcher {
    /// The item of this id.
    pub fn of_id(id: &str) -> Matcher {
        Matcher { ids: BTreeSet::from([id.to_owned()]), ..Matcher::default() }
    }

    /// Whether no condition is given: it would match everything.
    pub fn is_empty(&self) -> bool {
        *self == Matcher::default()
    }

    /// Whether every condition holds for `item`.
    pub fn matches(&self, item: &ItemDescription) -> bool {
        let is = |wanted: &Option<String>, found: &[&Option<String>]| {
            wanted.as_ref().is_none_or(|wanted| found.iter().any(|found| found.as_ref() == Some(wanted)))
        };
        (self.ids.is_empty() || self.ids.contains(&item.id))
            && (self.kinds.is_empty() || self.kinds.contains(&item.kind))
            && is(&self.location, &[&item.location])
            && is(&self.device, &[&item.device, &item.physical_device])
            && self.matches_gateway(item)
            && self.region.as_ref().is_none_or(|region| *region == item.region)
    }

    fn matches_gateway(&self, item: &ItemDescription) -> bool {
        let Some(gateway) = &self.gateway else { return true };
        let is_it = matches!(item.kind, Kind::DirectConnectGateway | Kind::VirtualGateway) && item.id == *gateway;
        let leads_to = [&item.direct_connect_gateway_id, &item.virtual_gateway_id]
            .into_iter()
            .any(|id| id.as_ref() == Some(gateway));
        is_it || leads_to
    }
}

/// Where a window comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WindowSource {
    /// An operator's silence.
    #[serde(rename = "operator")]
    Silence,
    /// A notice of AWS Health.
    AwsHealth,
}

/// One row of planned time: a silence, or one page of a notice of AWS Health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The id: a silence's own, or the token that the notices of one piece of AWS's work have in common.
    pub id: String,
    /// Where it comes from.
    pub source: WindowSource,
    /// Which items it is about.
    #[serde(rename = "match")]
    pub matcher: Matcher,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; not included.
    pub until: Timestamp,
    /// What it is, in the words of whoever planned it. Hostile until it is escaped.
    pub title: String,
    /// Who planned it. Hostile until it is escaped.
    pub by: String,
    /// Of a silence: whether it covers even an outage that leaves a destination without a path.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub even_outage: bool,
    /// Of AWS's work: the notice that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Since when it is known that this is planned: of a silence, when it was made. The row of a notice has its own time,
    /// and [`Plans`] finds that of the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<Timestamp>,
}

/// One page of a notice of AWS Health about planned work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// When AWS last changed it: the newest notice of a piece of work holds.
    pub updated_at: Timestamp,
    /// The event's ARN. The notices that schedule, complete and cancel one piece of work have different ones.
    pub event: String,
    /// The communication that it is a page of.
    pub communication: String,
    /// The number of the page, from 1.
    pub page: u64,
    /// What becomes of the work.
    pub change: NoticeChange,
}

/// What a notice says of planned work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeChange {
    /// It will be done, or is being done, at the times that are given.
    Scheduled,
    /// It is done.
    Completed,
    /// It will not be done.
    Cancelled,
}

impl NoticeChange {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeChange::Scheduled => "scheduled",
            NoticeChange::Completed => "completed",
            NoticeChange::Cancelled => "cancelled",
        }
    }
}

impl Window {
    /// A window about everything, without words and without a notice.
    pub fn bare(source: WindowSource, id: &str, (from, until): (Timestamp, Timestamp)) -> Window {
        Window {
            id: id.to_owned(),
            source,
            matcher: Matcher::default(),
            from,
            until,
            title: String::new(),
            by: String::new(),
            even_outage: false,
            notice: None,
            announced_at: None,
        }
    }

    /// The key of its row among the account's windows. It is the same for a repeat of the same notice, and no two pages
    /// or notices share one.
    pub fn key(&self) -> String {
        match &self.notice {
            None => self.id.clone(),
            Some(notice) => format!("{}/{}/{}/{}", self.id, notice.event, notice.communication, notice.page),
        }
    }

    /// When its row may be dropped, in seconds since 1970. What completes or cancels work must be there for longer than what
    /// has scheduled it: else the work would come back.
    pub fn expires_at(&self) -> i64 {
        let ends_work = self.notice.as_ref().is_some_and(|notice| notice.change != NoticeChange::Scheduled);
        let longer = if ends_work { LONGEST_WINDOW } else { Duration::ZERO };
        self.until.plus(longer).plus(KEEP_WINDOWS).seconds()
    }
}

/// The fact that an incident has been taken on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acknowledgement {
    /// Who. Hostile until it is escaped.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they had to say. Hostile until it is escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Acknowledgement {
    const PREFIX: &str = "acknowledged/";

    /// The key of the row of an incident's acknowledgement among the account's windows.
    pub fn key(incident: Uuid) -> String {
        format!("{}{incident}", Acknowledgement::PREFIX)
    }

    /// The incident whose acknowledgement has this key; none if it is the key of a window.
    pub fn incident(key: &str) -> Option<Uuid> {
        key.strip_prefix(Acknowledgement::PREFIX)?.parse().ok()
    }

    /// When its row may be dropped, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.at.plus(KEEP_ACKNOWLEDGEMENTS).seconds()
    }
}

/// What an account's store holds of planned time: its rows as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowRows {
    /// Silences, and pages of notices.
    pub windows: Vec<Window>,
    /// Who has taken which incident on.
    pub acknowledgements: BTreeMap<Uuid, Acknowledgement>,
}

impl WindowRows {
    /// The partition of an account's rows, beside those of its scopes. It is no scope's.
    pub fn path(account: &str) -> String {
        format!("{account}/windows")
    }
}

/// What is planned: one window for each silence and each piece of AWS's work that has not been cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plans {
    /// The windows, by when they begin.
    pub windows: Vec<Window>,
    /// Who has taken which incident on.
    pub acknowledgements: BTreeMap<Uuid, Acknowledgement>,
}

impl Plans {
    /// What `rows` say together.
    pub fn of(rows: &WindowRows) -> Plans {
        let mut work: BTreeMap<&str, Vec<(&Window, &Notice)>> = BTreeMap::new();
        let mut windows = Vec::new();
        for window in &rows.windows {
            match &window.notice {
                None => windows.push(window.clone()),
                Some(notice) => work.entry(&window.id).or_default().push((window, notice)),
            }
        }
        windows.extend(work.into_values().filter_map(united));
        windows.sort_by(|one, other| (one.from, &one.id).cmp(&(other.from, &other.id)));
        Plans { windows, acknowledgements: rows.acknowledgements.clone() }
    }
}

/// The window of one piece of AWS's work. None where it is cancelled, or where only its completion is known.
fn united(pages: Vec<(&Window, &Notice)>) -> Option<Window> {
    let newest = |change| pages.iter().filter(|(_, notice)| notice.change == change).max_by_key(|(_, notice)| *notice);
    let (scheduled, notice) = *newest(NoticeChange::Scheduled)?;
    if newest(NoticeChange::Cancelled).is_some_and(|(_, cancelled)| cancelled.updated_at >= notice.updated_at) {
        return None;
    }
    let mut window = scheduled.clone();
    let of_same = pages.iter().filter(|(_, page)| {
        page.change == NoticeChange::Scheduled
            && (&page.event, &page.communication) == (&notice.event, &notice.communication)
    });
    window.matcher.ids = of_same.flat_map(|(window, _)| window.matcher.ids.iter().cloned()).collect();
    // A later notice may say the same once more, or less.
    let says_so = |(other, notice): &&(&Window, &Notice)| {
        notice.change == NoticeChange::Scheduled && other.from <= window.from && window.until <= other.until
    };
    window.announced_at = pages.iter().filter(says_so).map(|(_, notice)| notice.updated_at).min();
    let completed = newest(NoticeChange::Completed).filter(|(_, completed)| completed.updated_at >= notice.updated_at);
    if let Some((completed, _)) = completed {
        window.until = window.until.min(completed.until.max(window.from));
    }
    Some(window)
}

#[cfg(test)]
mod tests;
