//! Stored documents, field by field.

use serde_json::{Map, Value};

use super::{
    pseudonyms::Redactor,
    rules::{Rule, rule},
    sorts::Sort,
    vocabulary,
};
use crate::{
    domain::{RecordedIncident, Timestamp},
    incident,
};

/// The sentence of a notice of AWS Health, in place of AWS's own.
const NOTICE: &str = "A notice of AWS Health";

impl Redactor {
    /// A document of history, of a transition or of an incident, with pseudonyms. What this version does not know is left
    /// out.
    pub fn document(&self, document: &Value) -> Value {
        let fields = document.as_object().cloned().unwrap_or_default();
        let mut redacted = Value::Object(self.object("", &fields));
        if redacted["summary"].is_string() {
            redacted["summary"] = incident::summary_of(RecordedIncident::of(&redacted)).into();
        }
        redacted
    }

    /// An object with the rules of `name`.
    pub(super) fn object(&self, name: &str, fields: &Map<String, Value>) -> Map<String, Value> {
        let mut redacted = Map::new();
        // Sentences last: what they are made of is known then.
        let is_late = |key: &str| rule(name, key) == Some(Rule::Sentence);
        let (late, early): (Vec<_>, Vec<_>) = fields.iter().partition(|(key, _)| is_late(key));
        for (key, value) in early.into_iter().chain(late) {
            let of_rule = rule(name, key).and_then(|rule| self.field(rule, (key, value), fields));
            redacted.extend(of_rule.map(|value| (key.clone(), value)));
        }
        redacted
    }

    /// A field of an object with the other `fields`. None where it is not what its rule expects.
    fn field(&self, rule: Rule, (key, value): (&str, &Value), fields: &Map<String, Value>) -> Option<Value> {
        Some(match (rule, value) {
            (Rule::Object, Value::Object(own)) => self.object(key, own).into(),
            (Rule::Objects, Value::Array(list)) => {
                let objects = list.iter().filter_map(Value::as_object);
                objects.map(|own| Value::Object(self.object(key, own))).collect::<Vec<_>>().into()
            }
            (Rule::Ids, Value::Array(list)) => {
                list.iter().filter_map(|id| Some(self.id(id.as_str()?))).collect::<Vec<_>>().into()
            }
            (Rule::Number, Value::Number(_)) | (Rule::Flag, Value::Bool(_)) => value.clone(),
            (Rule::Counts, Value::Object(counts)) => self.counts(counts).into(),
            (Rule::Tags, Value::Object(tags)) => self.tags(tags).into(),
            (Rule::Named(sort), Value::Number(number)) => self.number(sort, number.as_i64()?).into(),
            (Rule::Sentence, Value::String(text)) => self.sentence_of(text, fields).into(),
            (_, Value::String(text)) => self.text(rule, text, fields)?.into(),
            _ => return None,
        })
    }

    /// A text, by its rule.
    fn text(&self, rule: Rule, text: &str, fields: &Map<String, Value>) -> Option<String> {
        Some(match rule {
            Rule::Word => self.word(text),
            Rule::Region => self.region(text),
            Rule::Bandwidth if vocabulary::is_bandwidth(text) => text.to_owned(),
            Rule::Bandwidth => self.pseudonym(Sort::Text, text),
            Rule::Instant => text.parse::<Timestamp>().ok()?.to_string(),
            Rule::Id => self.id(text),
            Rule::IdOfKind => match fields.get("kind").and_then(Value::as_str).map(str::parse) {
                Some(Ok(kind)) => self.id_of(kind, text),
                _ => self.id(text),
            },
            Rule::IdOfChange => match fields.get("change").and_then(Value::as_str) {
                Some("moved-device") => self.device(text),
                Some("moved-location") => self.location(text),
                _ => self.id(text),
            },
            Rule::Arn => self.arn(text),
            Rule::Address => self.address(text),
            Rule::Text(sort) => self.pseudonym(sort, text),
            // Made again once the rest is there.
            Rule::Summary => String::new(),
            _ => return None,
        })
    }

    fn counts(&self, counts: &Map<String, Value>) -> Map<String, Value> {
        let numbers = counts.iter().filter(|(_, count)| count.is_number());
        numbers.map(|(word, count)| (self.word(word), count.clone())).collect()
    }

    fn tags(&self, tags: &Map<String, Value>) -> Map<String, Value> {
        let texts = tags.iter().filter_map(|(key, value)| Some((key, value.as_str()?)));
        texts.map(|(key, value)| (self.pseudonym(Sort::Tag, key), self.pseudonym(Sort::Text, value).into())).collect()
    }

    /// A sentence of an object with these `fields`.
    fn sentence_of(&self, text: &str, fields: &Map<String, Value>) -> String {
        let field = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        if field("type") == "aws-health" {
            return NOTICE.to_owned();
        }
        let mut known = vec![(field("by").to_owned(), self.pseudonym(Sort::Person, field("by")))];
        // The cause of an incident is put together of what the document has in other places.
        for evidence in fields.get("evidence").and_then(Value::as_array).into_iter().flatten() {
            let by = evidence["by"].as_str().unwrap_or_default();
            known.push((by.to_owned(), self.pseudonym(Sort::Person, by)));
        }
        for named in ["root", "routes"] {
            known.extend(fields.get(named).into_iter().flat_map(|own| self.names_of(named, own)));
        }
        let changes = fields.get("resilience").and_then(|resilience| resilience["changes"].as_array());
        known.extend(changes.into_iter().flatten().flat_map(|change| self.names_of("changes", change)));
        self.sentence(text, &known)
    }

    /// What an object with this name calls itself, and where it is.
    fn names_of(&self, parent: &str, object: &Value) -> Vec<(String, String)> {
        let keys = ["id", "name", "location", "device", "from", "to"];
        let Some(fields) = object.as_object() else { return Vec::new() };
        let texts = keys.into_iter().filter_map(|key| Some((key, fields.get(key)?.as_str()?)));
        let known = |(key, text): (&str, &str)| Some((text.to_owned(), self.text(rule(parent, key)?, text, fields)?));
        texts.filter_map(known).collect()
    }
}
