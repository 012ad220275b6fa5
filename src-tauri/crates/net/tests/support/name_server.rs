//! A name server that says whatever a test wants, over UDP and TCP (RFC 1035 section 4).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

pub const A: u16 = 1;
pub const CNAME: u16 = 5;
pub const MX: u16 = 15;
pub const TXT: u16 = 16;
pub const SRV: u16 = 33;

/// Longest answer over UDP; a longer one is cut off there and whole over TCP.
const LONGEST_DATAGRAM: usize = 1_200;

/// Owner, type and data of one record.
pub type Record = (String, u16, Vec<u8>);

/// What is said to one question.
pub enum Answer {
    /// These records; none means that the name has nothing of this type.
    Records(Vec<Record>),
    /// The name does not exist.
    NoSuchName,
    /// Nothing, ever.
    Silence,
    /// These bytes after the question's identifier.
    Bytes(Vec<u8>),
    /// These records, with a few bytes of the message changed at random; the number decides which.
    Damaged(Vec<Record>, u64),
}

/// Starts it on a free port of loopback. It ends with the runtime.
pub async fn start(answer: impl Fn(&str, u16) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let answer: Arc<Script> = Arc::new(answer);
    let (udp, tcp) = loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        // The same port may be taken for UDP; then another one is tried.
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = tcp.local_addr().unwrap();
    let script = Arc::clone(&answer);
    tokio::spawn(async move {
        let mut question = [0; 4_096];
        while let Ok((length, from)) = udp.recv_from(&mut question).await {
            if let Some(mut reply) = reply(&question[..length], &*script) {
                if reply.len() > LONGEST_DATAGRAM {
                    reply.truncate(question_end(&reply));
                    reply[2] |= 2; // cut off
                    reply[6..12].fill(0);
                }
                let _ = udp.send_to(&reply, from).await;
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answer)));
        }
    });
    address
}

type Script = dyn Fn(&str, u16) -> Answer + Send + Sync;

async fn serve(mut stream: TcpStream, script: Arc<Script>) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; usize::from(length)];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(reply) = reply(&question, &*script) else {
            continue;
        };
        let length = u16::try_from(reply.len()).unwrap();
        if stream.write_u16(length).await.is_err() || stream.write_all(&reply).await.is_err() {
            return;
        }
    }
}

fn question_end(message: &[u8]) -> usize {
    let mut at = 12;
    while message[at] != 0 {
        at += 1 + usize::from(message[at]);
    }
    at + 5
}

fn reply(question: &[u8], script: &Script) -> Option<Vec<u8>> {
    let end = question_end(question);
    let kind = u16::from_be_bytes([question[end - 4], question[end - 3]]);
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..=at + length]).to_lowercase());
        at += 1 + length;
    }
    let mut damage = None;
    let (code, records) = match script(&labels.join("."), kind) {
        Answer::Records(records) => (0, records),
        Answer::Damaged(records, seed) => {
            damage = Some(seed);
            (0, records)
        }
        Answer::NoSuchName => (3, Vec::new()),
        Answer::Silence => return None,
        Answer::Bytes(bytes) => return Some([&question[..2], &bytes].concat()),
    };
    let count = |n: usize| u16::try_from(n).unwrap().to_be_bytes();
    let mut reply = question[..2].to_vec();
    reply.extend([0x85, 0x80 | code, 0, 1]); // an authoritative answer to one question
    reply.extend(count(records.len()));
    reply.extend(count(usize::from(records.is_empty())));
    reply.extend(count(0));
    reply.extend(&question[12..end]);
    for (owner, kind, data) in &records {
        append(&mut reply, owner, *kind, data);
    }
    if records.is_empty() {
        // A denial without a start of authority (RFC 2308) would be asked again.
        let numbers = [
            0, 0, 0, 1, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 60,
        ];
        let data = [name("ns.test"), name("admin.test"), numbers.to_vec()].concat();
        append(&mut reply, "test", 6, &data);
    }
    if let Some(seed) = damage {
        change(&mut reply[2..], seed);
    }
    Some(reply)
}

/// Changes one to eight bytes (by xorshift64*).
fn change(bytes: &mut [u8], seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        usize::try_from(state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap()
    };
    for _ in 0..=next() % 8 {
        let at = next() % bytes.len();
        // Pointers and lengths are where harm is done.
        bytes[at] = [0, 1, 12, 63, 64, 0xc0, 0xff, next().to_le_bytes()[0]][next() % 8];
    }
}

fn append(reply: &mut Vec<u8>, owner: &str, kind: u16, data: &[u8]) {
    reply.extend(name(owner));
    reply.extend(kind.to_be_bytes());
    reply.extend([0, 1, 0, 0, 0, 60]);
    reply.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    reply.extend(data);
}

/// A name in wire form.
pub fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').filter(|label| !label.is_empty());
    let mut out: Vec<u8> = labels
        .flat_map(|label| {
            let length = u8::try_from(label.len()).unwrap();
            std::iter::once(length).chain(label.bytes())
        })
        .collect();
    out.push(0);
    out
}

pub fn mx(preference: u16, host: &str) -> Vec<u8> {
    [preference.to_be_bytes().to_vec(), name(host)].concat()
}

pub fn srv(priority: u16, weight: u16, port: u16, host: &str) -> Vec<u8> {
    let numbers = [priority, weight, port].map(u16::to_be_bytes).concat();
    [numbers, name(host)].concat()
}

pub fn txt(text: &str) -> Vec<u8> {
    let parts = text.as_bytes().chunks(255);
    parts
        .flat_map(|part| {
            let length = u8::try_from(part.len()).unwrap();
            std::iter::once(length).chain(part.iter().copied())
        })
        .collect()
}
