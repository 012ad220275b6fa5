//! Between columns and the domain's types.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn unreadable(column: &str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    let cause = format!("column {column}: {}", cause.into());
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, cause.into())
}

/// A column whose text is the type's own form: UUID, address, time.
pub(crate) fn parsed<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|error: T::Err| unreadable(column, error))
}

/// As [`parsed`]; empty means none.
pub(crate) fn parsed_or_none<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    let text: Option<String> = row.get(column)?;
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse())
        .transpose()
        .map_err(|error: T::Err| unreadable(column, error))
}

/// Text; empty means none.
pub(crate) fn text_or_none(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    let text: String = row.get(column)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A column that holds the word of an enum.
pub(crate) fn word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_value(Value::String(text)).map_err(|error| unreadable(column, error))
}

/// A column that holds the word of an enum; empty means none.
pub(crate) fn word_or_none<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    word(row, column).map(Some)
}

/// A column that holds JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(column, error))
}

/// A column that holds whole milliseconds.
pub(crate) fn millis(row: &Row<'_>, column: &str) -> rusqlite::Result<Duration> {
    let millis: i64 = row.get(column)?;
    let millis = u64::try_from(millis).map_err(|error| unreadable(column, error))?;
    Ok(Duration::from_millis(millis))
}

/// Whole milliseconds.
pub(crate) fn to_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The word of an enum.
pub(crate) fn to_word(value: &impl Serialize) -> rusqlite::Result<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Ok(word),
        Ok(other) => Err(unwritable(format!("{other} is not a word"))),
        Err(error) => Err(unwritable(error)),
    }
}

/// The word of an enum, or nothing.
pub(crate) fn to_word_or_empty(value: Option<&impl Serialize>) -> rusqlite::Result<String> {
    value.map_or_else(|| Ok(String::new()), to_word)
}

/// JSON text.
pub(crate) fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

/// RFC 3339 with nine decimals: sorts as text, reads back exactly.
pub(crate) fn to_time(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// The text of what is there, or nothing.
pub(crate) fn or_empty<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

fn unwritable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(cause.into())
}
