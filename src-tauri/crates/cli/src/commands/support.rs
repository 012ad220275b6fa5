use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use mailwright_service::wire::SupportPackaged;
use mailwright_service::{
    Code, Environment, Failure, PackageOptions, Service, SystemBrowser, open_mail,
};

use crate::args::SupportArguments;
use crate::output::Output;
use crate::people;

/// What is in the package is said before it is written, so that Ctrl-C or a look at the list can still stop it.
pub(super) async fn package(
    service: &Service,
    arguments: &SupportArguments,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let options = PackageOptions {
        mailboxes: arguments.mailboxes.clone(),
        error_id: arguments.error_id.clone(),
        mask: arguments.mask,
        test: arguments.test,
    };
    let out = arguments.out.as_deref().filter(|_| !arguments.dry_run);
    if let Some(path) = out.filter(|path| path.exists()) {
        return Err(there_already(path));
    }
    output.transient("  …        Putting it together");
    let browser = SystemBrowser::new(environment.browser.clone());
    let package = service.support_package(&options, &browser).await;
    output.transient("");
    let package = package?;
    let answer = SupportPackaged {
        file: out.map(|path| path.display().to_string()),
        bytes: package.text.len() + 1,
        masked: arguments.mask,
        error_ids: package.error_ids,
        contents: package.contents,
        subject: package.subject,
        mailto: package.mailto,
    };
    output.progress(&people::package_contents(&answer));
    if let Some(path) = out {
        write(path, &package.text)?;
    }
    output.answer(&answer, people::packaged);
    if arguments.mail {
        open_mail(&answer.subject, &package.message)?;
    }
    Ok(())
}

/// A new file that only this account reads, where the system knows such files.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(path)
        .and_then(|mut file| writeln!(file, "{text}").and_then(|()| file.sync_all()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => there_already(path),
        _ => Failure::new(
            Code::Storage,
            format!(
                "The support package could not be written to {}: {error}.",
                path.display()
            ),
        ),
    })
}

fn there_already(path: &Path) -> Failure {
    Failure::new(
        Code::Conflict,
        format!(
            "{} exists already. Name another file; nothing was written.",
            path.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let path = std::env::temp_dir().join(format!("mailwright-{}.json", std::process::id()));
        write(&path, "{}").unwrap();
        assert_eq!(write(&path, "x").unwrap_err().code, Code::Conflict);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_file(&path).unwrap();
    }
}
