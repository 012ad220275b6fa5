use serde_json::Value;

/// The first report of `test --json`.
pub fn report(value: &Value) -> &Value {
    &value["reports"][0]
}

/// One check of the first report; an empty protocol means the sign-in's own.
pub fn check<'a>(value: &'a Value, protocol: &str, id: &str) -> &'a Value {
    let checks = report(value)["checks"].as_array().expect("checks");
    let wanted =
        |c: &&Value| c["id"] == id && c["protocol"].as_str().unwrap_or_default() == protocol;
    checks
        .iter()
        .find(wanted)
        .unwrap_or_else(|| panic!("no check {protocol} {id} in {value:#}"))
}

/// A real message went out by this protocol, was found by IMAP and deleted again.
pub fn assert_message_arrived(value: &Value, protocol: &str) {
    for (protocol, id) in [
        (protocol, "message"),
        ("imap", "arrived"),
        ("imap", "remove"),
    ] {
        let outcome = &check(value, protocol, id)["outcome"];
        assert_eq!(outcome, "passed", "{id}: {value:#}");
    }
    assert_eq!(report(value)["status"], "working", "{value:#}");
    assert_eq!(report(value)["proof"], "arrived", "{value:#}");
}

/// Protocol, check and verdict of every failed check.
pub fn failures(value: &Value) -> Vec<(String, String, String)> {
    let checks = report(value)["checks"].as_array().expect("checks");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    checks
        .iter()
        .filter(|c| c["outcome"] == "failed")
        .map(|c| {
            (
                text(&c["protocol"]),
                text(&c["id"]),
                text(&c["verdict"]["id"]),
            )
        })
        .collect()
}

/// One entry of [`failures`].
pub fn failure(protocol: &str, id: &str, verdict: &str) -> (String, String, String) {
    (protocol.to_owned(), id.to_owned(), verdict.to_owned())
}
