//! Values as JSON.

use libbpf_safe::struct_ops::by_name::Value;
use serde_json::{Map, Number, json};

/// An enumerator and a string are strings; a callback is its program's name, and `null` where it is empty.
pub(super) fn of_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Int(number) => Number::from_i128(*number).map_or_else(
            // Beyond 64 bits JSON's numbers are read differently by everybody.
            || json!(number.to_string()),
            serde_json::Value::Number,
        ),
        // JSON has no infinities.
        Value::Float(number) => json!(number),
        Value::Bool(value) => json!(value),
        Value::Text(text) | Value::Callback(text) => json!(text),
        Value::Array(elements) => elements.iter().map(of_value).collect(),
        Value::Struct(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), of_value(value)));
            serde_json::Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Bytes(bytes) => json!(bytes),
        _ => serde_json::Value::Null,
    }
}
