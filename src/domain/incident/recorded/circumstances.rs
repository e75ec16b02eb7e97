//! What a recorded document says of what is known around its incident.

use serde_json::Value;

use super::{RecordedIncident, instant, listed, text};
use crate::domain::{incident::circumstances::PlannedBy, timestamp::Timestamp};

/// Planned time, as a document names it.
#[derive(Clone, Copy, Debug)]
pub struct RecordedPlanned<'a>(&'a Value);

/// Who has taken an incident on.
#[derive(Clone, Copy, Debug)]
pub struct RecordedAcknowledgement<'a> {
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Option<Timestamp>,
    /// What they had to say.
    pub note: Option<&'a str>,
}

impl<'a> RecordedPlanned<'a> {
    /// The word for who planned it.
    pub fn by_word(self) -> &'a str {
        text(&self.0["by"])
    }

    /// Whether AWS planned it.
    pub fn is_by_aws(self) -> bool {
        self.by_word() == PlannedBy::AwsHealth.as_str()
    }

    /// Whether it is a failover test.
    pub fn is_test(self) -> bool {
        self.by_word() == PlannedBy::FailoverTest.as_str()
    }

    /// The id of the window, or of what is tested.
    pub fn id(self) -> &'a str {
        text(&self.0["id"])
    }

    /// When it was announced that it is so planned.
    pub fn announced_at(self) -> Option<Timestamp> {
        instant(&self.0["announcedAt"])
    }

    /// When it begins.
    pub fn from(self) -> Option<Timestamp> {
        instant(&self.0["from"])
    }

    /// When it ends.
    pub fn until(self) -> Option<Timestamp> {
        instant(&self.0["until"])
    }

    /// What it is.
    pub fn title(self) -> &'a str {
        text(&self.0["title"])
    }
}

impl<'a> RecordedIncident<'a> {
    /// Planned time that covers it, or did last.
    pub fn planned(self) -> Option<RecordedPlanned<'a>> {
        let planned = &self.details()["planned"];
        planned.is_object().then_some(RecordedPlanned(planned))
    }

    /// AWS's planned work, where its time was not over yet when this was recorded.
    pub fn work(self) -> Option<RecordedPlanned<'a>> {
        self.planned().filter(|planned| planned.is_by_aws() && !self.is_after(*planned))
    }

    /// Planned time that was over when this was recorded.
    pub fn ended(self) -> Option<RecordedPlanned<'a>> {
        self.planned().filter(|planned| self.is_after(*planned))
    }

    fn is_after(self, planned: RecordedPlanned<'_>) -> bool {
        planned.until().zip(self.recorded_at()).is_some_and(|(until, at)| until <= at)
    }

    /// Who has taken it on, and when.
    pub fn acknowledged(self) -> Option<RecordedAcknowledgement<'a>> {
        let acknowledged = &self.details()["acknowledged"];
        let (at, note) = (instant(&acknowledged["at"]), acknowledged["note"].as_str());
        Some(RecordedAcknowledgement { by: acknowledged["by"].as_str()?, at, note })
    }

    /// Evidence of its cause, each piece in a sentence with its instant.
    pub fn evidence(self) -> impl Iterator<Item = (Option<Timestamp>, &'a str)> {
        listed(&self.details()["evidence"]).map(|piece| (instant(&piece["at"]), text(&piece["summary"])))
    }
}
