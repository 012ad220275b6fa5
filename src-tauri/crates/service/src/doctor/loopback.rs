//! The way back from the browser: both families of this computer's loopback, and the name `localhost`, which Microsoft
//! sends browsers to (RFC 8252 section 7.3).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Stage, Who};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::finding::{Advice, Finding};
use crate::Failure;

/// What answers at all answers at once.
const LIMIT: Duration = Duration::from_secs(5);

const IPV4: &str = "loopback-ipv4";
const IPV6: &str = "loopback-ipv6";
const LOCALHOST: &str = "localhost";

const OTHER_WAYS: &str = "Sign-ins with a pasted address or with a code need no way back. Mailboxes that are signed in go on working.";

/// Why no answer came back.
enum Silence {
    /// There is no such family on this computer.
    Absent,
    /// No port can be opened.
    NoPort(io::Error),
    /// The port was opened, and what was sent there did not come back.
    NoAnswer(String),
}

pub(super) async fn look() -> [Finding; 3] {
    let (four, six, name) = tokio::join!(
        family(IPV4, Ipv4Addr::LOCALHOST.into()),
        family(IPV6, Ipv6Addr::LOCALHOST.into()),
        localhost(),
    );
    [four, six, name]
}

async fn family(id: &'static str, address: IpAddr) -> Finding {
    let began = Instant::now();
    let answered = timeout(LIMIT, round_trip(address)).await;
    let answered = answered.unwrap_or_else(|_| {
        Err(Silence::NoAnswer(format!(
            "nothing came back within {} seconds",
            LIMIT.as_secs()
        )))
    });
    judge(id, address, answered).took(began.elapsed())
}

fn judge(id: &'static str, address: IpAddr, answered: Result<u16, Silence>) -> Finding {
    match answered {
        Ok(port) => Finding::passed(
            id,
            format!(
                "A port was opened on {address} ({port}), connected to, and gave the right answer."
            ),
        ),
        Err(Silence::Absent) if address.is_ipv6() => Finding::skipped(
            id,
            format!("This computer has no {address}. Sign-ins do with 127.0.0.1."),
        ),
        Err(Silence::Absent) => {
            let detail = format!("This computer has no {address}.");
            Finding::failed(id, detail.clone(), blocked(address, detail))
        }
        Err(Silence::NoPort(error)) => {
            let text = format!("no port of {address} can be opened: {error}");
            let evidence = Evidence {
                detail: Some(text.clone()),
                ..Evidence::fault(Stage::Loopback, Fault::NoLoopback, text.clone())
            };
            Finding::failed(id, crate::sentence(&text), Failure::diagnosed(&evidence))
        }
        Err(Silence::NoAnswer(why)) => {
            let detail = format!("A port was opened on {address}, and {why}.");
            Finding::failed(id, detail.clone(), blocked(address, detail))
        }
    }
}

fn blocked(address: IpAddr, what: String) -> Failure {
    Advice {
        id: "loop-blocked",
        title: format!("Programs of this computer cannot reach each other at {address}"),
        what,
        still_works: OTHER_WAYS,
        who: Who::Network,
        steps: &[
            "Let firewall and virus scanner of this computer leave connections to 127.0.0.1 and ::1 alone.",
            "Until then sign in by pasting the address of the browser's last page.",
        ],
    }
    .failure()
}

/// Opens a port, connects to it, and looks whether what is sent comes back. Gives the port.
async fn round_trip(address: IpAddr) -> Result<u16, Silence> {
    let listener = TcpListener::bind((address, 0)).await.map_err(|error| {
        if is_absent(&error) {
            Silence::Absent
        } else {
            Silence::NoPort(error)
        }
    })?;
    let port = listener.local_addr().map_err(Silence::NoPort)?.port();
    let said = *Uuid::new_v4().as_bytes();
    let answering = async {
        let (mut stream, _) = listener.accept().await?;
        let mut heard = [0; 16];
        stream.read_exact(&mut heard).await?;
        stream.write_all(&heard).await
    };
    let asking = async {
        let mut stream = TcpStream::connect((address, port)).await?;
        stream.write_all(&said).await?;
        let mut heard = [0; 16];
        stream.read_exact(&mut heard).await?;
        Ok::<_, io::Error>(heard)
    };
    match tokio::try_join!(answering, asking) {
        Ok(((), heard)) if heard == said => Ok(port),
        Ok(_) => Err(Silence::NoAnswer("something else answered".to_owned())),
        Err(error) => Err(Silence::NoAnswer(format!(
            "a connection to it failed: {error}"
        ))),
    }
}

/// Whether a computer lacks this family: it has no such address, or does not know such sockets.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported
    ) || matches!(error.raw_os_error(), Some(97 | 47 | 10_047)) // EAFNOSUPPORT of Linux, macOS, Windows
}

/// The system is asked as a browser asks it, not the name server.
async fn localhost() -> Finding {
    let began = Instant::now();
    let found = match timeout(LIMIT, lookup_host((LOCALHOST, 0))).await {
        Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    };
    judge_name(found).took(began.elapsed())
}

fn judge_name(found: Result<Vec<IpAddr>, String>) -> Finding {
    let wrong = |detail: String| {
        let failure = Advice {
            id: "loop-localhost",
            title: "The name localhost does not lead to this computer".to_owned(),
            what: format!("{detail} Microsoft sends the browser to that name after a sign-in."),
            still_works: OTHER_WAYS,
            who: Who::You,
            steps: &[
                "In this computer's hosts file let localhost stand for 127.0.0.1 and ::1.",
                "Until then sign in by pasting the address of the browser's last page.",
            ],
        };
        Finding::failed(LOCALHOST, detail, failure.failure())
    };
    match found {
        Err(why) => wrong(format!("The name is not found: {why}.")),
        Ok(addresses) if addresses.is_empty() => wrong("The name has no address.".to_owned()),
        Ok(mut addresses) => {
            addresses.sort();
            addresses.dedup();
            let all: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let detail = format!("The name leads to {}.", all.join(" and "));
            if addresses.iter().all(IpAddr::is_loopback) {
                Finding::passed(LOCALHOST, detail)
            } else {
                wrong(detail)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::Outcome;

    use super::*;

    fn verdict(finding: &Finding) -> &str {
        finding.verdict.as_ref().map_or("", |verdict| &verdict.id)
    }

    #[tokio::test]
    async fn what_is_sent_to_this_computer_comes_back() {
        let port = round_trip(Ipv4Addr::LOCALHOST.into()).await;
        assert!(matches!(port, Ok(1..)));
        // 192.0.2.1 is for documentation (RFC 5737), so no computer has it.
        let absent = round_trip("192.0.2.1".parse().unwrap()).await;
        assert!(matches!(absent, Err(Silence::Absent)));
    }

    #[test]
    fn only_the_second_family_may_be_absent() {
        let four = judge(IPV4, Ipv4Addr::LOCALHOST.into(), Err(Silence::Absent));
        assert_eq!(
            (four.outcome, verdict(&four)),
            (Outcome::Failed, "loop-blocked")
        );
        let six = judge(IPV6, Ipv6Addr::LOCALHOST.into(), Err(Silence::Absent));
        assert_eq!((six.outcome, verdict(&six)), (Outcome::Skipped, ""));
    }

    #[test]
    fn a_port_that_cannot_be_had_is_told_from_one_that_is_silent() {
        let taken = Silence::NoPort(io::Error::from(io::ErrorKind::PermissionDenied));
        let taken = judge(IPV4, Ipv4Addr::LOCALHOST.into(), Err(taken));
        assert_eq!(verdict(&taken), "loop-port-in-use");
        let silent = Silence::NoAnswer("nothing came back".to_owned());
        let silent = judge(IPV6, Ipv6Addr::LOCALHOST.into(), Err(silent));
        assert_eq!(verdict(&silent), "loop-blocked");
        assert!(silent.detail.contains("::1"), "{}", silent.detail);
    }

    #[test]
    fn the_name_must_lead_here_and_nowhere_else() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let fine = judge_name(Ok(vec![ip("127.0.0.1"), ip("::1"), ip("127.0.0.1")]));
        assert_eq!(fine.detail, "The name leads to 127.0.0.1 and ::1.");
        for found in [
            Ok(vec![ip("127.0.0.1"), ip("10.0.0.7")]),
            Ok(Vec::new()),
            Err("no such name".to_owned()),
        ] {
            let wrong = judge_name(found);
            assert_eq!(
                (wrong.outcome, verdict(&wrong)),
                (Outcome::Failed, "loop-localhost")
            );
        }
    }
}
