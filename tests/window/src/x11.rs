//! What a window manager does for a person: the close button, the keyboard's focus, the titles on the screen.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, InputFocus, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use crate::Outcome;

/// A visible window of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnScreen {
    id: Id,
    process: u32,
    /// What stands in its title bar.
    pub title: String,
}

/// A connection to a display.
pub(crate) struct Screen {
    connection: RustConnection,
    root: Id,
}

impl Screen {
    pub(crate) fn look(display: &str) -> Outcome<Self> {
        let (connection, number) = RustConnection::connect(Some(display))?;
        let root = connection
            .setup()
            .roots
            .get(number)
            .ok_or("no screen")?
            .root;
        Ok(Self { connection, root })
    }

    /// Everything a person sees on the screen, the oldest first. Helper windows without a size are left out.
    pub(crate) fn windows(&self) -> Outcome<Vec<OnScreen>> {
        let mut found = Vec::new();
        for id in self.connection.query_tree(self.root)?.reply()?.children {
            // A window may be gone between two questions.
            if let Ok(Some(window)) = self.window(id) {
                found.push(window);
            }
        }
        Ok(found)
    }

    /// Presses the close button of a process' window.
    pub(crate) fn close(&self, process: u32) -> Outcome<()> {
        let window = self.of(process)?;
        let protocols = self.atom("WM_PROTOCOLS")?;
        let delete = self.atom("WM_DELETE_WINDOW")?;
        let message = ClientMessageEvent::new(32, window.id, protocols, [delete, 0, 0, 0, 0]);
        self.connection
            .send_event(false, window.id, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// Gives the keyboard to a process' window, as a click on it does.
    pub(crate) fn focus(&self, process: u32) -> Outcome<()> {
        let window = self.of(process)?;
        self.connection
            .set_input_focus(InputFocus::PARENT, window.id, x11rb::CURRENT_TIME)?
            .check()?;
        Ok(())
    }

    fn of(&self, process: u32) -> Outcome<OnScreen> {
        self.windows()?
            .into_iter()
            .find(|window| window.process == process)
            .ok_or_else(|| "the program has no window on the screen".into())
    }

    fn window(&self, id: Id) -> Outcome<Option<OnScreen>> {
        let shown = self
            .connection
            .get_window_attributes(id)?
            .reply()?
            .map_state
            == MapState::VIEWABLE;
        let size = self.connection.get_geometry(id)?.reply()?;
        if !shown || size.width < 50 || size.height < 50 {
            return Ok(None);
        }
        let process = self.property(id, self.atom("_NET_WM_PID")?, AtomEnum::CARDINAL.into())?;
        let title = self.property(id, self.atom("_NET_WM_NAME")?, self.atom("UTF8_STRING")?)?;
        let process = process.first_chunk().copied().map_or(0, u32::from_ne_bytes);
        Ok(Some(OnScreen {
            id,
            process,
            title: String::from_utf8_lossy(&title).into_owned(),
        }))
    }

    fn property(&self, id: Id, name: u32, kind: u32) -> Outcome<Vec<u8>> {
        let reply = self
            .connection
            .get_property(false, id, name, kind, 0, 256)?
            .reply()?;
        Ok(reply.value)
    }

    fn atom(&self, name: &str) -> Outcome<u32> {
        Ok(self
            .connection
            .intern_atom(false, name.as_bytes())?
            .reply()?
            .atom)
    }
}
