//! What must not stand in any file of the project: paths of somebody's computer, work left for later, and package
//! sources that only one network knows.

use crate::tracked::File;

/// Words are put together here, so that this file does not contain what it looks for.
const HOMES: [&str; 3] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Use", "rs/"),
];
const LEFT: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// One line per place.
pub(crate) fn problems(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let source = lock_file_source(&file.path);
        for (index, line) in file.text.lines().enumerate() {
            let found = match source {
                Some((start, allowed)) => foreign_source(line, start, allowed),
                None => home_path(line).or_else(|| left_for_later(line)),
            };
            if let Some(found) = found {
                problems.push(format!("{}:{}: {found}", file.path, index + 1));
            }
        }
    }
    problems
}

/// How a lock file's lines name a package's source, and what they may name.
fn lock_file_source(path: &str) -> Option<(&'static str, &'static str)> {
    match path.rsplit('/').next() {
        Some("Cargo.lock") => Some(("source = \"", CRATES)),
        Some("package-lock.json") => Some(("\"resolved\": \"", NPM)),
        _ => None,
    }
}

fn foreign_source(line: &str, start: &str, allowed: &str) -> Option<String> {
    let source = line.trim_start().strip_prefix(start)?;
    (!source.starts_with(allowed)).then(|| {
        format!(
            "{} is not the public registry",
            source.trim_end_matches(['"', ','])
        )
    })
}

fn home_path(line: &str) -> Option<String> {
    HOMES
        .iter()
        .find(|home| occurs(line, home, starts_a_path))
        .map(|home| format!("path of one computer: {home}"))
}

/// A path starts a word; the same letters in an address or after a variable are something else.
fn starts_a_path(before: Option<char>, _: Option<char>) -> bool {
    before.is_none_or(|letter| letter.is_whitespace() || "\"'`(=:,<[".contains(letter))
}

fn left_for_later(line: &str) -> Option<String> {
    LEFT.iter()
        .find(|word| occurs(line, word, is_a_word))
        .map(|word| format!("left for later: {word}"))
}

fn is_a_word(before: Option<char>, after: Option<char>) -> bool {
    let joins = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    !joins(before) && !joins(after)
}

fn occurs(line: &str, wanted: &str, fits: impl Fn(Option<char>, Option<char>) -> bool) -> bool {
    line.match_indices(wanted).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + wanted.len()..]);
        fits(before.chars().next_back(), after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        problems(&[File::of(path, text)])
    }

    #[test]
    fn paths_of_one_computer_are_found() {
        for text in [
            format!("let a = \"{}x\";", HOMES[0]),
            format!("cd {}me/x", HOMES[1]),
            HOMES[2].to_owned(),
        ] {
            assert_eq!(found("a.rs", &format!("fine\n{text}\n")).len(), 1, "{text}");
        }
        assert!(found("a.rs", &format!("x\n{}\n", HOMES[0]))[0].starts_with("a.rs:2: "));
    }

    #[test]
    fn addresses_and_relative_paths_are_no_paths_of_a_computer() {
        for before in ["https://portal.example", "$FOLDER", "{}", "tests", "."] {
            assert_eq!(
                found("a.md", &format!("see {before}{}x", HOMES[1])),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn work_left_for_later_is_found_as_a_word_only() {
        assert_eq!(
            found("a.svelte", &format!("<!-- {}: later -->", LEFT[0])).len(),
            1
        );
        assert_eq!(found("a.rs", &format!("// {}", LEFT[1])).len(), 1);
        assert_eq!(
            found("a.rs", &format!("fn a() {{ {}) }}", LEFT[2])).len(),
            1
        );
        assert!(found("a.ts", &format!("const {}S = 'aa{}aa';", LEFT[0], LEFT[0])).is_empty());
    }

    #[test]
    fn lock_files_name_public_registries_only() {
        assert_eq!(
            found(
                "Cargo.lock",
                "source = \"registry+https://mirror.example/index\""
            )
            .len(),
            1
        );
        assert!(
            found(
                "Cargo.lock",
                &format!("source = \"{CRATES}\"\nname = \"x\"")
            )
            .is_empty()
        );
        assert_eq!(
            found(
                "ui/package-lock.json",
                "  \"resolved\": \"https://mirror.example/a.tgz\","
            )
            .len(),
            1
        );
        assert!(
            found(
                "ui/package-lock.json",
                &format!("  \"resolved\": \"{NPM}a/-/a.tgz\",")
            )
            .is_empty()
        );
    }
}
