//! What a row is in bytes, and what it costs in units, as DynamoDB counts.

use serde_json::{Map, Value};

/// A row, or a part of one, as it is on the wire.
pub type Row = Map<String, Value>;

/// The units that writing a row of this size costs: one for each begun kilobyte.
pub fn to_write(bytes: usize) -> f64 {
    bytes.div_ceil(1_024).max(1) as f64
}

/// The units that reading rows of this size costs: one for each begun four kilobytes, or half of one where the answer may be
/// out of date.
pub fn to_read(bytes: usize, is_consistent: bool) -> f64 {
    bytes.div_ceil(4_096).max(1) as f64 * if is_consistent { 1.0 } else { 0.5 }
}

/// The size of a row: names and values.
pub fn size(row: &Row) -> usize {
    row.iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

/// The size of a value such as `{"S": "down"}`.
pub fn size_of_value(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
        return 0;
    };
    let text = value.as_str().unwrap_or_default();
    let elements = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match kind.as_str() {
        "S" => text.len(),
        "N" => size_of_number(text),
        "B" => text.trim_end_matches('=').len() * 3 / 4,
        "SS" | "BS" => elements.iter().filter_map(Value::as_str).map(str::len).sum(),
        "NS" => elements.iter().filter_map(Value::as_str).map(size_of_number).sum(),
        "M" => 3 + value.as_object().into_iter().flatten().map(|(k, v)| 1 + k.len() + size_of_value(v)).sum::<usize>(),
        "L" => 3 + elements.iter().map(|element| 1 + size_of_value(element)).sum::<usize>(),
        // BOOL and NULL.
        _ => 1,
    }
}

/// Two significant digits a byte, and one more.
fn size_of_number(digits: &str) -> usize {
    let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    1 + digits.trim_matches('0').len().div_ceil(2)
}

#[cfg(test)]
mod check {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_counted_as_dynamodb_does() {
        for (value, bytes) in [
            (json!({"S": "Zürich"}), 7),
            (json!({"N": "1234500"}), 4),
            (json!({"N": "-0.05"}), 2),
            (json!({"N": "0"}), 1),
            (json!({"BOOL": true}), 1),
            (json!({"M": {"sns": {"N": "7"}}}), 3 + 1 + 3 + 2),
            (json!({"L": [{"S": "ab"}]}), 3 + 1 + 2),
            (json!({"SS": ["a", "bc"]}), 3),
            (json!({"B": "YWJj"}), 3),
        ] {
            assert_eq!(size_of_value(&value), bytes, "{value}");
        }
        let row = json!({"item": {"S": "lag/dxlag-1"}, "level": {"N": "3"}});
        assert_eq!(size(row.as_object().unwrap()), 4 + 11 + 5 + 2);
    }

    #[test]
    fn units_come_in_steps() {
        assert_eq!([0, 1, 1_024, 1_025, 4_096].map(to_write), [1.0, 1.0, 1.0, 2.0, 4.0]);
        assert_eq!([0, 4_096, 4_097].map(|bytes| to_read(bytes, true)), [1.0, 1.0, 2.0]);
        assert_eq!(to_read(4_097, false), 1.0);
    }
}
