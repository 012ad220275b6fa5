use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::Net;

/// Head start of one address over the next (RFC 8305 section 5, “Connection Attempt Delay”).
const HEAD_START: Duration = Duration::from_millis(250);

/// An open connection.
#[derive(Debug)]
pub struct Connected {
    /// The connection, with Nagle's algorithm off.
    pub stream: TcpStream,
    /// Where it leads.
    pub peer: SocketAddr,
    /// What was noticed about addresses that did not answer, one sentence each with its full stop; never a failure.
    pub notes: Vec<String>,
}

/// Why no address could be connected to: what says most of all that was heard. An answer, even a refusal, says more than
/// silence, and silence more than having no way to one family, as most computers without IPv6. Among equals the
/// preferred address counts.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Something answered that nothing listens there.
    #[error("{0} refused the connection")]
    Refused(SocketAddr),
    /// No answer within the limit.
    #[error("{0} did not answer in time")]
    TimedOut(SocketAddr),
    /// No route to the network or host.
    #[error("{address} cannot be reached from this computer: {reason}")]
    Unreachable {
        /// Where to.
        address: SocketAddr,
        /// The operating system's words.
        reason: String,
    },
    /// Any other reason of the operating system.
    #[error("connecting to {address} failed: {reason}")]
    Other {
        /// Where to.
        address: SocketAddr,
        /// The operating system's words.
        reason: String,
    },
    /// There was no address to try.
    #[error("there is no address to connect to")]
    NoAddress,
}

impl Net {
    /// Connects to the first address that answers. Families take turns and each attempt gets 250 ms before the next
    /// one joins (RFC 8305), so that a broken IPv6 costs a quarter of a second and not the whole limit.
    ///
    /// # Errors
    /// None answered within `limit`; says what was heard.
    pub async fn connect(
        &self,
        addresses: &[IpAddr],
        port: u16,
        limit: Duration,
    ) -> Result<Connected, ConnectError> {
        let deadline = Instant::now() + limit;
        let mut queue = interleave(addresses)
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect::<Vec<_>>()
            .into_iter();
        if queue.as_slice().is_empty() {
            return Err(ConnectError::NoAddress);
        }
        let mut running = JoinSet::new();
        let mut attempts: Vec<Attempt> = Vec::new();
        loop {
            let next = queue.next();
            if let Some(address) = next {
                attempts.push(Attempt::begin(address));
                running.spawn(async move { (address, TcpStream::connect(address).await) });
            }
            let head_start = next.map_or(deadline, |_| (Instant::now() + HEAD_START).min(deadline));
            match timeout_at(head_start, running.join_next()).await {
                Ok(Some(Ok((peer, Ok(stream))))) => {
                    return Ok(connected(stream, peer, notes(&attempts, peer)));
                }
                Ok(Some(Ok((address, Err(error))))) => {
                    let failed = attempts.iter_mut().find(|one| one.address == address);
                    if let Some(failed) = failed {
                        failed.error = Some(error);
                    }
                }
                Err(_) if Instant::now() >= deadline => return Err(failure(attempts)),
                Ok(Some(Err(_)) | None) | Err(_) => {}
            }
            if running.is_empty() && queue.as_slice().is_empty() {
                return Err(failure(attempts));
            }
        }
    }
}

/// One address that was tried.
struct Attempt {
    address: SocketAddr,
    began: Instant,
    /// Why it failed; nothing while no answer has come.
    error: Option<io::Error>,
}

impl Attempt {
    fn begin(address: SocketAddr) -> Self {
        Self {
            address,
            began: Instant::now(),
            error: None,
        }
    }
}

fn connected(stream: TcpStream, peer: SocketAddr, notes: Vec<String>) -> Connected {
    // Small commands wait for their answers; holding them back only adds delay. Failing to set it costs just that.
    let _ = stream.set_nodelay(true);
    Connected {
        stream,
        peer,
        notes,
    }
}

/// What the addresses did that were tried before the one that answered. Silence counts from the head start on.
fn notes(attempts: &[Attempt], answered: SocketAddr) -> Vec<String> {
    let others = attempts.iter().filter(|one| one.address != answered);
    others
        .filter_map(|one| {
            let family = if one.address.is_ipv6() {
                "IPv6"
            } else {
                "IPv4"
            };
            let ip = one.address.ip();
            match &one.error {
                Some(error) => Some(format!("The {family} address {ip} did not work: {error}.")),
                None if one.began.elapsed() >= HEAD_START => Some(format!(
                    "The {family} address {ip} did not answer, and another one was used."
                )),
                None => None,
            }
        })
        .collect()
}

/// The first of the failures that say most.
fn failure(attempts: Vec<Attempt>) -> ConnectError {
    attempts
        .into_iter()
        .map(|one| reason(one.address, one.error))
        .min_by_key(|error| match error {
            ConnectError::Refused(_) => 0,
            ConnectError::Other { .. } => 1,
            ConnectError::TimedOut(_) => 2,
            ConnectError::Unreachable { .. } | ConnectError::NoAddress => 3,
        })
        .unwrap_or(ConnectError::NoAddress)
}

fn reason(address: SocketAddr, error: Option<io::Error>) -> ConnectError {
    let Some(error) = error else {
        return ConnectError::TimedOut(address);
    };
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ConnectError::Refused(address),
        io::ErrorKind::TimedOut => ConnectError::TimedOut(address),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => ConnectError::Unreachable {
            address,
            reason: error.to_string(),
        },
        _ => ConnectError::Other {
            address,
            reason: error.to_string(),
        },
    }
}

/// Families alternate, each in the resolver's order, IPv6 first where there is one (RFC 8305 section 4).
fn interleave(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let (six, four): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.iter().copied().partition(IpAddr::is_ipv6);
    let mut out = Vec::with_capacity(addresses.len());
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    loop {
        let pair = [six.next(), four.next()];
        if pair == [None, None] {
            return out;
        }
        out.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetOptions;
    use tokio::net::TcpListener;

    const LIMIT: Duration = Duration::from_secs(5);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn families_take_turns() {
        let mixed = [ip("1.1.1.1"), ip("1.1.1.2"), ip("::1"), ip("1.1.1.3")];
        assert_eq!(
            interleave(&mixed),
            [ip("::1"), ip("1.1.1.1"), ip("1.1.1.2"), ip("1.1.1.3")]
        );
    }

    #[tokio::test]
    async fn the_other_family_is_tried_when_one_refuses() {
        let net = Net::new(&NetOptions::default()).unwrap();
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let connected = net
            .connect(&[ip("::1"), ip("127.0.0.1")], port, LIMIT)
            .await
            .unwrap();
        assert_eq!(connected.peer.ip(), ip("127.0.0.1"));
        assert_eq!(
            connected.notes.len(),
            1,
            "the family that failed is a note: {:?}",
            connected.notes
        );
    }

    fn attempt(address: &str, error: Option<io::ErrorKind>) -> Attempt {
        Attempt {
            error: error.map(io::Error::from),
            ..Attempt::begin(address.parse().unwrap())
        }
    }

    #[test]
    fn no_way_to_one_family_hides_nothing_of_the_other() {
        let six = || attempt("[2001:db8::1]:25", Some(io::ErrorKind::NetworkUnreachable));
        let silent = failure(vec![six(), attempt("192.0.2.1:25", None)]);
        assert!(matches!(silent, ConnectError::TimedOut(at) if at.is_ipv4()));
        let refusal = Some(io::ErrorKind::ConnectionRefused);
        let refused = failure(vec![six(), attempt("192.0.2.1:25", refusal)]);
        assert!(matches!(refused, ConnectError::Refused(at) if at.is_ipv4()));
        assert!(matches!(
            failure(vec![six()]),
            ConnectError::Unreachable { .. }
        ));
    }

    #[test]
    fn a_refusal_says_more_than_silence_and_the_preferred_address_counts() {
        let refuses = Some(io::ErrorKind::ConnectionRefused);
        let silent = || attempt("[::1]:25", None);
        let mixed = failure(vec![silent(), attempt("127.0.0.1:25", refuses)]);
        assert!(matches!(mixed, ConnectError::Refused(at) if at.is_ipv4()));
        let both = failure(vec![
            attempt("[::1]:25", refuses),
            attempt("127.0.0.1:25", refuses),
        ]);
        assert!(matches!(both, ConnectError::Refused(at) if at.is_ipv6()));
    }

    /// Linux drops what comes to a listener whose queue is full, as a network does that loses IPv6.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn ipv6_that_hangs_is_named() {
        let four = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = four.local_addr().unwrap().port();
        let six = tokio::net::TcpSocket::new_v6().unwrap();
        six.bind(SocketAddr::new(ip("::1"), port)).unwrap();
        let _six = six.listen(0).unwrap();
        let _queue = TcpStream::connect((ip("::1"), port)).await.unwrap();
        let net = Net::new(&NetOptions::default()).unwrap();
        let connected = net
            .connect(&[ip("::1"), ip("127.0.0.1")], port, LIMIT)
            .await
            .unwrap();
        assert_eq!(connected.peer.ip(), ip("127.0.0.1"));
        let [note] = &connected.notes[..] else {
            panic!("{:?}", connected.notes);
        };
        assert!(
            note.starts_with("The IPv6 address ::1 did not answer"),
            "{note}"
        );
    }

    #[tokio::test]
    async fn a_port_nobody_listens_on_is_refused() {
        let net = Net::new(&NetOptions::default()).unwrap();
        let port = {
            let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
            server.local_addr().unwrap().port()
        };
        let error = net
            .connect(&[ip("127.0.0.1")], port, LIMIT)
            .await
            .unwrap_err();
        assert!(matches!(error, ConnectError::Refused(_)), "{error}");
        assert!(matches!(
            net.connect(&[], 1, LIMIT).await,
            Err(ConnectError::NoAddress)
        ));
    }
}
