//! The settings document of mail programs, “config-v1.1.xml” (Mozilla: “Autoconfiguration file format”). It may be
//! anybody's, so it is read within limits, and nothing in it is looked up elsewhere.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Largest document, in bytes.
const LARGEST: usize = 256 * 1024;
/// Deepest nesting; the format has five levels.
const DEEPEST: usize = 16;
/// Most elements.
const MOST_ELEMENTS: usize = 4_000;
/// Longest value, in bytes; an address has 320 at most.
const LONGEST: usize = 512;
/// Most servers that are kept.
const MOST_SERVERS: usize = 16;
/// Most ways to sign in of one server.
const MOST_WAYS: usize = 8;

/// One server as the document has it, with its placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RawServer {
    /// `imap`, `pop3`, `smtp` or something else.
    pub(crate) kind: String,
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) socket: String,
    pub(crate) login: String,
    pub(crate) auth: Vec<String>,
}

/// Why a document is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub(crate) enum Refused {
    #[error("it is larger than 256 KiB")]
    TooLarge,
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it has a document type, and such documents are not read")]
    Doctype,
    #[error("it uses an entity of its own")]
    Entity,
    #[error("it is nested too deep")]
    TooDeep,
    #[error("it has too many elements")]
    TooMany,
    #[error("it has a value that is too long")]
    TooLong,
    #[error("it is not well-formed XML")]
    NotXml,
    #[error("it is XML and no settings document")]
    NotSettings,
}

/// Servers of the first provider in a document, in its order.
pub(crate) fn read(document: &[u8]) -> Result<Vec<RawServer>, Refused> {
    if document.len() > LARGEST {
        return Err(Refused::TooLarge);
    }
    let text = std::str::from_utf8(document).map_err(|_| Refused::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut state = State::default();
    loop {
        match reader.read_event().map_err(|_| Refused::NotXml)? {
            Event::Start(start) => state.open(&start)?,
            Event::Empty(start) => {
                state.open(&start)?;
                state.close();
            }
            Event::End(_) => state.close(),
            Event::Text(text) => state.value(&text.xml10_content())?,
            Event::CData(text) => state.value(&text.xml10_content())?,
            Event::GeneralRef(reference) => state.value(&character(&reference)?)?,
            Event::DocType(_) => return Err(Refused::Doctype),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => return state.end(),
        }
    }
}

/// A reference to a character, or to one of the five entities that XML has of itself (XML 1.0 section 4.6). All others
/// would have to be declared, and declarations are not read.
fn character(reference: &BytesRef<'_>) -> Result<String, Refused> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| Refused::NotXml)? {
        return Ok(character.to_string());
    }
    let text = match &**reference {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(Refused::Entity),
    };
    Ok(text.to_owned())
}

/// Where the reader is, and what it has kept.
#[derive(Default)]
struct State {
    path: Vec<String>,
    elements: usize,
    /// Providers that have begun.
    providers: usize,
    known: bool,
    value: String,
    server: Option<RawServer>,
    servers: Vec<RawServer>,
}

impl State {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Refused> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(Refused::TooMany);
        }
        if self.path.len() >= DEEPEST {
            return Err(Refused::TooDeep);
        }
        let name = start.name();
        let name: String = name.as_ref().chars().take(LONGEST).collect();
        self.value.clear();
        match (self.path.len(), name.as_str()) {
            (0, "clientConfig") => self.known = true,
            (1, "emailProvider") => self.providers += 1,
            (2, "incomingServer" | "outgoingServer") if self.is_first_provider() => {
                self.server = Some(RawServer {
                    kind: kind(start)?,
                    ..RawServer::default()
                });
            }
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn is_first_provider(&self) -> bool {
        self.known && self.providers == 1 && self.path.get(1).is_some_and(|n| n == "emailProvider")
    }

    fn value(&mut self, text: &str) -> Result<(), Refused> {
        if self.server.is_none() || self.path.len() != 4 {
            return Ok(()); // not in a field of a server
        }
        if self.value.len() + text.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        self.value.push_str(text);
        Ok(())
    }

    fn close(&mut self) {
        let depth = self.path.len();
        let Some(name) = self.path.pop() else { return };
        match (depth, &mut self.server) {
            (4, Some(server)) => {
                let value = self.value.trim().to_owned();
                let field = match name.as_str() {
                    "hostname" => &mut server.host,
                    "port" => &mut server.port,
                    "socketType" => &mut server.socket,
                    "username" => &mut server.login,
                    "authentication" => {
                        if server.auth.len() < MOST_WAYS {
                            server.auth.push(value);
                        }
                        return;
                    }
                    _ => return,
                };
                if field.is_empty() {
                    *field = value; // where a field stands twice, the first one counts
                }
            }
            (3, Some(_)) => {
                let done = self.server.take();
                if self.servers.len() < MOST_SERVERS {
                    self.servers.extend(done);
                }
            }
            _ => {}
        }
        self.value.clear();
    }

    fn end(self) -> Result<Vec<RawServer>, Refused> {
        match (self.path.is_empty(), self.known) {
            (false, _) => Err(Refused::NotXml),
            (true, false) => Err(Refused::NotSettings),
            (true, true) => Ok(self.servers),
        }
    }
}

/// The attribute `type`.
fn kind(start: &BytesStart<'_>) -> Result<String, Refused> {
    let mut attributes = start.attributes();
    attributes.with_checks(false); // looking for repeated names costs time, and the first one counts here
    for attribute in attributes.take(MOST_WAYS) {
        let attribute = attribute.map_err(|_| Refused::NotXml)?;
        if attribute.key.as_ref() == "type" && attribute.value.len() <= LONGEST {
            return Ok(attribute.value.trim().to_owned());
        }
    }
    Ok(String::new())
}

#[cfg(test)]
#[path = "settings_tests.rs"]
pub(crate) mod tests;
