//! Which browser a Linux desktop would open, by its own lists (freedesktop.org “Association between MIME types and
//! applications” 1.0.1). Only small plain files are read; the desktop's tools would be asked by a shell script that
//! may hang.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A list or a program's description; none is longer.
const LONGEST: u64 = 512 * 1024;
const HANDLER: &str = "x-scheme-handler/https";

/// Where a desktop's lists are.
pub(super) struct Desktop {
    /// Folders with `mimeapps.list`, the most important first.
    lists: Vec<PathBuf>,
    /// Folders with descriptions of programs, the most important first.
    programs: Vec<PathBuf>,
    /// Names of this desktop, in small letters; each may have a list of its own.
    names: Vec<String>,
}

impl Desktop {
    /// The one that this program runs in (XDG Base Directory Specification 0.8).
    pub(super) fn of_this_session() -> Self {
        let folders = |name: &str, usual: &str| -> Vec<PathBuf> {
            let given = std::env::var_os(name).filter(|value| !value.is_empty());
            std::env::split_paths(&given.unwrap_or_else(|| OsString::from(usual))).collect()
        };
        let own = directories::BaseDirs::new();
        let mut lists: Vec<PathBuf> = Vec::new();
        let mut programs: Vec<PathBuf> = Vec::new();
        if let Some(own) = &own {
            lists.push(own.config_dir().to_owned());
            programs.push(own.data_dir().join("applications"));
        }
        lists.extend(folders("XDG_CONFIG_DIRS", "/etc/xdg"));
        let shared = folders("XDG_DATA_DIRS", "/usr/local/share:/usr/share");
        programs.extend(shared.iter().map(|folder| folder.join("applications")));
        let names = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
        Self {
            lists,
            programs,
            names: names.split(':').map(str::to_lowercase).collect(),
        }
    }

    /// The name of the default browser; none where the lists do not say.
    pub(super) fn browser(&self) -> Option<String> {
        let own_lists = self.names.iter().filter(|name| !name.is_empty());
        let files: Vec<String> = own_lists
            .map(|name| format!("{name}-mimeapps.list"))
            .chain(std::iter::once("mimeapps.list".to_owned()))
            .collect();
        let chosen = self
            .lists
            .iter()
            .chain(&self.programs)
            .flat_map(|folder| files.iter().map(move |file| folder.join(file)))
            .filter_map(|list| value(&read(&list)?, "[Default Applications]", HANDLER))
            .flat_map(|programs| names(&programs))
            .find_map(|program| self.called(&program));
        chosen.or_else(|| self.only_one())
    }

    /// Where nobody has chosen and there is but one browser, that one opens.
    fn only_one(&self) -> Option<String> {
        let mut known: Vec<String> = self
            .programs
            .iter()
            .filter_map(|folder| {
                value(
                    &read(&folder.join("mimeinfo.cache"))?,
                    "[MIME Cache]",
                    HANDLER,
                )
            })
            .flat_map(|programs| names(&programs))
            .collect();
        known.sort();
        known.dedup();
        match known.as_slice() {
            [one] => self.called(one),
            _ => None,
        }
    }

    /// What a program is called, if it is installed.
    fn called(&self, program: &str) -> Option<String> {
        self.programs
            .iter()
            .find_map(|folder| value(&read(&folder.join(program))?, "[Desktop Entry]", "Name"))
            .filter(|name| !name.is_empty())
    }
}

/// The programs of a list; a name that leads to another folder is none.
fn names(list: &str) -> Vec<String> {
    list.split(';')
        .map(str::trim)
        .filter(|name| name.ends_with(".desktop") && !name.contains('/'))
        .map(str::to_owned)
        .collect()
}

/// The value of a key in a section.
fn value(text: &str, section: &str, key: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .skip_while(|line| *line != section)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().to_owned())
}

/// A plain file of a sensible size; opening anything else could wait for somebody.
fn read(path: &Path) -> Option<String> {
    let about = path.metadata().ok()?;
    if !about.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A desktop with files of these contents, by path; `config` and `share` are the folders of its lists.
    fn browser(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let desktop = Desktop {
            lists: vec![folder.path().join("config")],
            programs: vec![folder.path().join("share")],
            names: vec![String::new(), "gnome".to_owned()],
        };
        desktop.browser()
    }

    const FIREFOX: (&str, &str) = (
        "share/firefox.desktop",
        "[Desktop Entry]\nName[nl]=Vuurvos\nName=Firefox\n\n[Desktop Action new]\nName=New window\n",
    );
    const CHROMIUM: (&str, &str) = (
        "share/chromium.desktop",
        "[Desktop Entry]\nName = Chromium\n",
    );

    #[test]
    fn the_first_choice_that_is_installed_is_the_browser() {
        let chosen = "[Added Associations]\nx-scheme-handler/https=chromium.desktop;\n\
                      [Default Applications]\ntext/html=chromium.desktop\nx-scheme-handler/https=gone.desktop;firefox.desktop;\n";
        let list = ("config/mimeapps.list", chosen);
        assert_eq!(
            browser(&[FIREFOX, CHROMIUM, list]).as_deref(),
            Some("Firefox")
        );
        let own = (
            "share/gnome-mimeapps.list",
            "[Default Applications]\nx-scheme-handler/https=chromium.desktop\n",
        );
        assert_eq!(
            browser(&[FIREFOX, CHROMIUM, own]).as_deref(),
            Some("Chromium")
        );
    }

    #[test]
    fn without_a_choice_only_a_single_browser_is_certain() {
        let cache = |programs: &str| format!("[MIME Cache]\nx-scheme-handler/https={programs}\n");
        let one = cache("firefox.desktop;");
        let two = cache("firefox.desktop;chromium.desktop;");
        let known = |text: &str| browser(&[FIREFOX, CHROMIUM, ("share/mimeinfo.cache", text)]);
        assert_eq!(known(&one).as_deref(), Some("Firefox"));
        assert_eq!(known(&two), None);
        assert_eq!(browser(&[FIREFOX]), None);
    }

    #[test]
    fn nothing_else_is_read() {
        let outside =
            "[Default Applications]\nx-scheme-handler/https=../firefox.desktop;/etc/passwd\n";
        assert_eq!(browser(&[FIREFOX, ("config/mimeapps.list", outside)]), None);
        assert_eq!(read(Path::new("/dev/zero")), None);
        assert_eq!(read(Path::new("/nowhere")), None);
    }
}
