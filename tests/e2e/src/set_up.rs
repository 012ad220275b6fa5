use mailwright_lab::{
    AuthorizationServer, Browser, BrowserAction, CERTIFICATE_CLIENT, CONFIDENTIAL_CLIENT,
    CONFIDENTIAL_SECRET, Lab, PUBLIC_CLIENT, Tenant,
};
use serde_json::Value;

use crate::{Mailwright, Said};

/// How a mailbox of the lab is added.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Address.
    pub address: String,
    /// `HOST:PORT:MODE` for reading.
    pub imap: String,
    /// `HOST:PORT:MODE` for sending.
    pub smtp: String,
}

impl Mailbox {
    /// Somebody's mailbox on the lab's servers: IMAP by TLS, submission by STARTTLS.
    ///
    /// # Panics
    /// The lab has no such person or no mail servers.
    pub fn of(lab: &Lab, who: &str) -> Self {
        let mail = lab.mail().expect("the lab has mail servers");
        Self {
            address: lab
                .user(who)
                .expect("the lab has this person")
                .address
                .to_owned(),
            imap: format!("mail.lab.test:{}:tls", mail.imaps),
            smtp: format!("mail.lab.test:{}:starttls", mail.submission()),
        }
    }
}

/// Registers the lab's public client at a tenant in Microsoft's layout.
pub fn add_registration(lab: &Lab, name: &str, tenant: Tenant) -> Said {
    add_client(lab, name, tenant, PUBLIC_CLIENT, None, &[])
}

/// Registers the lab's client with a secret.
pub fn add_registration_with_secret(lab: &Lab, name: &str, tenant: Tenant) -> Said {
    let secret = Some(CONFIDENTIAL_SECRET);
    add_client(lab, name, tenant, CONFIDENTIAL_CLIENT, secret, &[])
}

/// Registers the lab's client with a certificate.
pub fn add_registration_with_certificate(lab: &Lab, name: &str) -> Said {
    let files = authorization(lab).client_certificate();
    let [certificate, key] = [&files.chain, &files.key].map(|file| file.display().to_string());
    let more = ["--certificate", &certificate, "--certificate-key", &key];
    add_client(lab, name, Tenant::Contoso, CERTIFICATE_CLIENT, None, &more)
}

/// Registers any of the lab's clients there, with its secret where it has one; `more` follows on the command line.
pub fn add_client(
    lab: &Lab,
    name: &str,
    tenant: Tenant,
    client: &str,
    secret: Option<&str>,
    more: &[&str],
) -> Said {
    let mut words = vec!["--json"];
    words.extend(registration_words(lab, name, tenant, client));
    words.extend(more);
    let program = Mailwright::new(lab);
    match secret {
        None => program.run(&words),
        Some(secret) => {
            words.push("--client-secret-stdin");
            program.run_with_input(&words, secret)
        }
    }
}

/// The words of `registration add` at a tenant in Microsoft's layout.
pub fn registration_words<'a>(
    lab: &'a Lab,
    name: &'a str,
    tenant: Tenant,
    client: &'a str,
) -> Vec<&'a str> {
    vec![
        "registration",
        "add",
        "--name",
        name,
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        authorization(lab).base(),
        "--tenant",
        tenant.name(),
        "--client-id",
        client,
    ]
}

fn authorization(lab: &Lab) -> &AuthorizationServer {
    lab.authorization()
        .expect("the lab has an authorization server")
}

/// Adds a mailbox with typed servers; `more` follows on the command line.
pub fn add_mailbox(lab: &Lab, mailbox: &Mailbox, registration: &str, more: &[&str]) -> Said {
    let mut words = vec![
        "add",
        &mailbox.address,
        "--registration",
        registration,
        "--imap",
        &mailbox.imap,
        "--smtp",
        &mailbox.smtp,
    ];
    words.extend(more);
    Mailwright::new(lab).json(&words)
}

/// Signs somebody in with the lab's browser, started by the program as the system's browser.
pub fn sign_in(lab: &Lab, address: &str, who: &str, action: BrowserAction, more: &[&str]) -> Said {
    lab.plan_browser(who, action)
        .expect("the lab has this person");
    let mut words = vec!["sign-in", address, "--open", "--timeout", "100"];
    words.extend(more);
    Mailwright::new(lab).json(&words)
}

/// Opens a sign-in address that was printed, signs alice in and accepts; gives the browser as it is then.
///
/// # Panics
/// There is no browser, or it does not get that far.
pub async fn alice_signs_in_at(lab: &Lab, link: &str) -> Browser {
    let browser = lab.browser().await.expect("a browser");
    browser.open(link).await.expect("it opens");
    let alice = lab.user("alice").expect("alice");
    browser
        .sign_in(alice.address, &alice.password)
        .await
        .expect("signs in");
    browser.accept().await.expect("accepts");
    browser
}

/// Registration, mailbox and sign-in of one person in one go; gives the answer of `sign-in`.
///
/// # Panics
/// A step does not succeed.
pub fn set_up(lab: &Lab, who: &str, tenant: Tenant) -> (Mailbox, Value) {
    let mailbox = Mailbox::of(lab, who);
    let _ = add_registration(lab, tenant.name(), tenant).exits(0);
    let _ = add_mailbox(lab, &mailbox, tenant.name(), &[]).exits(0);
    let said = sign_in(lab, &mailbox.address, who, BrowserAction::Accept, &[]).exits(0);
    let answer = said.json();
    (mailbox, answer)
}

/// The same person with POP3 beside the rest, which needs a sign-in of its own.
///
/// # Panics
/// A step does not succeed.
pub fn set_up_with_pop3(lab: &Lab, who: &str, tenant: Tenant) -> Mailbox {
    let (mailbox, _) = set_up(lab, who, tenant);
    let address = mailbox.address.as_str();
    let set = ["set", address, "--pop3", &pop3_of(lab)];
    let _ = Mailwright::new(lab).run(&set).exits(0);
    let _ = sign_in(lab, address, who, BrowserAction::Accept, &[]).exits(0);
    mailbox
}

/// `HOST:PORT:MODE` of the lab's POP3 server.
///
/// # Panics
/// The lab has no mail servers.
pub fn pop3_of(lab: &Lab) -> String {
    let mail = lab.mail().expect("the lab has mail servers");
    format!("mail.lab.test:{}:tls", mail.pop3s)
}

/// Nobody is signed in to this mailbox, and no sign-in was left in the keychain; client secrets may be there.
///
/// # Panics
/// Something was kept.
pub fn no_sign_in_is_kept(lab: &Lab, address: &str) {
    let shown = Mailwright::new(lab).json(&["show", address]).exits(0);
    assert_eq!(shown.json()["signed_in_as"], Value::Null);
    let keychain = lab.keychain().expect("the lab has a keychain");
    let items = keychain.items().expect("it lists its items");
    let grants = items.iter().filter(|i| format!("{i:?}").contains("/grant"));
    assert_eq!(grants.count(), 0, "no sign-in was left in the keychain");
}
