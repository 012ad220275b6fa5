use mailwright_service::wire::SupportPackaged;
use mailwright_service::{
    Environment, Failure, PackageOptions, Service, SupportPackage, SystemBrowser, open_mail,
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
        return Err(SupportPackage::there_already(path));
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
        error_ids: package.error_ids.clone(),
        contents: package.contents.clone(),
        subject: package.subject.clone(),
        mailto: package.mailto.clone(),
    };
    output.progress(&people::package_contents(&answer));
    if let Some(path) = out {
        package.write(path)?;
    }
    output.answer(&answer, people::packaged);
    if arguments.mail {
        open_mail(&answer.subject, &package.message)?;
    }
    Ok(())
}
