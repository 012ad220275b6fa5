/// A table of text; columns are as wide as their widest cell, the last one is not padded.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(&head)
        .chain(rows)
        .map(|row| line(row, &widths))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Names and values below each other; what has no value is left out.
pub(super) fn fields(pairs: &[(&str, String)]) -> String {
    let width = pairs
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:width$}  {value}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn line(row: &[String], widths: &[usize]) -> String {
    let padded: Vec<String> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:width$}"))
        .collect();
    padded.join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_letters_of_any_script() {
        let rows = vec![
            vec!["Entwürfe".to_owned(), "1".to_owned()],
            vec!["INBOX".to_owned(), "23".to_owned()],
        ];
        assert_eq!(
            table(&["Folder", "Messages"], &rows),
            "Folder    Messages\nEntwürfe  1\nINBOX     23"
        );
    }

    #[test]
    fn a_field_without_value_is_left_out() {
        assert_eq!(
            fields(&[("A", "1".into()), ("Long", String::new())]),
            "A     1"
        );
    }
}
