//! The forms that the receivers publish: what a request may hold, and what it must. All that is sent is named in them.

use serde_json::{Value, json};

fn string(maximum: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": maximum})
}

/// The request of PagerDuty's Events API v2, from its documentation.
pub fn pagerduty_form() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["routing_key", "event_action"],
        "properties": {
            "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
            "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
            "dedup_key": string(255), "client": string(255),
            "payload": {
                "type": "object", "additionalProperties": false, "required": ["summary", "source", "severity"],
                "properties": {
                    "summary": string(1024), "source": string(1024), "timestamp": {"type": "string", "format": "date-time"},
                    "severity": {"enum": ["critical", "error", "warning", "info"]},
                    "component": string(1024), "group": string(1024), "class": string(1024),
                    "custom_details": {"type": "object"},
                },
            },
        },
        "if": {"properties": {"event_action": {"const": "trigger"}}},
        "then": {"required": ["payload"]}, "else": {"required": ["dedup_key"]},
    })
}

/// The requests of Opsgenie's alert API, which Jira Service Management takes too: to create, and to close by alias.
pub fn opsgenie_form() -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "message": string(130), "alias": string(512), "description": string(15_000), "entity": string(512),
            "source": string(100), "note": string(25_000),
            "tags": {"type": "array", "maxItems": 20, "items": string(50)},
            "details": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 8_000}},
        },
    })
}

/// The request of ServiceNow's event collector.
pub fn servicenow_form() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["records"],
        "properties": {"records": {"type": "array", "minItems": 1, "items": {
            "type": "object", "additionalProperties": false, "required": ["source", "message_key", "severity"],
            "properties": {
                "source": string(100), "event_class": string(100), "node": string(512), "resource": string(512),
                "type": string(100), "message_key": string(1024), "description": string(4_000),
                "severity": {"enum": ["0", "1", "2", "3", "4", "5"]},
            },
        }}},
    })
}

/// Asserts that a request has the form.
#[track_caller]
pub fn assert_form(form: &Value, body: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(form).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?} in {body:#}");
}
