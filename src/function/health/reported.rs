//! What an event of AWS Health says, field by field, and how it reads as evidence.

use serde_json::Value;

use super::{
    entities::Entities,
    words::{code_in_words, first_sentence},
};
use crate::{
    domain::{Arn, Evidence, EvidenceType, Timestamp, bounded},
    function::{
        fact::{NoFact, event_time, key_part, text},
        health_time::health_time,
    },
};

/// What an event says, read leniently.
pub(super) struct Reported<'a> {
    pub(super) arn: &'a str,
    /// Such as `AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED`.
    pub(super) code: &'a str,
    /// `upcoming`, `open` or `closed`.
    pub(super) status: Option<&'a str>,
    pub(super) region: &'a str,
    pub(super) is_public: Option<bool>,
    /// Of all pages of one communication the same.
    pub(super) communication: String,
    pub(super) page: u64,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) updated_at: Timestamp,
    /// What AWS says in words: the first sentence of it.
    pub(super) sentence: Option<String>,
    pub(super) entities: Entities,
}

impl<'a> Reported<'a> {
    /// What an event says. It must have an ARN, a code, a region and a time.
    pub(super) fn of(event: &'a Value, detail: &'a Value) -> Result<Reported<'a>, NoFact> {
        let arn = text(detail, "eventArn").ok_or(NoFact::Malformed("it has no ARN"))?;
        let code = text(detail, "eventTypeCode").ok_or(NoFact::Malformed("it has no code"))?;
        let time = |key| detail.get(key).and_then(health_time);
        let (start, end) = (time("startTime"), time("endTime"));
        let updated_at = time("lastUpdatedTime").or_else(|| event_time(event)).or(start);
        let updated_at = updated_at.ok_or(NoFact::Malformed("it has no time"))?;
        let (communication, page) = communication(detail, updated_at);
        Ok(Reported {
            arn,
            code,
            status: text(detail, "statusCode"),
            region: region(event, detail, arn).ok_or(NoFact::Malformed("it names no region"))?,
            is_public: text(detail, "eventScopeCode").map(|scope| scope.eq_ignore_ascii_case("PUBLIC")),
            communication,
            page,
            start,
            end,
            updated_at,
            sentence: first_sentence(detail.get("eventDescription")),
            entities: Entities::of(event, detail),
        })
    }

    /// Whether its status is this.
    pub(super) fn has_status(&self, status: &str) -> bool {
        self.status.is_some_and(|own| own.eq_ignore_ascii_case(status))
    }

    /// In one line: `Planned maintenance has been scheduled on …`, or at least `maintenance scheduled`.
    pub(super) fn title(&self) -> String {
        self.sentence.clone().unwrap_or_else(|| code_in_words(self.code))
    }

    /// It as evidence of the items that it names.
    pub(super) fn evidence(&self) -> Evidence {
        let status = self.status.map(|status| format!(", {}", status.to_lowercase())).unwrap_or_default();
        let sentence = self.sentence.as_ref().map(|sentence| format!(": {sentence}")).unwrap_or_default();
        Evidence {
            // The id of the envelope is another one in AWS's backup region. One issue has one ARN in all its reports.
            id: format!("{}/{}/{}", key_part(self.arn), key_part(&self.communication), self.page),
            kind: EvidenceType::AwsHealth,
            // When AWS says so: the beginning of an issue may lie hours before, and is the same in all of its reports.
            at: self.updated_at,
            summary: bounded(&format!("AWS Health, {}{status}{sentence}", code_in_words(self.code))).into_owned(),
            by: None,
            items: self.entities.ids.clone(),
        }
    }
}

/// The region that an event is about. The envelope's is the one in which it is delivered.
fn region<'a>(event: &'a Value, detail: &'a Value, arn: &'a str) -> Option<&'a str> {
    let of_arn = || Arn::parse(arn).map(|arn| arn.region).filter(|region| !region.is_empty());
    text(detail, "eventRegion").or_else(of_arn).or_else(|| text(event, "region"))
}

/// The communication that an event is a page of, and the number of the page. An id ends with the page's number; an old event
/// has none, and is distinguished from its successor by its time.
fn communication(detail: &Value, updated_at: Timestamp) -> (String, u64) {
    let page = detail.get("page").and_then(|page| page.as_u64().or_else(|| page.as_str()?.trim().parse().ok()));
    let Some(id) = text(detail, "communicationId") else { return (updated_at.to_string(), page.unwrap_or(1)) };
    let numbered = id.rsplit_once('-').filter(|(stem, number)| !stem.is_empty() && number.len() <= 4);
    let numbered = numbered.and_then(|(stem, number)| Some((stem, number.parse::<u64>().ok()?)));
    match numbered {
        Some((stem, number)) if page.is_none_or(|page| page == number) => (stem.to_owned(), number),
        _ => (id.to_owned(), page.unwrap_or(1)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_of_communications_lose_the_number_of_the_page_and_nothing_else() {
        let at = Timestamp::from_milliseconds(0);
        let read = |detail: Value| communication(&detail, at);
        assert_eq!(read(json!({"communicationId": "ab-12", "page": "12"})), ("ab".to_owned(), 12));
        assert_eq!(read(json!({"communicationId": "ab-12"})), ("ab".to_owned(), 12));
        assert_eq!(read(json!({"communicationId": "ab-12", "page": 3})), ("ab-12".to_owned(), 3));
        assert_eq!(read(json!({"communicationId": "a-446655440000"})), ("a-446655440000".to_owned(), 1));
        assert_eq!(read(json!({})), (at.to_string(), 1));
    }
}
