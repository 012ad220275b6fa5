//! The program's environment variables are declared in one file of what ships, where the help prints them from.

use std::collections::BTreeMap;

use crate::tracked::File;

const SHIPPED: &str = "src-tauri/";
const START: &str = concat!("\"", "MAILWRIGHT_");

/// Says which files name variables, when it is more than one.
pub(crate) fn problems(files: &[File]) -> Vec<String> {
    let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| ships(file)) {
        let names: Vec<&str> = names(&file.text).collect();
        if !names.is_empty() {
            by_file.insert(&file.path, names);
        }
    }
    if by_file.len() < 2 {
        return Vec::new();
    }
    by_file
        .into_iter()
        .map(|(path, names)| {
            format!(
                "{path} names {}; one file alone may name variables",
                names.join(", ")
            )
        })
        .collect()
}

fn ships(file: &File) -> bool {
    file.has_extension("rs") && file.path.starts_with(SHIPPED) && !file.path.contains("/tests/")
}

/// Names written as a text of their own, before the file's unit tests. Mentions in comments are welcome.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| {
            line.match_indices(START)
                .map(move |(at, _)| &line[at + 1..])
        })
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name)
        .filter(|name| {
            name.chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_place_is_found() {
        let declared = File::of(
            "src-tauri/a/variables.rs",
            &format!("const A: &str = {START}HOME\";"),
        );
        let elsewhere = File::of(
            "src-tauri/b/main.rs",
            &format!("std::env::var({START}LOG\")"),
        );
        let found = problems(&[declared, elsewhere]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[1].contains("src-tauri/b/main.rs names MAILWRIGHT_LOG"),
            "{found:?}"
        );
    }

    #[test]
    fn comments_sentences_and_tests_do_not_count() {
        let files = [
            File::of(
                "src-tauri/a/variables.rs",
                &format!("const A: &str = {START}HOME\";"),
            ),
            File::of(
                "src-tauri/b/lib.rs",
                &format!("/// See {START}LOG\"\nprint({START}LOG is not set\");"),
            ),
            File::of(
                "src-tauri/b/lib2.rs",
                &format!("#[cfg(test)]\nmod tests {{ set({START}LOG\") }}"),
            ),
            File::of("src-tauri/b/tests/it.rs", &format!("set({START}LOG\")")),
            File::of("tests/e2e/src/lib.rs", &format!("set({START}LOG\")")),
        ];
        assert_eq!(problems(&files), Vec::<String>::new());
    }
}
