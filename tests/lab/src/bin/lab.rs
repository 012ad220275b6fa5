//! Starts the whole lab for a person, until Ctrl-C or the end of standard input.

#[cfg(unix)]
mod for_people {
    use std::error::Error;
    use std::fmt::Write as _;
    use std::io::Write as _;
    use std::os::unix::fs::MetadataExt;

    use mailwright_lab::{
        CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, KeychainState, Lab, Options, PUBLIC_CLIENT,
        Tenant, missing_programs,
    };
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::sync::oneshot;

    pub(super) async fn run() -> Result<(), Box<dyn Error>> {
        let missing = missing_programs();
        if !missing.is_empty() {
            return Err(format!("first: apt-get install {}", missing.join(" ")).into());
        }
        let lab = Lab::start(options()?)?;
        writeln!(std::io::stdout(), "{}", describe(&lab)?)?;
        let (mut interrupt, mut end) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        let (ended, end_of_input) = oneshot::channel();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            let _ = ended.send(());
        });
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = end.recv() => {}
            _ = end_of_input => {}
        }
        Ok(())
    }

    /// Everything that can run here. The browser is the person's own.
    fn options() -> Result<Options, Box<dyn Error>> {
        let options = Options::new()
            .authorization_server()
            .dns()
            .keychain(KeychainState::Unlocked);
        let root = tempfile::tempfile()?.metadata()?.uid() == 0;
        Ok(if root {
            options.mail()
        } else {
            let note = "Not root, so without Postfix: messages can be read, but not sent.\n";
            writeln!(std::io::stdout(), "{note}")?;
            options.mailboxes_only()
        })
    }

    fn describe(lab: &Lab) -> Result<String, Box<dyn Error>> {
        let (mail, authorization) = (lab.mail()?, lab.authorization()?);
        let mut text = String::from("Accounts\n");
        for user in lab.users() {
            writeln!(text, "  {:<26} {}", user.address, user.password)?;
        }
        writeln!(
            text,
            "\nServers, on 127.0.0.1 and under the name mail.lab.test"
        )?;
        for (name, port) in [
            ("IMAP, STARTTLS", mail.imap),
            ("IMAP, TLS", mail.imaps),
            ("POP3, STARTTLS", mail.pop3),
            ("POP3, TLS", mail.pop3s),
            ("SMTP, STARTTLS", mail.submission()),
            ("SMTP, TLS", mail.smtps()),
        ] {
            writeln!(text, "  {name:<26} {port}")?;
        }
        writeln!(
            text,
            "  {:<26} {}",
            "Authorization server",
            authorization.base()
        )?;
        writeln!(text, "  {:<26} {}", "Name server", lab.dns()?.address())?;
        writeln!(text, "  {:<26} {}", "Files", lab.folder().path().display())?;

        writeln!(text, "\nEnvironment for mailwright")?;
        // Not HOME and the like: the browser is the person's own and needs them.
        let ours = |name: &str| name.starts_with("MAILWRIGHT_") || name.starts_with("DBUS_");
        for (name, value) in lab.env().into_iter().filter(|(name, _)| ours(name)) {
            writeln!(text, "  export {name}='{value}'")?;
        }
        writeln!(text, "\nCommands to type")?;
        for command in commands(lab)? {
            writeln!(text, "  {command}")?;
        }
        writeln!(text, "\nCtrl-C ends it, and removes everything.")?;
        Ok(text)
    }

    fn commands(lab: &Lab) -> Result<Vec<String>, Box<dyn Error>> {
        let (mail, authorization) = (lab.mail()?, lab.authorization()?);
        let base = authorization.base();
        let microsoft = |name: &str, tenant: &str| {
            format!(
                "mailwright registration add --name {name} --provider microsoft --cloud custom --authority {base} --tenant {tenant}"
            )
        };
        let servers = format!(
            "--imap mail.lab.test:{}:tls --smtp mail.lab.test:{}:starttls",
            mail.imaps,
            mail.submission()
        );
        Ok(vec![
            format!(
                "{} --client-id {PUBLIC_CLIENT}",
                microsoft("contoso", "contoso")
            ),
            format!(
                "printf %s '{CONFIDENTIAL_SECRET}' | {} --client-id {CONFIDENTIAL_CLIENT} --client-secret-stdin",
                microsoft("strict", "strict")
            ),
            format!(
                "mailwright registration add --name openid --provider custom --authority {base}/op --authorize-url {} --token-url {} --revoke-url {base}/op/token/revocation --client-id {PUBLIC_CLIENT} --scope openid --scope profile --scope email --scope offline_access --scope mail",
                authorization.authorize_url(Tenant::Op),
                authorization.token_url(Tenant::Op)
            ),
            format!("mailwright add alice@lab.test --registration contoso {servers}"),
            "mailwright sign-in alice@lab.test --open".to_owned(),
            "mailwright test alice@lab.test".to_owned(),
            format!("mailwright add bob@lab.test --registration openid {servers}"),
        ])
    }
}

#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for_people::run().await
}

#[cfg(not(unix))]
fn main() {}
