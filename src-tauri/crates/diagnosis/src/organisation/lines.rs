//! From lines to objects: lists, tables, CSV and JSON, with prompts, command lines and everything else in between.

use super::cleaned::unquoted;
use super::record::Record;
use super::{json, table};
use crate::patterns;

/// More objects than this are not looked at.
const OBJECTS: usize = 4000;
/// An object with more properties than this is cut in two.
const PROPERTIES: usize = 500;
/// So often JSON is looked for: each time all that follows is read.
const TRIES: usize = 64;

/// What is open while lines are read.
#[derive(Default)]
struct Reading {
    records: Vec<Record>,
    /// The object of a list that is being read.
    open: Record,
    cmdlet: Option<String>,
    identity: Option<String>,
    /// The one property that the last command prints.
    member: Option<String>,
    tries: usize,
}

/// The objects of a cleaned text.
pub(super) fn records(text: &str) -> Vec<Record> {
    let lines: Vec<&str> = text.split('\n').map(unquoted).collect();
    let mut reading = Reading::default();
    let mut at = 0;
    while at < lines.len() && reading.records.len() < OBJECTS {
        at += reading.step(&lines[at..]);
    }
    reading.close();
    reading.records
}

impl Reading {
    /// Reads what begins here; gives how many lines that was.
    fn step(&mut self, lines: &[&str]) -> usize {
        let line = lines[0];
        if line.trim().is_empty() {
            self.close();
            return 1;
        }
        if let Some(command) = command(line) {
            self.command(command);
            return 1;
        }
        if let Some(read) = self.json(lines) {
            return read;
        }
        if let Some((name, value)) = property(line) {
            let (value, used) = continued(value, &lines[1..]);
            self.property(name, value);
            return 1 + used;
        }
        if let Some(read) = self.table(lines).or_else(|| self.csv(lines)) {
            return read;
        }
        self.single(line);
        1
    }

    fn command(&mut self, line: &str) {
        self.close();
        // `Get-A | ForEach-Object { Get-B … }` prints what the last one gives.
        self.cmdlet = patterns::CMDLET
            .find_iter(line)
            .map(|cmdlet| cmdlet.as_str().to_ascii_lowercase())
            .filter(|cmdlet| cmdlet.starts_with("get-"))
            .last();
        self.identity = patterns::IDENTITY.captures(line).and_then(|groups| {
            let word = groups.iter().skip(1).flatten().next()?.as_str();
            word.contains('@').then(|| word.to_owned())
        });
        // One command for several says nothing about which answer is whose.
        if line.contains("$_") {
            self.identity = None;
        }
        self.member = patterns::MEMBER
            .captures(line)
            .map(|groups| groups[1].to_owned());
    }

    fn property(&mut self, name: &str, value: String) {
        if self.open.repeats(name) || self.open.fields.len() >= PROPERTIES {
            self.close();
        }
        self.open.fields.push((name.to_owned(), value));
    }

    /// What a command for one property alone printed.
    fn single(&mut self, line: &str) {
        let word = line.trim();
        if let Some(member) = self.member.take_if(|_| !word.contains(' ')) {
            self.close();
            self.keep(vec![(member, word.to_owned())]);
        }
    }

    fn json(&mut self, lines: &[&str]) -> Option<usize> {
        if !lines[0].trim_start().starts_with(['{', '[']) || self.tries >= TRIES {
            return None;
        }
        self.tries += 1;
        let text = lines.join("\n");
        let begin = text.len() - text.trim_start().len();
        let (found, end) = json::document(&text[begin..])?;
        self.close();
        for record in found {
            self.keep(record.fields);
        }
        Some(1 + text[..begin + end].matches('\n').count())
    }

    fn table(&mut self, lines: &[&str]) -> Option<usize> {
        let starts = table::columns(lines.get(1)?)?;
        let names = table::cells(lines[0], &starts)?;
        if !names.iter().all(|name| is_head(name)) {
            return None;
        }
        self.close();
        let rows = lines[2..]
            .iter()
            .take_while(|row| !row.trim().is_empty() && command(row).is_none());
        let mut count = 0;
        for row in rows {
            count += 1;
            if let Some(cells) = table::cells(row, &starts) {
                self.keep(names.iter().cloned().zip(cells).collect());
            }
        }
        Some(2 + count)
    }

    fn csv(&mut self, lines: &[&str]) -> Option<usize> {
        let (separator, names) = table::head(lines[0])?;
        self.close();
        let mut count = 0;
        for row in &lines[1..] {
            let cells = table::split(row, separator);
            if row.trim().is_empty() || cells.len() != names.len() || command(row).is_some() {
                break;
            }
            count += 1;
            self.keep(names.iter().cloned().zip(cells).collect());
        }
        Some(1 + count)
    }

    /// The object of a list ends here.
    fn close(&mut self) {
        let fields = std::mem::take(&mut self.open).fields;
        if !fields.is_empty() {
            self.keep(fields);
        }
    }

    fn keep(&mut self, fields: Vec<(String, String)>) {
        if self.records.len() < OBJECTS {
            self.records.push(Record {
                fields,
                cmdlet: self.cmdlet.clone(),
                identity: self.identity.clone(),
            });
        }
    }
}

/// The command of a line, without its prompt; none where it is output.
fn command(line: &str) -> Option<&str> {
    if let Some(prompt) = patterns::PROMPT.find(line) {
        return Some(&line[prompt.end()..]);
    }
    let line = line.trim_start();
    let cmdlet = patterns::CMDLET.find(line)?;
    // A command begins with its name, or with the list that goes into it; PowerShell's complaints have a colon there.
    let before = &line[..cmdlet.start()];
    let after = &line[cmdlet.end()..];
    let begins = before.chars().all(|c| c == '(' || c == '&' || c == ' ')
        || before.contains("ForEach-Object")
        || (before.starts_with(['\'', '"', '$', '@'])
            && (before.contains('|') || before.contains('=')))
        || before.starts_with('|');
    let ends = after.is_empty() || after.starts_with([' ', '\t', ')', '|']);
    (begins && ends && !after.trim_start().starts_with(':')).then_some(line)
}

fn property(line: &str) -> Option<(&str, &str)> {
    let groups = patterns::PROPERTY.captures(line)?;
    let name = groups.get(1)?.as_str();
    let value = groups.get(2).map_or("", |m| m.as_str());
    Some((name, value.trim()))
}

/// The most lines that one value may have.
const LINES_OF_A_VALUE: usize = 12;

/// A value with the lines on which it goes on, and how many those are. PowerShell indents them; a mail program that
/// wraps does not.
fn continued(value: &str, following: &[&str]) -> (String, usize) {
    let mut whole = value.to_owned();
    let mut used = 0;
    for line in following.iter().take(LINES_OF_A_VALUE) {
        let part = line.trim();
        let indented = line.starts_with([' ', '\t']);
        let goes_on = indented || (whole.is_empty() && used == 0);
        if part.is_empty()
            || !goes_on
            || property(line).is_some()
            || command(line).is_some()
            || part.contains("--")
            || part.starts_with('{') && whole.is_empty() && !part.contains('}')
        {
            break;
        }
        // A list is broken after its commas, a long word anywhere.
        if whole.ends_with(',') || (whole.contains(' ') && !whole.ends_with(['.', '@'])) {
            whole.push(' ');
        }
        whole.push_str(part);
        used += 1;
    }
    (whole, used)
}

/// Whether it could be the head of a column, which may be cut.
fn is_head(name: &str) -> bool {
    table::is_name(super::record::uncut(name).unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, property: &str) -> Vec<String> {
        records(text)
            .iter()
            .filter_map(|r| r.value(property).map(str::to_owned))
            .collect()
    }

    #[test]
    fn a_command_is_told_from_its_output_and_from_a_complaint() {
        for line in [
            "PS C:\\Users\\x y> Get-X a",
            "[outlook.office365.com]: PS /tmp/x> Get-X",
            "Get-X -Identity a | fl",
            "(Get-X).Name",
            "'a', 'b' | ForEach-Object { Get-X -Identity $_ } | Format-List",
        ] {
            assert!(command(line).is_some(), "{line}");
        }
        for line in [
            "Get-X : The term 'Get-X' is not recognized",
            "ImapEnabled : True",
            "Name: the result of Get-X",
            "info@firma.nl True",
            "set-up@firma.nl True",
            "jan-peter@firma.nl True",
        ] {
            assert!(command(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_list_without_empty_lines_is_several_objects() {
        let text = "Name : a\nOn : True\nName : b\nOn : False";
        assert_eq!(values(text, "On"), ["True", "False"]);
    }

    #[test]
    fn a_value_goes_on_where_a_line_was_wrapped() {
        let list = "Address : a.long.name@firm\n          a.nl\nOn      : True";
        assert_eq!(values(list, "Address"), ["a.long.name@firma.nl"]);
        let mail = "Address :\na@firma.nl\nOn :\nTrue";
        assert_eq!(values(mail, "On"), ["True"]);
        let empty = "Address : a@firma.nl\nOn :\n\nAddress : b@firma.nl\nOn :\nOff : True";
        assert_eq!(values(empty, "On"), ["", ""]);
        let policies = "Policies : {one,\n            two}";
        assert_eq!(values(policies, "Policies"), ["{one, two}"]);
    }

    #[test]
    fn an_empty_value_before_the_next_prompt_stays_empty() {
        let text = "Get-X a@firma.nl | fl On\nOn :\nPS C:\\> Get-X b@firma.nl | fl On\nOn : True";
        let read = records(text);
        assert_eq!(read[0].value("On"), Some(""));
        assert_eq!(read[0].identity.as_deref(), Some("a@firma.nl"));
        assert_eq!(read[1].identity.as_deref(), Some("b@firma.nl"));
        assert_eq!(read[1].cmdlet.as_deref(), Some("get-x"));
    }

    #[test]
    fn json_csv_and_a_single_value_are_objects_too() {
        let text = "PS> Get-X | ConvertTo-Json\n[\n  {\"On\": true},\n  {\"On\": null}\n]\nPS> x | ConvertTo-Csv\n#TYPE Y\n\"On\",\"B\"\n\"False\",\"x\"\nPS> (Get-X).On\nTrue\n";
        assert_eq!(values(text, "On"), ["True", "", "False", "True"]);
    }
}
