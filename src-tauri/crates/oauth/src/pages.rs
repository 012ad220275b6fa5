use std::fmt::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What the browser shows when it is done. No page has a link, a script or anything from elsewhere, and none shows a
/// code or token; Mailwright raises its own window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndPage {
    /// Signed in, and with the expected account.
    Done {
        /// The name that the person signed in with.
        signed_in_as: Option<String>,
        /// What Mailwright does now.
        next: Next,
    },
    /// The person cancelled.
    Cancelled,
    /// Signed in with another account than the mailbox expects.
    DifferentAccount {
        /// The mailbox.
        mailbox: String,
        /// The name that the person signed in with.
        signed_in_as: String,
    },
    /// An administrator approved the app.
    Approved {
        /// The organisation, as people know it.
        organisation: Option<String>,
        /// Who signs in now.
        then: Option<String>,
    },
    /// An administrator was asked to approve the app, and it was not approved.
    NotApproved,
    /// The link had been used before.
    AlreadyUsed,
    /// The sign-in of this page ended without an answer: it was cancelled, replaced by a newer one, or took too long.
    OutOfDate,
    /// It did not work.
    Failed {
        /// One plain sentence: the verdict.
        sentence: String,
    },
    /// It takes longer than a browser should wait.
    StillWorking,
    /// The request belongs to no sign-in that is waiting.
    NotThisSignIn,
}

/// What Mailwright does once somebody has signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Whatever whoever asked does then.
    #[default]
    GoesOn,
    /// It tests the mailbox.
    Checks,
}

impl Next {
    fn sentence(self) -> &'static str {
        match self {
            Self::GoesOn => "Mailwright goes on from here.",
            Self::Checks => "Mailwright is checking the mailbox now.",
        }
    }
}

/// How a page looks: title, colour class, drawing, paragraphs.
struct Look {
    title: &'static str,
    tone: &'static str,
    drawing: &'static str,
    body: Vec<String>,
}

const CHECK: &str = "M4.5 12.8 9.6 18 19.5 7";
const DASH: &str = "M6 12h12";
const UNEQUAL: &str = "M5 9.5h14M5 14.5h14M15.5 5l-7 14";
const CLOCK: &str = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2";
const AGAIN: &str = "M4 5v4h4M4.4 9a8.3 8.3 0 1 1-.6 5M12 7.8V12l2.8 1.8";
const BANG: &str = "M12 4.5v10M12 19v.1";

/// With the line ends that a browser's parser makes, because its hash is compared afterwards.
static STYLE: LazyLock<String> = LazyLock::new(|| include_str!("pages.css").replace("\r\n", "\n"));

/// Nothing is loaded, run, framed or submitted; the one style sheet is known by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(STYLE.as_bytes()))
    )
});

impl EndPage {
    /// Status line's code and reason.
    fn status(&self) -> &'static str {
        match self {
            Self::AlreadyUsed | Self::OutOfDate => "410 Gone",
            Self::NotThisSignIn => "400 Bad Request",
            _ => "200 OK",
        }
    }

    fn look(&self) -> Look {
        let look = |title, tone, drawing, body: Vec<String>| Look {
            title,
            tone,
            drawing,
            body,
        };
        match self {
            Self::Done { signed_in_as, next } => {
                let mut body: Vec<String> = signed_in_as
                    .iter()
                    .map(|name| format!("You signed in as {}.", bold(name)))
                    .collect();
                body.push(next.sentence().to_owned());
                look("Signed in", "good", CHECK, body)
            }
            Self::Cancelled => look(
                "Sign-in was cancelled",
                "calm",
                DASH,
                vec![
                    "Nothing was changed and nothing was saved.".to_owned(),
                    "To try again, choose <b>Open again</b> in Mailwright. If the page said that an administrator must \
                     approve, Mailwright shows how to ask."
                        .to_owned(),
                ],
            ),
            Self::DifferentAccount { mailbox, signed_in_as } => look(
                "You signed in with a different account",
                "care",
                UNEQUAL,
                vec![
                    format!(
                        "The mailbox is {}, and you signed in as {}. Nothing was saved.",
                        bold(mailbox),
                        bold(signed_in_as)
                    ),
                    "Mailwright shows four ways to go on.".to_owned(),
                ],
            ),
            Self::Approved { organisation, then } => {
                let place = organisation.as_deref().map_or_else(
                    || "The app is approved.".to_owned(),
                    |name| format!("The app is approved for {}.", bold(name)),
                );
                let next = then.as_deref().map_or_else(
                    || "Mailwright goes on from here.".to_owned(),
                    |name| format!("Next, {} signs in.", bold(name)),
                );
                look("Approved", "good", CHECK, vec![place, next])
            }
            Self::NotApproved => look(
                "The app was not approved",
                "calm",
                DASH,
                vec!["Nothing was changed. Mailwright shows what to do.".to_owned()],
            ),
            Self::AlreadyUsed => look(
                "This link was already used",
                "calm",
                AGAIN,
                vec![
                    "Each sign-in link works once. Nothing was changed.".to_owned(),
                    "Choose <b>Open again</b> in Mailwright for a new one.".to_owned(),
                ],
            ),
            Self::OutOfDate => look(
                "This page is out of date",
                "calm",
                AGAIN,
                vec![
                    "The sign-in on this page was cancelled, begun again or not finished in time. This page changed nothing."
                        .to_owned(),
                ],
            ),
            Self::Failed { sentence } => look(
                "The sign-in did not work",
                "bad",
                BANG,
                vec![
                    escape(sentence),
                    "Nothing was saved. Mailwright shows what to do.".to_owned(),
                ],
            ),
            Self::StillWorking => look(
                "Mailwright is still working on it",
                "calm",
                CLOCK,
                vec!["The result appears in Mailwright.".to_owned()],
            ),
            Self::NotThisSignIn => look(
                "Nothing to do here",
                "calm",
                DASH,
                vec![
                    "This address belongs to no sign-in that Mailwright is waiting for. A sign-in that is open in \
                     another tab goes on."
                        .to_owned(),
                ],
            ),
        }
    }

    fn html(&self) -> String {
        let look = self.look();
        let mut body = String::new();
        for paragraph in &look.body {
            let _ = writeln!(body, "<p>{paragraph}</p>"); // writing to a String cannot fail
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} — Mailwright</title>\n\
             <style>{style}</style>\n</head>\n<body>\n<main>\n\
             <div class=\"sign {tone}\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{drawing}\"/></svg></div>\n\
             <h1>{title}</h1>\n{body}<p class=\"back\">Return to Mailwright. You can close this tab.</p>\n\
             <footer><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
             <rect class=\"seal\" x=\"1\" y=\"3\" width=\"22\" height=\"18\" rx=\"5\"/>\
             <path class=\"flap\" d=\"M5.5 9 12 13.5 18.5 9\"/></svg>Mailwright on this computer</footer>\n\
             </main>\n</body>\n</html>\n",
            style = *STYLE,
            title = look.title,
            tone = look.tone,
            drawing = look.drawing,
        )
    }

    /// The whole HTTP answer.
    pub(crate) fn response(&self) -> Vec<u8> {
        self.response_with(self.status(), "")
    }

    /// The same with another status and more header fields.
    pub(crate) fn response_with(&self, status: &str, more_headers: &str) -> Vec<u8> {
        response(status, more_headers, &self.html())
    }
}

/// An HTTP answer that no cache keeps.
fn response(status: &str, more_headers: &str, html: &str) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nContent-Security-Policy: {}\r\nReferrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n{more_headers}\r\n",
        html.len(),
        *POLICY,
    );
    answer.push_str(html);
    answer.into_bytes()
}

fn bold(text: &str) -> String {
    format!("<b>{}</b>", escape(text))
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Marks that turn the direction of what follows could make one address look like another.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<EndPage> {
        vec![
            EndPage::Done {
                signed_in_as: Some("anna@firma.nl".into()),
                next: Next::Checks,
            },
            EndPage::Done {
                signed_in_as: None,
                next: Next::GoesOn,
            },
            EndPage::Cancelled,
            EndPage::DifferentAccount {
                mailbox: "anna@firma.nl".into(),
                signed_in_as: "admin@firma.nl".into(),
            },
            EndPage::Approved {
                organisation: Some("firma.nl".into()),
                then: Some("anna@firma.nl".into()),
            },
            EndPage::NotApproved,
            EndPage::AlreadyUsed,
            EndPage::OutOfDate,
            EndPage::Failed {
                sentence: "An administrator has to approve.".into(),
            },
            EndPage::StillWorking,
            EndPage::NotThisSignIn,
        ]
    }

    #[test]
    fn pages_load_run_and_link_nothing() {
        for page in all() {
            let answer = String::from_utf8(page.response()).unwrap();
            let (head, html) = answer.split_once("\r\n\r\n").unwrap();
            for wanted in [
                "Cache-Control: no-store",
                "default-src 'none'",
                "Referrer-Policy: no-referrer",
            ] {
                assert!(head.contains(wanted), "{page:?} lacks {wanted}");
            }
            assert!(
                head.contains(&format!("Content-Length: {}\r\n", html.len())),
                "{page:?}"
            );
            let lower = html.to_lowercase();
            for unwanted in [
                "<script", "<a ", "href", "src=", "url(", "@import", "http:", "https:", " style=",
                "<form", "<img",
            ] {
                assert!(!lower.contains(unwanted), "{page:?} has {unwanted}");
            }
            assert!(
                html.contains("lang=\"en\"") && html.contains("Return to Mailwright"),
                "{page:?}"
            );
        }
    }

    #[test]
    fn success_says_what_mailwright_does_now() {
        let done = |next| {
            let signed_in_as = None;
            EndPage::Done { signed_in_as, next }.html()
        };
        assert!(done(Next::Checks).contains("<p>Mailwright is checking the mailbox now.</p>"));
        assert!(done(Next::GoesOn).contains("<p>Mailwright goes on from here.</p>"));
    }

    #[test]
    fn values_cannot_become_markup() {
        let page = EndPage::DifferentAccount {
            mailbox: "<script>alert(1)</script>".into(),
            signed_in_as: "\"><img src=x onerror='y'>&\u{202e}\r\n".into(),
        };
        let html = page.html();
        assert!(
            !html.contains("<script") && !html.contains("<img") && !html.contains('\u{202e}'),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        let failed = EndPage::Failed {
            sentence: "<b>bold</b>".into(),
        };
        assert!(failed.html().contains("&lt;b&gt;bold"));
    }
}
