//! The direction of dependencies, as docs/architecture.md draws it, compared with what cargo knows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

/// Each package of the project with the packages of the project it may use.
const TABLE: &[(&str, &[&str])] = &[
    ("mailwright-domain", &[]),
    ("mailwright-net", &["mailwright-domain"]),
    (
        "mailwright-discovery",
        &["mailwright-domain", "mailwright-net"],
    ),
    ("mailwright-oauth", &["mailwright-domain", "mailwright-net"]),
    ("mailwright-mail", &["mailwright-domain", "mailwright-net"]),
    ("mailwright-diagnosis", &["mailwright-domain"]),
    ("mailwright-keychain", &["mailwright-domain"]),
    ("mailwright-store", &["mailwright-domain"]),
    ("mailwright-service", SERVICE),
    ("mailwright-cli", &["mailwright-service"]),
    ("mailwright-app", &["mailwright-service"]),
    ("mailwright-lab", &[]),
    ("mailwright-e2e", &["mailwright-lab"]),
    (
        "mailwright-window-tests",
        &["mailwright-lab", "mailwright-e2e"],
    ),
    ("xtask", &[]),
];

const SERVICE: &[&str] = &[
    "mailwright-domain",
    "mailwright-net",
    "mailwright-discovery",
    "mailwright-oauth",
    "mailwright-mail",
    "mailwright-diagnosis",
    "mailwright-keychain",
    "mailwright-store",
];

/// Libraries that one package alone may use, in tests too.
const CONFINED: &[(&str, &str)] = &[
    ("tauri", "mailwright-app"),
    ("arboard", "mailwright-app"),
    ("rusqlite", "mailwright-store"),
    ("rusqlite_migration", "mailwright-store"),
    ("keyring", "mailwright-keychain"),
    ("keyring-core", "mailwright-keychain"),
    ("lettre", "mailwright-mail"),
    ("async-imap", "mailwright-mail"),
    ("oauth2", "mailwright-oauth"),
];

/// A second TLS library means a second set of root certificates.
const FORBIDDEN: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "openssl",
    "openssl-sys",
    "native-tls",
];

/// One line per dependency that should not be.
pub(crate) fn problems(metadata: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for package in members(metadata) {
        let name = text(&package["name"]);
        match TABLE.iter().find(|(member, _)| *member == name) {
            Some((_, allowed)) => direct(package, name, allowed, &mut problems),
            None => problems.push(format!("{name} is not in the table of packages")),
        }
    }
    problems.extend(FORBIDDEN.iter().filter_map(|library| {
        let path = way_to(metadata, library)?;
        Some(format!("{library} must not be used: {}", path.join(" -> ")))
    }));
    problems
}

fn direct(package: &Value, name: &str, allowed: &[&str], problems: &mut Vec<String>) {
    for dependency in list(&package["dependencies"]) {
        let wanted = text(&dependency["name"]);
        let in_tests = dependency["kind"] == "dev";
        let ours = TABLE.iter().any(|(member, _)| *member == wanted);
        if ours && !in_tests && !allowed.contains(&wanted) {
            problems.push(format!("{name} must not depend on {wanted}"));
        }
        if let Some((_, owner)) = CONFINED.iter().find(|(library, _)| is_of(wanted, library))
            && *owner != name
        {
            problems.push(format!(
                "{name} must not depend on {wanted}: it belongs to {owner} alone"
            ));
        }
    }
}

/// Tauri comes in many crates, the others in one.
fn is_of(wanted: &str, library: &str) -> bool {
    wanted == library || (library == "tauri" && wanted.starts_with("tauri-"))
}

/// How a package of the project comes to use a library, on any system and with any feature.
fn way_to(metadata: &Value, library: &str) -> Option<Vec<String>> {
    let names: BTreeMap<&str, &str> = list(&metadata["packages"])
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let edges: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"]["nodes"])
        .map(|node| {
            (
                text(&node["id"]),
                list(&node["deps"])
                    .map(|dependency| text(&dependency["pkg"]))
                    .collect(),
            )
        })
        .collect();
    let mut open: VecDeque<Vec<&str>> = members(metadata)
        .map(|package| vec![text(&package["id"])])
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop_front() {
        let here = *path.last()?;
        if names.get(here) == Some(&library) {
            return Some(
                path.iter()
                    .map(|id| names.get(id).unwrap_or(id))
                    .map(|name| (*name).to_owned())
                    .collect(),
            );
        }
        if seen.insert(here) {
            open.extend(
                edges
                    .get(here)
                    .into_iter()
                    .flatten()
                    .map(|next| [path.as_slice(), &[*next]].concat()),
            );
        }
    }
    None
}

fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(&metadata["packages"])
        .filter(|package| list(&metadata["workspace_members"]).any(|id| *id == package["id"]))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A project of two packages and one library; `kind` is how discovery uses the second name.
    fn project(kind: &Value, uses: &str) -> Value {
        let package = |name: &str, dependencies: Value| json!({"id": name, "name": name, "dependencies": dependencies});
        json!({
            "packages": [
                package("mailwright-discovery", json!([{"name": "mailwright-net", "kind": null}, {"name": uses, "kind": kind}])),
                package("mailwright-net", json!([{"name": "reqwest", "kind": null}])),
                package("reqwest", json!([])),
                package("openssl-sys", json!([])),
            ],
            "workspace_members": ["mailwright-discovery", "mailwright-net"],
            "resolve": {"nodes": [
                {"id": "mailwright-discovery", "deps": [{"pkg": "mailwright-net"}]},
                {"id": "mailwright-net", "deps": [{"pkg": "reqwest"}]},
                {"id": "reqwest", "deps": []},
            ]},
        })
    }

    #[test]
    fn a_dependency_in_the_wrong_direction_is_found() {
        let found = problems(&project(&Value::Null, "mailwright-oauth"));
        assert_eq!(
            found,
            ["mailwright-discovery must not depend on mailwright-oauth"]
        );
        assert_eq!(
            problems(&project(&json!("build"), "mailwright-service")).len(),
            1
        );
        assert!(problems(&project(&json!("dev"), "mailwright-lab")).is_empty());
        assert!(problems(&project(&Value::Null, "serde")).is_empty());
    }

    #[test]
    fn a_library_outside_its_package_is_found_in_tests_too() {
        let found = problems(&project(&json!("dev"), "rusqlite"));
        assert_eq!(
            found,
            [
                "mailwright-discovery must not depend on rusqlite: it belongs to mailwright-store alone"
            ]
        );
        assert_eq!(
            problems(&project(&Value::Null, "tauri-plugin-log")).len(),
            1
        );
    }

    #[test]
    fn a_forbidden_library_is_found_with_the_way_to_it() {
        let mut project = project(&Value::Null, "serde");
        assert!(problems(&project).is_empty());
        project["resolve"]["nodes"][2]["deps"] = json!([{"pkg": "openssl-sys"}]);
        assert_eq!(
            problems(&project),
            ["openssl-sys must not be used: mailwright-net -> reqwest -> openssl-sys"]
        );
    }

    #[test]
    fn a_package_outside_the_table_is_found() {
        let mut project = project(&Value::Null, "serde");
        project["workspace_members"] = json!(["mailwright-net", "reqwest"]);
        assert_eq!(
            problems(&project),
            ["reqwest is not in the table of packages"]
        );
    }
}
