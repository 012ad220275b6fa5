//! A Secret Service of its own: session bus and GNOME keyring, both with all files in the lab's folder.
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use crate::server::{Launch, Server};
use crate::{Folder, KeychainState, LabError, missing, random};

const BUS_CONFIG: &str = include_str!("../templates/dbus.conf");
const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// The daemon's operation that unlocks the login keyring.
const UNLOCK: u32 = 1;

/// The running keychain.
#[derive(Debug)]
pub struct Keychain {
    pub(crate) servers: Vec<Server>,
    address: String,
    /// The daemon's own socket, by which a log-in unlocks it.
    control: PathBuf,
    password: String,
}

/// What can be seen of a stored secret without opening it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretItem {
    /// Its attributes, sorted by name.
    pub attributes: Vec<(String, String)>,
}

impl Keychain {
    pub(crate) fn start(folder: &Folder, state: KeychainState) -> Result<Self, LabError> {
        let home = folder.make("keychain", 0o700)?;
        let socket = folder.join("keychain/bus");
        let address = format!("unix:path={}", socket.display());
        let config = BUS_CONFIG.replace("{{address}}", &address);
        let config = folder.write("keychain/bus.conf", &config, 0o600)?;
        let bus = Launch::new("dbus", "dbus-daemon")?
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile"])
            .start(folder)?;
        bus.ready(|_| UnixStream::connect(&socket).ok())?;

        let word = random::word();
        let password = folder.write("keychain/password", &word, 0o600)?;
        let keyring = Launch::new("gnome-keyring", "gnome-keyring-daemon")?
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg(format!(
                "--control-directory={}",
                home.join("control").display()
            ))
            .input(&password)
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", folder.make("keychain/runtime", 0o700)?)
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .start(folder)?;
        let keychain = Self {
            servers: vec![keyring, bus],
            address,
            control: home.join("control/control"),
            password: word,
        };
        keychain.servers[0].ready(|_| {
            let collections = keychain.property(SERVICE, "Service", "Collections").ok()?;
            collections.contains(COLLECTION).then_some(())
        })?;
        fs::remove_file(password)?;
        if state == KeychainState::Locked {
            keychain.lock()?;
        }
        Ok(keychain)
    }

    /// The session bus's address.
    pub fn bus_address(&self) -> &str {
        &self.address
    }

    /// Closes the keyring, as a person can at any time.
    pub fn lock(&self) -> Result<(), LabError> {
        self.call(
            SERVICE,
            "Service.Lock",
            &[&format!("array:objpath:{COLLECTION}")],
        )?;
        if self.is_locked()? {
            Ok(())
        } else {
            Err(LabError::new("the keyring did not lock"))
        }
    }

    /// Opens the keyring, as signing in to a desktop does.
    pub fn unlock(&self) -> Result<(), LabError> {
        let mut socket = UnixStream::connect(&self.control)?;
        let word = self.password.as_bytes();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        // One byte that carries the credentials; then length, operation, and the password with its length.
        let mut request = vec![0];
        request.extend(number(12 + word.len()));
        request.extend(UNLOCK.to_be_bytes());
        request.extend(number(word.len()));
        request.extend(word);
        socket.write_all(&request)?;
        let mut answer = [0; 8];
        socket.read_exact(&mut answer)?;
        if answer[4..] == [0; 4] && !self.is_locked()? {
            Ok(())
        } else {
            Err(LabError::new("the keyring did not unlock"))
        }
    }

    fn is_locked(&self) -> Result<bool, LabError> {
        let locked = self.property(COLLECTION, "Collection", "Locked")?;
        Ok(locked.contains("boolean true"))
    }

    /// Everything stored, sorted, without the secrets themselves.
    pub fn items(&self) -> Result<Vec<SecretItem>, LabError> {
        let mut items = Vec::new();
        let collections = self.property(SERVICE, "Service", "Collections")?;
        for collection in quoted(&collections) {
            for item in quoted(&self.property(&collection, "Collection", "Items")?) {
                let words = quoted(&self.property(&item, "Item", "Attributes")?);
                let mut attributes: Vec<_> = words
                    .chunks_exact(2)
                    .map(|pair| (pair[0].clone(), pair[1].clone()))
                    .collect();
                attributes.sort();
                items.push(SecretItem { attributes });
            }
        }
        items.sort();
        Ok(items)
    }

    /// Deletes what has this in one of its attributes, as a person can with the keyring's own program; says how many.
    pub fn delete(&self, part: &str) -> Result<usize, LabError> {
        let mut deleted = 0;
        for item in quoted(&self.property(COLLECTION, "Collection", "Items")?) {
            let words = quoted(&self.property(&item, "Item", "Attributes")?);
            if words.iter().any(|word| word.contains(part)) {
                self.call(&item, "Item.Delete", &[])?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    fn property(&self, object: &str, interface: &str, name: &str) -> Result<String, LabError> {
        let interface = format!("string:org.freedesktop.Secret.{interface}");
        let name = format!("string:{name}");
        self.send(
            object,
            "org.freedesktop.DBus.Properties.Get",
            &[&interface, &name],
        )
    }

    fn call(&self, object: &str, method: &str, args: &[&str]) -> Result<String, LabError> {
        self.send(object, &format!("org.freedesktop.Secret.{method}"), args)
    }

    fn send(&self, object: &str, method: &str, args: &[&str]) -> Result<String, LabError> {
        let program: PathBuf = missing::find("dbus-send")?;
        let output = Command::new(program)
            .arg(format!("--bus={}", self.address))
            .args([
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                object,
                method,
            ])
            .args(args)
            .output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(LabError::new(text).while_doing(method))
        }
    }
}

/// The quoted words of a reply, without its first line.
fn quoted(reply: &str) -> Vec<String> {
    reply
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split_once('"')?.1.rsplit_once('"')?.0.to_owned()))
        .collect()
}
