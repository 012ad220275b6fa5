//! Checks over the switches: form, wording, commands that only look and changes that can be taken back; and that every
//! output of the samples leads to the outcome told.

#![allow(clippy::unwrap_used)] // what is not as expected ends the test

use std::collections::{BTreeSet, HashSet};

use mailwright_diagnosis::Catalogue;
use mailwright_diagnosis::organisation::{
    About, Asked, Concerns, Shell, Switch, Switches, Value, Why, read_back,
};
use mailwright_domain::{Outcome, Provider};

fn switches() -> &'static [Switch] {
    Switches::built_in().switches()
}

/// What may stand in a command that only looks.
const LOOKING: [&str; 8] = [
    "ForEach-Object",
    "Where-Object",
    "Select-Object",
    "Sort-Object",
    "Format-List",
    "Format-Table",
    "ConvertTo-Json",
    "ConvertTo-Csv",
];

/// Words of the form Verb-Noun.
fn cmdlets(command: &str) -> Vec<&str> {
    command
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| {
            word.split_once('-').is_some_and(|(verb, noun)| {
                verb.starts_with(|c: char| c.is_ascii_uppercase()) && !noun.is_empty()
            })
        })
        .collect()
}

/// Those that change something, each once, as verb and noun.
fn changing(command: &str) -> BTreeSet<(&str, &str)> {
    cmdlets(command)
        .into_iter()
        .filter(|word| !word.starts_with("Get-") && !LOOKING.contains(word))
        .filter_map(|word| word.split_once('-'))
        .collect()
}

/// How a switch says that there is no command that changes it, and why.
const NO_CHANGE: [&str; 3] = [
    "Nothing has to be changed here: ",
    "Nothing can be turned on any more: ",
    "has no command for it.",
];

#[test]
fn every_file_is_read() {
    let all = Switches::parse(Switches::files()).unwrap();
    assert_eq!(all.switches().len(), switches().len());
    assert!(all.switches().len() >= 15 && !all.troubles().is_empty());
    let error = Switches::parse(&[("odd", "[[switch]]\nid = 1\n")]).unwrap_err();
    assert!(error.to_string().contains("odd"));
}

#[test]
fn a_command_that_looks_changes_nothing() {
    for switch in switches() {
        let Some(read) = &switch.read else {
            assert_eq!(switch.shell, None, "{}", switch.id);
            continue;
        };
        assert!(read.starts_with("Get-"), "{}", switch.id);
        for cmdlet in cmdlets(read) {
            assert!(
                cmdlet.starts_with("Get-") || LOOKING.contains(&cmdlet),
                "{}: {cmdlet} in a command that looks",
                switch.id
            );
        }
        for sign in ['=', '>', ';', '&', '`', '\n'] {
            assert!(!read.contains(sign), "{}: {sign} in {read}", switch.id);
        }
        assert!(read.contains(&switch.property), "{}", switch.id);
        let printed = switch.cmdlets.iter().any(|c| read.contains(c.as_str()));
        assert!(printed && switch.read_note.is_some(), "{}", switch.id);
        // What is printed can be told from the output of every other switch.
        if switch.about == About::Mailbox || switch.about == About::Policy {
            assert!(
                switch.keys.iter().any(|key| read.contains(key.as_str())),
                "{}",
                switch.id
            );
        }
    }
}

/// The verb that takes another back.
fn undo(verb: &str) -> &str {
    match verb {
        "New" => "Remove",
        same => same,
    }
}

#[test]
fn every_switch_can_be_changed_or_says_why_not() {
    for switch in switches() {
        let says_why = switch
            .steps
            .iter()
            .any(|step| NO_CHANGE.iter().any(|why| step.contains(why)));
        assert_ne!(switch.change.is_some(), says_why, "{}", switch.id);
    }
}

#[test]
fn a_rule_for_passwords_says_how_it_applies_at_once() {
    let slow = switches().iter().filter(|s| {
        s.shell == Some(Shell::Exchange) && s.concerns == Concerns::Password && s.change.is_some()
    });
    let mut count = 0;
    for switch in slow {
        let at_once =
            |step: &String| step.contains("Set-User") && step.contains("STSRefreshTokensValidFrom");
        assert!(switch.steps.iter().any(at_once), "{}", switch.id);
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn every_change_can_be_taken_back() {
    for switch in switches() {
        assert_eq!(
            switch.change.is_some(),
            switch.reverse.is_some(),
            "{}",
            switch.id
        );
        assert!(
            switch.change.is_none() || switch.read.is_some(),
            "{}",
            switch.id
        );
        let own = switch.values.iter().filter_map(|v| v.reverse.as_ref());
        let seen = switch.seen.iter().filter_map(|s| s.reverse.as_ref());
        for reverse in switch.reverse.iter().chain(own).chain(seen) {
            let change = switch.change.as_ref().unwrap();
            assert_ne!(reverse, change, "{}", switch.id);
            let (there, back) = (changing(change), changing(reverse));
            assert!(!there.is_empty(), "{}: {change} changes nothing", switch.id);
            let undoing: BTreeSet<_> = there
                .iter()
                .map(|(verb, noun)| (undo(verb), *noun))
                .collect();
            assert_eq!(undoing, back, "{}: {reverse}", switch.id);
        }
        if switch.shell == Some(Shell::Graph) {
            assert!(!switch.scopes.is_empty(), "{}", switch.id);
            assert_eq!(
                switch.change.is_some(),
                !switch.change_scopes.is_empty(),
                "{}",
                switch.id
            );
            assert!(
                switch.scopes.iter().all(|s| !s.contains("Write")),
                "{}",
                switch.id
            );
        }
    }
}

#[test]
fn the_values_of_a_command_are_known() {
    for switch in switches() {
        for template in [&switch.read, &switch.change, &switch.reverse]
            .into_iter()
            .flatten()
        {
            let mailboxes = ["a@firma.nl".to_owned(), "b@firma.nl".to_owned()];
            for count in 0..=2 {
                let asked = Asked {
                    mailboxes: &mailboxes[..count],
                    client_id: "id",
                    policy: Some("p"),
                    value: Some("v"),
                };
                let filled = asked.fill(template);
                for name in ["{mailbox}", "{client_id}", "{policy}", "{value}"] {
                    assert!(!filled.contains(name), "{}: {filled}", switch.id);
                }
                assert_eq!(filled.matches('{').count(), filled.matches('}').count());
            }
        }
    }
}

#[test]
fn every_switch_says_who_where_and_since_when() {
    let mut ids = HashSet::new();
    for switch in switches() {
        assert!(ids.insert(&switch.id), "{} twice", switch.id);
        assert!(
            switch
                .id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{}",
            switch.id
        );
        assert!(switch.link.starts_with("https://"), "{}", switch.id);
        assert!(
            switch.checked_on.parse::<jiff::civil::Date>().is_ok(),
            "{}",
            switch.id
        );
        assert!(!switch.who.is_empty() && !switch.source.is_empty() && !switch.steps.is_empty());
        assert!(switch.wait_minutes <= 2 * 24 * 60, "{}", switch.id);
        assert!(switch.provider != Provider::Custom, "{}", switch.id);
        assert_eq!(
            switch.read.is_some(),
            !switch.values.is_empty(),
            "{}",
            switch.id
        );
        for other in &switch.falls_back {
            let other = Switches::built_in().switch(other).unwrap();
            assert!(other.about == About::Organisation, "{}", switch.id);
        }
        assert_eq!(
            switch.values.iter().any(|v| v.inherits),
            !switch.falls_back.is_empty(),
            "{}",
            switch.id
        );
    }
}

#[test]
fn every_verdict_is_in_the_catalogue() {
    let known = |id: &String| assert!(Catalogue::built_in().entry(id).is_some(), "{id}");
    for switch in switches() {
        for value in &switch.values {
            value.verdict.iter().for_each(known);
            let passed_on = value.passes_on.as_ref().and_then(|p| p.verdict.as_ref());
            passed_on.into_iter().for_each(known);
            let ways = [value.is.is_some(), value.contains.is_some(), value.any];
            assert_eq!(ways.into_iter().filter(|w| *w).count(), 1, "{}", switch.id);
            assert!(
                value.outcome != Outcome::Failed || value.verdict.is_some(),
                "{}",
                switch.id
            );
        }
        for seen in &switch.seen {
            seen.verdict.iter().for_each(known);
            let check = seen.protocol.is_some() && seen.check.is_some();
            let ways = [check, seen.verdict.is_some(), seen.registration.is_some()];
            assert_eq!(ways.into_iter().filter(|w| *w).count(), 1, "{}", switch.id);
            if let Some(is) = &seen.is {
                assert!(switch.value(is).is_some(), "{}: {is}", switch.id);
            }
            if let Some(other) = &seen.decided_by {
                assert!(switch.falls_back.contains(other), "{}: {other}", switch.id);
            }
        }
    }
}

/// Everything that people read.
fn texts(switch: &Switch) -> Vec<&str> {
    let says = |value: &'static Value| {
        let passed_on = value.passes_on.as_ref().map(|p| p.says.as_str());
        [Some(value.says.as_str()), passed_on].into_iter().flatten()
    };
    let values = Switches::built_in()
        .switch(&switch.id)
        .unwrap()
        .values
        .iter();
    [&switch.read_note, &switch.caution]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .chain(switch.steps.iter().map(String::as_str))
        .chain(switch.seen.iter().map(|s| s.says.as_str()))
        .chain(values.flat_map(says))
        .collect()
}

#[test]
fn the_wording_is_plain() {
    let troubles = Switches::built_in()
        .troubles()
        .iter()
        .map(|t| t.says.as_str());
    for text in switches().iter().flat_map(texts).chain(troubles) {
        assert!(text.ends_with('.'), "{text}");
        assert!(!text.contains('"') && !text.contains('!'), "{text}");
        for word in ["invalid", "please", "whilst", "authenticate "] {
            assert!(!text.to_lowercase().contains(word), "“{word}” in {text}");
        }
        for sentence in text.split(". ") {
            let words = sentence
                .split_whitespace()
                .filter(|w| w.contains(char::is_alphanumeric));
            assert!(words.count() <= 20, "{sentence}");
        }
    }
}

#[test]
fn every_sample_leads_to_its_outcome() {
    for switch in switches() {
        assert_eq!(
            switch.samples.is_empty(),
            switch.read.is_none(),
            "{}",
            switch.id
        );
        for (index, sample) in switch.samples.iter().enumerate() {
            for text in [sample.text.clone(), sample.text.replace('\n', "\r\n")] {
                let read = read_back(&text);
                let told = read.told.iter().find(|t| t.switch.id == switch.id);
                let told = told.unwrap_or_else(|| panic!("{} sample {index}: {read:?}", switch.id));
                assert_eq!(told.subject, sample.subject, "{} sample {index}", switch.id);
                assert_eq!(
                    told.outcome(),
                    sample.outcome,
                    "{} sample {index}",
                    switch.id
                );
                assert!(
                    told.meaning.is_some() && read.unclear.is_empty(),
                    "{}",
                    switch.id
                );
            }
        }
    }
}

#[test]
fn one_rule_about_codes_is_enough() {
    let rule = |methods: &str| format!("TransferMethods : {methods}\n\n");
    let (about, other, none) = (
        rule("deviceCodeFlow"),
        rule("authenticationTransfer"),
        rule(""),
    );
    for text in [
        [&about, &other, &none].map(String::as_str).concat(),
        [&none, &other, &about].map(String::as_str).concat(),
        [&other, &about, &none].map(String::as_str).concat(),
    ] {
        let read = read_back(&text);
        let told = read.told.iter().find(|t| t.switch.id == "code-sign-in");
        assert_eq!(told.unwrap().value, "deviceCodeFlow", "{text}");
    }
}

#[test]
fn what_the_commands_print_together_is_told_apart() {
    let text = "PS C:\\> Connect-ExchangeOnline\n\
        PS C:\\> 'a@firma.nl', 'b@firma.nl' | ForEach-Object { Get-CASMailbox -Identity $_ } | Format-List PrimarySmtpAddress,SmtpClientAuthenticationDisabled,ImapEnabled,PopEnabled\n\n\
        PrimarySmtpAddress               : A@Firma.nl\n\
        SmtpClientAuthenticationDisabled : \n\
        ImapEnabled                      : True\n\
        PopEnabled                       : False\n\n\
        PrimarySmtpAddress               : b@firma.nl\n\
        SmtpClientAuthenticationDisabled : False\n\
        ImapEnabled                      : False\n\
        PopEnabled                       : True\n\n\n\
        PS C:\\> Get-TransportConfig | Format-List Name,AllowLegacyTLSClients,SmtpClientAuthenticationDisabled\n\n\
        Name                             : Transport Settings\n\
        AllowLegacyTLSClients            : False\n\
        SmtpClientAuthenticationDisabled : True\n";
    let read = read_back(text);
    let told: Vec<(&str, Option<&str>, &str)> = read
        .told
        .iter()
        .map(|t| (t.switch.id.as_str(), t.subject.as_deref(), t.value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("smtp-auth-mailbox", Some("a@firma.nl"), ""),
            ("imap-mailbox", Some("a@firma.nl"), "True"),
            ("pop-mailbox", Some("a@firma.nl"), "False"),
            ("smtp-auth-mailbox", Some("b@firma.nl"), "False"),
            ("imap-mailbox", Some("b@firma.nl"), "False"),
            ("pop-mailbox", Some("b@firma.nl"), "True"),
            ("smtp-auth-organisation", None, "True"),
        ]
    );
    assert!(
        read.unclear.is_empty() && read.troubles.is_empty(),
        "{read:?}"
    );
}

#[test]
fn what_could_be_either_is_not_guessed() {
    let read = read_back("SmtpClientAuthenticationDisabled : True");
    assert!(read.told.is_empty());
    assert_eq!(read.unclear.len(), 1);
    assert_eq!(read.unclear[0].why, Why::WhichSwitch);
    let read = read_back("SmtpClientAuthenticationDisabled : True\nImapEnabled : True");
    assert!(read.told.is_empty());
    assert!(
        read.unclear.iter().all(|u| u.why == Why::WhoseIsIt),
        "{read:?}"
    );
}

#[test]
fn of_two_looks_the_later_one_counts() {
    let look = |value| {
        format!("PrimarySmtpAddress : a@firma.nl\nSmtpClientAuthenticationDisabled : {value}\n\n")
    };
    let read = read_back(&(look("True") + &look("False")));
    assert_eq!(read.told.len(), 1);
    assert_eq!(read.told[0].outcome(), Outcome::Passed);
}

#[test]
fn a_value_that_nobody_knows_is_unchecked() {
    let read = read_back("PrimarySmtpAddress : a@firma.nl\nImapEnabled : Vielleicht");
    assert_eq!(read.told[0].outcome(), Outcome::Unchecked);
    assert!(read.told[0].meaning.is_none());
    assert_eq!(read.told[0].value, "Vielleicht");
}

#[test]
fn what_powershell_complains_about_is_told() {
    for (text, id) in [
        (
            "Get-CASMailbox : The term 'Get-CASMailbox' is not recognized as the name of a cmdlet, function",
            "not-connected",
        ),
        (
            "Get-CASMailbox: The operation couldn't be performed because object 'x' couldn't be found on 'AM9'.",
            "mailbox-not-found",
        ),
        (
            "Insufficient privileges to complete the operation.",
            "not-allowed",
        ),
    ] {
        let read = read_back(text);
        assert_eq!(read.troubles.len(), 1, "{text}");
        assert_eq!(read.troubles[0].id, id);
        assert!(read.told.is_empty());
    }
}

#[test]
fn other_things_say_nothing() {
    for text in [
        "",
        "hello",
        "ImapEnabled",
        "{}",
        "----",
        "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant.",
    ] {
        let read = read_back(text);
        assert!(
            read.told.is_empty() && read.unclear.is_empty(),
            "{text}: {read:?}"
        );
    }
}
