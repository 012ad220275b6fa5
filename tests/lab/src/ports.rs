//! Free ports for servers that cannot choose one themselves.
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use crate::LabError;

/// How often a start is tried again when somebody else was quicker with one of the ports.
const ATTEMPTS: usize = 4;

/// As many different free TCP ports; all are held until the last is found.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], LabError> {
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// A port that is free for TCP and for UDP.
pub(crate) fn free_for_both() -> Result<u16, LabError> {
    for _ in 0..ATTEMPTS {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(LabError::new("no port is free for both TCP and UDP"))
}

/// Starts something, again with other ports if it fails: between choosing and using, a port can be taken.
pub(crate) fn retrying<T>(mut start: impl FnMut() -> Result<T, LabError>) -> Result<T, LabError> {
    let mut outcome = start();
    for _ in 1..ATTEMPTS {
        match &outcome {
            Err(error) if error.to_string().to_lowercase().contains("in use") => outcome = start(),
            _ => break,
        }
    }
    outcome
}
