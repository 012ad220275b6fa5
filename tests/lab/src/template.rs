//! Configuration templates: `{{name}}` stands for a value.
use crate::LabError;

/// Puts the values in. A placeholder without a value is an error, because servers fail late and unclearly.
pub(crate) fn fill(template: &str, values: &[(&str, String)]) -> Result<String, LabError> {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    match text.split_once("{{") {
        Some((_, rest)) => Err(LabError::new(format!(
            "no value for {}",
            rest.split("}}").next().unwrap_or_default()
        ))),
        None => Ok(text),
    }
}
