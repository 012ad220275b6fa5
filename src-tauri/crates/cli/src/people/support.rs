use mailwright_service::wire::SupportPackaged;

/// What a support package holds, said before it is written.
pub(crate) fn package_contents(package: &SupportPackaged) -> String {
    let mut lines = vec![match &package.file {
        Some(file) => format!("This goes into {file} ({} bytes):", package.bytes),
        None => format!("This would go into the file ({} bytes):", package.bytes),
    }];
    lines.extend(package.contents.iter().map(|part| {
        let name = &part.part;
        format!("  {name:14} {:>7} bytes  {}", part.bytes, part.what)
    }));
    lines.push(
        "No password, token, client secret or key is in it, and no text of a message.".to_owned(),
    );
    lines.push(if package.masked {
        "Addresses, names and host names were replaced. Correlation numbers and names of certificate issuers stay.".to_owned()
    } else {
        "Addresses and host names stand in it as they are; --mask replaces them.".to_owned()
    });
    lines.join("\n")
}

pub(crate) fn packaged(package: &SupportPackaged) -> String {
    let mut lines = vec![match &package.file {
        Some(file) => format!("Written: {file}. Nothing was sent."),
        None => "Nothing was written.".to_owned(),
    }];
    if !package.error_ids.is_empty() {
        lines.push(format!("Error ID: {}", package.error_ids.join(", ")));
    }
    lines.push(format!("Subject for support: {}", package.subject));
    lines.push(format!("E-mail support: {}", package.mailto));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use mailwright_service::wire::PackagePart;

    use super::*;

    #[test]
    fn every_part_is_named_and_masking_is_said() {
        let mut package = SupportPackaged {
            file: None,
            bytes: 70,
            masked: false,
            error_ids: vec!["MW-0000-0000".to_owned()],
            contents: vec![PackagePart {
                part: "reports".to_owned(),
                what: "1 test".to_owned(),
                bytes: 40,
            }],
            subject: "Mailwright MW-0000-0000: a question".to_owned(),
            mailto: "mailto:?subject=x".to_owned(),
        };
        let plain = package_contents(&package);
        assert!(
            plain.contains("reports") && plain.contains("--mask"),
            "{plain}"
        );
        assert!(packaged(&package).contains("Error ID: MW-0000-0000"));
        package.masked = true;
        assert!(!package_contents(&package).contains("--mask"));
    }
}
