use mailwright_domain::{RegistrationId, SendVia};
use proptest::prelude::*;

use super::*;

fn registration(name: &str) -> Registration {
    Registration {
        id: RegistrationId(Uuid::nil()),
        name: name.to_owned(),
        provider: Provider::Microsoft,
        client_id: "00001111-aaaa-2222-bbbb-3333cccc4444".to_owned(),
        tenant: Some("firma.nl".to_owned()),
        cloud: Cloud::Global,
        authority: None,
        custom: None,
        scopes: Vec::new(),
        has_secret: true,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

fn given(address: &str, send: bool, receive: bool) -> Given {
    Given {
        address: address.to_owned(),
        uses: Purpose {
            send,
            receive,
            via: SendVia::Smtp,
        }
        .into(),
    }
}

/// A token of the part of PowerShell that the scripts are written in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    Comment,
    Other(String),
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2018}'..='\u{201B}')
}

/// Reads a script as PowerShell's own tokenizer does: any of its quote characters ends a text unless another follows.
fn tokens(script: &str) -> Vec<Token> {
    let mut letters = script.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        if is_quote(letter) {
            let mut text = String::new();
            loop {
                let next = letters.next().expect("a text ends");
                if is_quote(next) {
                    if !letters.peek().copied().is_some_and(is_quote) {
                        break;
                    }
                    text.extend(letters.next());
                } else {
                    text.push(next);
                }
            }
            tokens.push(Token::Text(text));
        } else if letter == '#' {
            while letters.next().is_some_and(|next| next != '\n') {}
            tokens.push(Token::Comment);
        } else if letter.is_ascii_alphanumeric() {
            let mut word = String::from(letter);
            while let Some(next) = letters.next_if(char::is_ascii_alphanumeric) {
                word.push(next);
            }
            tokens.push(Token::Other(word));
        } else if !letter.is_whitespace() {
            tokens.push(Token::Other(letter.to_string()));
        }
    }
    tokens
}

/// The value of a literal: texts and `[char]::ConvertFromUtf32(n)`, joined.
fn value(expression: &str) -> String {
    let mut out = String::new();
    for token in tokens(expression) {
        match token {
            Token::Text(text) => out.push_str(&text),
            Token::Other(word) => {
                if let Ok(number) = word.parse::<u32>()
                    && let Some(letter) = char::from_u32(number)
                {
                    out.push(letter);
                }
            }
            Token::Comment => panic!("no comment in a literal"),
        }
    }
    out
}

/// `ConvertFromUtf32` holds the number 32 too, which is a space.
fn literal_value(expression: &str) -> String {
    value(&expression.replace("[char]::ConvertFromUtf32", ""))
}

#[test]
fn the_script_looks_changes_and_has_an_exact_reverse() {
    let registration = registration("ERP mail");
    let given = [
        given("info@firma.nl", true, true),
        given("o'neil+$(rm)`x@firma.nl", true, false),
        given("archive@firma.nl", false, true),
    ];
    let id = Some("11112222-aaaa-3333-bbbb-4444cccc5555");
    let text = format!(
        "{}\n-----\n{}",
        change(&registration, id, &given),
        reverse(&registration, &given)
    );
    assert_eq!(text, include_str!("admin_script_expected.txt"));
}

#[test]
fn without_the_object_id_the_script_stops_before_it_connects() {
    let script = change(&registration("ERP"), None, &[given("a@b.nl", true, true)]);
    let (head, _) = script.split_once("Connect-ExchangeOnline\n").unwrap();
    assert!(
        head.contains("$ObjectId = ''\nif (-not $ObjectId) { throw "),
        "{head}"
    );
}

#[test]
fn each_cloud_has_its_exchange() {
    for (cloud, part) in [
        (Cloud::GccHigh, "O365USGovGCCHigh"),
        (Cloud::Dod, "O365USGovDoD"),
        (Cloud::China, "O365China"),
    ] {
        assert!(connect(cloud).ends_with(part));
    }
}

#[test]
fn quotes_of_every_kind_stay_inside_the_text() {
    for text in [
        "",
        "'",
        "''; Remove-Mailbox x; '",
        "a\u{2019}; Remove-Mailbox b #",
        "zoë@lab.test",
        "\u{201B}",
        "line\nbreak",
        "日本語 😀",
        "$(calc) `n \" # @'",
    ] {
        let written = literal(text);
        assert!(written.is_ascii(), "{written}");
        assert_eq!(literal_value(&written), text, "{written}");
    }
}

#[test]
fn an_object_id_is_not_the_client_id() {
    let registration = registration("ERP");
    for (id, part) in [
        ("00001111-AAAA-2222-bbbb-3333cccc4444", "client ID"),
        ("ERP mail", "not an Object ID"),
    ] {
        let failure = checked_object_id(&registration, id).unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
        assert!(failure.message.contains("Enterprise applications"));
    }
}

proptest! {
    /// Whatever a name or an address holds, the script has the same words outside of texts, and the text is whole.
    #[test]
    fn nothing_that_was_entered_is_read_as_a_command(name in "\\PC*|[\\x00-\\x7f‘’‚‛]*", local in "[!-~‘’é]{1,20}") {
        let address = format!("{local}@firma.nl");
        let script = change(&registration(&name), None, &[given(&address, true, true)]);
        prop_assert!(script.is_ascii());
        let plain = change(&registration("x"), None, &[given("x", true, true)]);
        let commands = |script: &str| {
            let bare = script.replace(&literal(&address), "'x'").replace(&literal(&name), "'x'");
            tokens(&bare).into_iter().filter(|t| matches!(t, Token::Other(_))).collect::<Vec<_>>()
        };
        prop_assert_eq!(literal_value(&literal(&address)), address.clone());
        prop_assert_eq!(literal_value(&literal(&name)), name.clone());
        prop_assert_eq!(commands(&script), commands(&plain));
    }
}
