//! What an event of AWS Health affects: ids of items, or words that stand for an account or for nothing known.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::function::fact::text;

/// The most items of one event, and the longest id, in bytes: together they fit in a row. A page of AWS holds fewer.
const MAXIMUM_ITEMS: usize = 2_000;
const MAXIMUM_ID_BYTES: usize = 128;

/// What an event affects.
pub(super) struct Entities {
    /// The ids of the items that it names.
    pub(super) ids: BTreeSet<String>,
    /// Whether it names an account as a whole.
    pub(super) names_account: bool,
}

impl Entities {
    /// The entities of an event; where its details name none, the resources of its envelope.
    pub(super) fn of(event: &Value, detail: &Value) -> Entities {
        let listed = detail.get("affectedEntities").and_then(Value::as_array).into_iter().flatten();
        let entities = Entities::named(listed.filter_map(|entity| text(entity, "entityValue")));
        if !entities.ids.is_empty() || entities.names_account {
            return entities;
        }
        let resources = event.get("resources").and_then(Value::as_array).into_iter().flatten();
        Entities::named(resources.filter_map(Value::as_str).map(str::trim))
    }

    fn named<'a>(names: impl Iterator<Item = &'a str>) -> Entities {
        let mut entities = Entities { ids: BTreeSet::new(), names_account: false };
        for name in names {
            let id = id(name);
            if is_account(id) {
                entities.names_account = true;
            } else if is_id(id) && entities.ids.len() < MAXIMUM_ITEMS {
                entities.ids.insert(id.to_owned());
            }
        }
        entities
    }
}

/// The id in `name`, which is the id alone or an ARN that ends with it.
fn id(name: &str) -> &str {
    if name.starts_with("arn:") { name.rsplit(['/', ':']).next().unwrap_or_default() } else { name }
}

/// `AWS_ACCOUNT`, or the number of an account.
fn is_account(id: &str) -> bool {
    id.eq_ignore_ascii_case("AWS_ACCOUNT") || (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAXIMUM_ID_BYTES && !id.eq_ignore_ascii_case("UNKNOWN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_bare_or_in_arns_and_words_are_no_ids() {
        let arn = "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123";
        let entities = Entities::named(["dxcon-fg5678gh", arn, "UNKNOWN", "AWS_ACCOUNT", ""].into_iter());
        assert_eq!(entities.ids, ["dxcon-fg5678gh", "dxvif-ffabc123"].map(str::to_owned).into());
        assert!(entities.names_account);
        assert!(Entities::named(["123456789012"].into_iter()).names_account);
        assert!(!Entities::named(["UNKNOWN", "1234"].into_iter()).names_account);
    }

    #[test]
    fn what_would_not_fit_in_a_row_is_left_out() {
        let many: Vec<String> = (0..MAXIMUM_ITEMS + 5).map(|number| format!("dxvif-{number}")).collect();
        assert_eq!(Entities::named(many.iter().map(String::as_str)).ids.len(), MAXIMUM_ITEMS);
        assert!(Entities::named(["x".repeat(MAXIMUM_ID_BYTES + 1).as_str()].into_iter()).ids.is_empty());
    }
}
