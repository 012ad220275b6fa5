//! `Format-Table` and `ConvertTo-Csv`.

/// Where the columns of a table begin, in characters, from the line of dashes below its head; none where the line is
/// no such line.
pub(super) fn columns(dashes: &str) -> Option<Vec<usize>> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (at, letter) in dashes.chars().enumerate() {
        match letter {
            '-' if before == ' ' => starts.push(at),
            '-' | ' ' => {}
            _ => return None,
        }
        before = letter;
    }
    // One dash is a list's bullet, or nothing.
    (!starts.is_empty() && dashes.contains("--")).then_some(starts)
}

/// The cells of a row: one word for each column, or else what stands below the dashes, where the line is blank before
/// each column. None where neither holds, or where spaces were lost and two cells became one.
pub(super) fn cells(line: &str, starts: &[usize]) -> Option<Vec<String>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.len() == starts.len() {
        return Some(words.into_iter().map(str::to_owned).collect());
    }
    let letters: Vec<char> = line.chars().collect();
    let mut cells = Vec::with_capacity(starts.len());
    for (column, start) in starts.iter().enumerate() {
        let from = (*start).min(letters.len());
        let end = starts.get(column + 1).copied().unwrap_or(letters.len());
        if from > 0 && letters.get(from - 1).is_some_and(|c| *c != ' ') && from == *start {
            return None;
        }
        let cell: String = letters[from..end.clamp(from, letters.len())]
            .iter()
            .collect();
        let cell = cell.trim().to_owned();
        if cell.contains('@') && cell.contains(' ') {
            return None;
        }
        cells.push(cell);
    }
    Some(cells)
}

/// The cells of a line of CSV (RFC 4180, without line breaks within cells).
pub(super) fn split(line: &str, separator: char) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut letters = line.trim_end().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            letter if letter == separator && !quoted => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
            }
            letter => cell.push(letter),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// The separator and the names of a CSV head: names and nothing else, and more than one or in quotation marks.
pub(super) fn head(line: &str) -> Option<(char, Vec<String>)> {
    let line = line.trim();
    let separator = [',', ';', '\t'].into_iter().find(|s| line.contains(*s));
    let separator = match separator {
        Some(separator) => separator,
        None if line.len() > 2 && line.starts_with('"') && line.ends_with('"') => ',',
        None => return None,
    };
    let names = split(line, separator);
    names
        .iter()
        .all(|name| is_name(name))
        .then_some((separator, names))
}

/// Whether it could be the name of a property.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_below_the_dashes_and_an_empty_cell_stays_one() {
        let starts = columns("------------------ --------------------------------").unwrap();
        assert_eq!(
            cells("info@firma.nl                                  ", &starts).unwrap(),
            ["info@firma.nl", ""]
        );
        assert_eq!(
            cells(
                "info@firma.nl                                 True",
                &starts
            )
            .unwrap(),
            ["info@firma.nl", "True"]
        );
        assert_eq!(
            cells("info@firma.nl", &starts).unwrap(),
            ["info@firma.nl", ""]
        );
    }

    #[test]
    fn a_row_that_lost_its_spaces_is_read_by_words_or_not_at_all() {
        let starts = columns("------ ----------- ----").unwrap();
        assert_eq!(
            cells("longer@firma.nl True x", &starts).unwrap(),
            ["longer@firma.nl", "True", "x"]
        );
        assert_eq!(cells("longer@firma.nl True", &starts), None);
        let two = columns("------------------ -----------").unwrap();
        assert_eq!(
            cells("a@firma.nl True", &two).unwrap(),
            ["a@firma.nl", "True"]
        );
        assert_eq!(cells("a@firma.nl True x", &two), None);
        assert_eq!(columns("- - a"), None);
        assert_eq!(columns("-"), None);
    }

    #[test]
    fn csv_with_any_separator() {
        assert_eq!(
            head("\"A\";\"B\"").unwrap(),
            (';', vec!["A".to_owned(), "B".to_owned()])
        );
        assert_eq!(head("\"A\"").unwrap().1, ["A"]);
        assert_eq!(head("A"), None);
        assert_eq!(head("Get-X | Format-List A,B"), None);
        assert_eq!(split("\"a, \"\"b\"\"\",,c", ','), ["a, \"b\"", "", "c"]);
    }
}
