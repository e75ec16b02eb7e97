//! DynamoDB's expressions, with a placeholder for every name and value: many of our names are reserved words, and some
//! contain slashes and hyphens.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::Attributes;

/// The conditions of a call on a row, and its changes in it. A path is an attribute's name, followed by the names
/// within its map.
#[derive(Clone, Debug, Default)]
pub(super) struct Expression {
    names: Vec<String>,
    values: Vec<AttributeValue>,
    conditions: Vec<String>,
    sets: Vec<String>,
    removals: Vec<String>,
}

impl Expression {
    /// The placeholders of a path.
    pub(super) fn path(&mut self, path: &[&str]) -> String {
        path.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(".")
    }

    fn name(&mut self, name: &str) -> String {
        let index = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        format!("#n{index}")
    }

    /// The placeholder of a value.
    pub(super) fn value(&mut self, value: AttributeValue) -> String {
        self.values.push(value);
        format!(":v{}", self.values.len() - 1)
    }

    /// Adds a condition that is written with placeholders.
    pub(super) fn require(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Requires that `path` compares so with `value`. A missing attribute never does.
    pub(super) fn compare(&mut self, path: &[&str], operator: &str, value: AttributeValue) {
        let (path, value) = (self.path(path), self.value(value));
        self.require(format!("{path} {operator} {value}"));
    }

    pub(super) fn require_presence(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.require(format!("attribute_exists({path})"));
    }

    pub(super) fn require_absence(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.require(format!("attribute_not_exists({path})"));
    }

    /// Requires `path` to be between two values, both included.
    pub(super) fn require_between(&mut self, path: &[&str], first: AttributeValue, last: AttributeValue) {
        let (path, first, last) = (self.path(path), self.value(first), self.value(last));
        self.require(format!("{path} BETWEEN {first} AND {last}"));
    }

    pub(super) fn set(&mut self, path: &[&str], value: AttributeValue) {
        let (path, value) = (self.path(path), self.value(value));
        self.sets.push(format!("{path} = {value}"));
    }

    pub(super) fn set_if_absent(&mut self, path: &[&str], value: AttributeValue) {
        let (path, value) = (self.path(path), self.value(value));
        self.sets.push(format!("{path} = if_not_exists({path}, {value})"));
    }

    pub(super) fn remove(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.removals.push(path);
    }

    /// Sets `path`, or removes it where there is no value.
    pub(super) fn put(&mut self, path: &[&str], value: Option<AttributeValue>) {
        match value {
            Some(value) => self.set(path, value),
            None => self.remove(path),
        }
    }

    /// All conditions; none if there are none.
    pub(super) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    /// All changes; none if there are none.
    pub(super) fn update(&self) -> Option<String> {
        let clauses: Vec<String> = [("SET", &self.sets), ("REMOVE", &self.removals)]
            .into_iter()
            .filter(|(_, changes)| !changes.is_empty())
            .map(|(verb, changes)| format!("{verb} {}", changes.join(", ")))
            .collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }

    /// The names behind their placeholders; none instead of an empty map, which DynamoDB refuses.
    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().enumerate().map(|(index, name)| (format!("#n{index}"), name.clone()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    /// The values behind their placeholders.
    pub(super) fn values(&self) -> Option<Attributes> {
        let values = self.values.iter().enumerate().map(|(index, value)| (format!(":v{index}"), value.clone()));
        (!self.values.is_empty()).then(|| values.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::dynamodb::attributes::{number, text};

    #[test]
    fn an_expression_has_placeholders_for_all_names_and_values() {
        let mut expression = Expression::default();
        expression.compare(&["sequence"], ">=", number(7));
        expression.compare(&["announced", "sns"], "<", number(7));
        expression.set(&["announced", "sns"], number(7));
        expression.set_if_absent(&["baseline_at/lag"], text("now"));
        expression.put(&["name"], None);
        assert_eq!(expression.condition().unwrap(), "#n0 >= :v0 AND #n1.#n2 < :v1");
        assert_eq!(expression.update().unwrap(), "SET #n1.#n2 = :v2, #n3 = if_not_exists(#n3, :v3) REMOVE #n4");
        assert_eq!(expression.names().unwrap()["#n3"], "baseline_at/lag");
        assert_eq!(expression.values().unwrap()[":v3"], text("now"));
    }

    #[test]
    fn without_conditions_and_changes_there_is_no_expression() {
        let nothing = Expression::default();
        assert_eq!(
            (nothing.condition(), nothing.update(), nothing.names(), nothing.values()),
            (None, None, None, None)
        );
    }
}
