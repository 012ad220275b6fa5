//! A name server that knows the lab's domains and says of all others that they do not exist.
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::server::{Launch, Server};
use crate::template::fill;
use crate::{Folder, LabError, MailServers, ports};

const CONFIG: &str = include_str!("../templates/nsd.conf");
const ZONE: &str = include_str!("../templates/root.zone");

/// Asks for the SOA record of the root: id 1, one question.
const QUESTION: [u8; 17] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1];

/// The running name server.
#[derive(Debug)]
pub struct Dns {
    pub(crate) server: Server,
    port: u16,
}

impl Dns {
    pub(crate) fn start(folder: &Folder, mail: Option<&MailServers>) -> Result<Self, LabError> {
        folder.make("dns", 0o755)?;
        let zone = fill(ZONE, &[("services", services(mail))])?;
        folder.write("dns/root.zone", &zone, 0o644)?;
        ports::retrying(|| {
            let port = ports::free_for_both()?;
            let config = fill(
                CONFIG,
                &[
                    ("port", port.to_string()),
                    ("folder", folder.path().display().to_string()),
                ],
            )?;
            let config = folder.write("dns/nsd.conf", &config, 0o644)?;
            let server = Launch::new("nsd", "nsd")?
                .args(["-d", "-c"])
                .arg(config)
                .start(folder)?;
            server.ready(|_| answers(port).then_some(()))?;
            Ok(Self { server, port })
        })
    }

    /// Where it listens, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }
}

/// SRV records with the ports that the mail servers really have.
fn services(mail: Option<&MailServers>) -> String {
    let Some(mail) = mail else {
        return String::new();
    };
    [
        ("_imaps", 0, mail.imaps),
        ("_imap", 10, mail.imap),
        ("_pop3s", 20, mail.pop3s),
        ("_pop3", 30, mail.pop3),
        ("_submissions", 0, mail.smtps()),
        ("_submission", 10, mail.submission()),
    ]
    .iter()
    .fold(String::new(), |mut text, (service, priority, port)| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{service}._tcp.lab.test. IN SRV {priority} 1 {port} mail.lab.test."
        );
        text
    })
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        socket.send(&QUESTION)?;
        let mut answer = [0; 512];
        let length = socket.recv(&mut answer)?;
        // The fourth octet ends in the result code; zero is success.
        Ok(length > QUESTION.len() && answer[3] % 16 == 0)
    };
    ask().unwrap_or(false)
}
