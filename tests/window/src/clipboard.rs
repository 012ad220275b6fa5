//! Another program that has copied something, so that the window can paste it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window as Id, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::Outcome;

const PAUSE: Duration = Duration::from_millis(5);

/// Holds a text on a display's clipboard until it is dropped.
#[derive(Debug)]
pub struct Copied {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Copied {
    /// Copies a text.
    pub fn hold(display: &str, text: &str) -> Outcome<Self> {
        let (connection, number) = RustConnection::connect(Some(display))?;
        let root = connection
            .setup()
            .roots
            .get(number)
            .ok_or("no screen")?
            .root;
        let window = connection.generate_id()?;
        let aux = CreateWindowAux::new();
        connection
            .create_window(
                0,
                window,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_ONLY,
                0,
                &aux,
            )?
            .check()?;
        let owner = Owner::new(connection, window, text)?;
        let over = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let over = Arc::clone(&over);
            move || {
                while !over.load(Ordering::Relaxed) && owner.answer().is_ok() {
                    thread::sleep(PAUSE);
                }
            }
        });
        Ok(Self {
            over,
            thread: Some(thread),
        })
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It ends within a pause; that it ended badly changes nothing.
            let _ = thread.join();
        }
    }
}

struct Owner {
    connection: RustConnection,
    targets: u32,
    utf8: u32,
    text: String,
}

impl Owner {
    fn new(connection: RustConnection, window: Id, text: &str) -> Outcome<Self> {
        let atom = |name: &str| -> Outcome<u32> {
            Ok(connection
                .intern_atom(false, name.as_bytes())?
                .reply()?
                .atom)
        };
        let (clipboard, targets, utf8) =
            (atom("CLIPBOARD")?, atom("TARGETS")?, atom("UTF8_STRING")?);
        connection
            .set_selection_owner(window, clipboard, x11rb::CURRENT_TIME)?
            .check()?;
        Ok(Self {
            connection,
            targets,
            utf8,
            text: text.to_owned(),
        })
    }

    /// Gives the text to whoever has asked since the last time.
    fn answer(&self) -> Outcome<()> {
        while let Some(event) = self.connection.poll_for_event()? {
            if let Event::SelectionRequest(request) = event {
                self.give(&request)?;
            }
        }
        Ok(())
    }

    fn give(&self, request: &SelectionRequestEvent) -> Outcome<()> {
        let (to, place) = (request.requestor, request.property);
        let given = if request.target == self.targets {
            let kinds = [self.targets, self.utf8];
            self.connection.change_property32(
                PropMode::REPLACE,
                to,
                place,
                AtomEnum::ATOM,
                &kinds,
            )?;
            place
        } else if request.target == self.utf8 {
            let text = self.text.as_bytes();
            self.connection
                .change_property8(PropMode::REPLACE, to, place, self.utf8, text)?;
            place
        } else {
            x11rb::NONE
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property: given,
        };
        self.connection
            .send_event(false, to, EventMask::NO_EVENT, answer)?;
        self.connection.flush()?;
        Ok(())
    }
}
