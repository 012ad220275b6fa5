use super::*;
use proptest::prelude::*;

fn list(line: &str) -> Listed {
    match parse(line.as_bytes()) {
        Response::Untagged(Untagged::List(listed)) => listed,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn list_lines_of_all_forms() {
    for (line, flags, name) in [
        (
            r#"* LIST (\HasNoChildren) "/" INBOX"#,
            r"\hasnochildren",
            "INBOX",
        ),
        (r#"* LIST () NIL "a b""#, "", "a b"),
        (
            r#"* list (\Sent \Marked) "." Sent.Old"#,
            r"\sent \marked",
            "Sent.Old",
        ),
        (r#"* LIST () "\\" "a\\b \"c\"""#, "", r#"a\b "c""#),
        (r#"* LIST () "/" name with spaces"#, "", "name with spaces"),
        (
            r#"* LIST () "/" Archive ("CHILDINFO" ("SUBSCRIBED"))"#,
            "",
            "Archive",
        ),
    ] {
        let listed = list(line);
        assert_eq!(listed.flags.join(" "), flags, "{line}");
        assert_eq!(String::from_utf8_lossy(&listed.name), name, "{line}");
    }
    for broken in [
        "* LIST",
        "* LIST (",
        r#"* LIST () "/" "#,
        r#"* LIST () "/" "open"#,
        "* LIST () x",
    ] {
        assert_eq!(
            parse(broken.as_bytes()),
            Response::Untagged(Untagged::Other),
            "{broken}"
        );
    }
}

#[test]
fn status_lines_keep_word_code_and_text() {
    let Response::Done { tag, status } =
        parse(b"A7 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
    else {
        panic!("no status");
    };
    assert_eq!(tag, b"A7");
    assert_eq!(
        (status.word, status.code.as_deref()),
        (Word::No, Some("AUTHENTICATIONFAILED"))
    );
    assert_eq!(
        status.line,
        b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
    );
    let Response::Untagged(Untagged::Status(status)) =
        parse(b"* OK [CAPABILITY imap4rev1 SASL-IR] hi")
    else {
        panic!("no status");
    };
    assert_eq!(
        status.capability,
        Some(vec!["IMAP4REV1".to_owned(), "SASL-IR".to_owned()])
    );
    assert_eq!(parse(b"A7 BYE x"), Response::Noise, "BYE has no tag");
}

#[test]
fn counts_are_read_and_nonsense_is_not() {
    assert_eq!(
        parse(b"* 172 EXISTS"),
        Response::Untagged(Untagged::Exists(172))
    );
    assert_eq!(
        parse(b"* 99999999999 EXISTS"),
        Response::Untagged(Untagged::Other)
    );
    assert_eq!(
        parse(br#"* STATUS "a b" (UIDNEXT 5 MESSAGES 3)"#),
        Response::Untagged(Untagged::Counted(b"a b".to_vec(), Some(3)))
    );
    assert_eq!(
        parse(b"* STATUS x (MESSAGES -3)"),
        Response::Untagged(Untagged::Counted(b"x".to_vec(), None))
    );
    assert_eq!(
        parse(b"* CAPABILITY"),
        Response::Untagged(Untagged::Capability(Vec::new()))
    );
}

#[test]
fn literals_are_announced_only_by_data() {
    assert_eq!(literal(b"* LIST () NIL {12}"), Ok(Some((14, 12))));
    assert_eq!(literal(b"* LIST () NIL {12+}"), Ok(Some((14, 12))));
    for none in [&b"* LIST () NIL {}"[..], b"{a}", b"}", b"x{1} "] {
        assert_eq!(literal(none), Ok(None));
    }
    assert!(literal(b"{99999999999}").is_err());
    assert!(is_status(b"* OK this ends in {5}"));
    assert!(is_status(b"A1 NO {5}"));
    assert!(!is_status(b"* LIST () NIL {5}"));
}

proptest! {
    #[test]
    fn no_line_makes_it_panic(line in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse(&line);
        let _ = literal(&line);
        let _ = is_status(&line);
    }

    #[test]
    fn no_list_or_status_makes_it_panic(rest in "[ ()\"\\\\A-Z0-9{}+\\[\\]-]{0,40}") {
        for start in ["* LIST ", "* STATUS ", "* OK ", "* CAPABILITY", "A1 OK "] {
            let _ = parse(format!("{start}{rest}").as_bytes());
        }
    }

    #[test]
    fn what_a_literal_holds_is_what_is_read(name in proptest::collection::vec(any::<u8>(), 1..40)) {
        let mut line = b"* LIST () \"/\" ".to_vec();
        append_quoted(&mut line, &name);
        let Response::Untagged(Untagged::List(listed)) = parse(&line) else {
            panic!("no list");
        };
        prop_assert_eq!(listed.name, name);
    }
}
