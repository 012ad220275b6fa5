//! What `ConvertTo-Json`, or Microsoft Graph itself, gives.

use serde_json::Value;

use super::record::Record;

/// Objects deeper than this hold no property of a switch.
const DEEPEST: usize = 8;

/// The objects of a JSON document that a text begins with, and how many bytes it has. None where it is no JSON, or no
/// object or list.
pub(super) fn document(text: &str) -> Option<(Vec<Record>, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    if !(value.is_object() || value.is_array()) {
        return None;
    }
    let end = values.byte_offset();
    let mut records = Vec::new();
    collect(&value, DEEPEST, &mut records);
    Some((records, end))
}

fn collect(value: &Value, deeper: usize, records: &mut Vec<Record>) {
    if deeper == 0 {
        return;
    }
    match value {
        Value::Array(all) => {
            for one in all {
                collect(one, deeper - 1, records);
            }
        }
        Value::Object(_) => {
            let mut record = Record::default();
            let mut lists = Vec::new();
            flatten(value, deeper, &mut record, &mut lists);
            if !record.fields.is_empty() {
                records.push(record);
            }
            for list in lists {
                collect(list, deeper - 1, records);
            }
        }
        _ => {}
    }
}

/// Properties of an object and of those in it; lists of objects are objects of their own.
fn flatten<'a>(value: &'a Value, deeper: usize, record: &mut Record, lists: &mut Vec<&'a Value>) {
    let Value::Object(properties) = value else {
        return;
    };
    for (name, value) in properties {
        match value {
            Value::Object(_) if deeper > 1 => flatten(value, deeper - 1, record, lists),
            Value::Array(all) if all.iter().any(Value::is_object) => lists.push(value),
            Value::Array(all) => {
                let all: Vec<String> = all.iter().map(scalar).collect();
                record.fields.push((name.clone(), all.join(", ")));
            }
            value => record.fields.push((name.clone(), scalar(value))),
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_come_out_of_lists_and_of_each_other() {
        let text = r#"[{"Name":"a","Deep":{"On":true,"List":["x","y"]}},{"value":[{"Name":"b","Off":null}]}] rest"#;
        let (records, end) = document(text).unwrap();
        assert_eq!(&text[end..], " rest");
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].value("On"), Some("True"));
        assert_eq!(records[0].value("List"), Some("x, y"));
        assert_eq!(records[1].value("Off"), Some(""));
    }

    #[test]
    fn what_is_no_document_is_none() {
        for text in ["", "[", "{\"a\":", "true", "12", "\"a\"", &"[".repeat(5000)] {
            assert!(document(text).is_none(), "{}", &text[..text.len().min(9)]);
        }
    }
}
