//! Endpoints, resources and mail hosts of the built-in providers, as data. GCC High, `DoD` and China follow what other
//! programs use; Microsoft has not confirmed their scopes, so a registration's own scopes go before these.

use mailwright_domain::Cloud;

/// One Microsoft cloud.
pub(crate) struct CloudData {
    /// Begin of every sign-in address.
    pub(crate) authority: &'static str,
    /// Prefix of the mail permissions, and the audience of their tokens.
    pub(crate) resource: &'static str,
    /// Other audiences that the same servers accept.
    pub(crate) also_audiences: &'static [&'static str],
    /// Mail hosts.
    pub(crate) hosts: &'static [&'static str],
}

const GLOBAL: CloudData = CloudData {
    authority: "https://login.microsoftonline.com",
    resource: "https://outlook.office.com",
    also_audiences: &[
        "https://outlook.office365.com",
        "https://ps.outlook.com",
        "00000002-0000-0ff1-ce00-000000000000",
    ],
    hosts: &[
        "outlook.office365.com",
        "smtp.office365.com",
        "smtp-mail.outlook.com",
        "imap-mail.outlook.com",
        "pop-mail.outlook.com",
    ],
};

const GCC_HIGH: CloudData = CloudData {
    authority: "https://login.microsoftonline.us",
    resource: "https://outlook.office365.us",
    also_audiences: &[
        "https://outlook.office.com",
        "https://outlook.office365.com",
    ],
    hosts: &["outlook.office365.us", "smtp.office365.us"],
};

const DOD: CloudData = CloudData {
    hosts: &["outlook-dod.office365.us", "webmail.apps.mil"],
    ..GCC_HIGH
};

const CHINA: CloudData = CloudData {
    authority: "https://login.partner.microsoftonline.cn",
    resource: "https://partner.outlook.cn",
    also_audiences: &[
        "https://outlook.office.com",
        "https://outlook.office365.com",
    ],
    hosts: &["partner.outlook.cn", "smtp.partner.outlook.cn"],
};

/// Microsoft's layout elsewhere: the authority comes from the registration and the hosts from a person.
const CUSTOM: CloudData = CloudData {
    authority: "",
    hosts: &[],
    ..GLOBAL
};

pub(crate) fn cloud(cloud: Cloud) -> &'static CloudData {
    match cloud {
        Cloud::Global => &GLOBAL,
        Cloud::GccHigh => &GCC_HIGH,
        Cloud::Dod => &DOD,
        Cloud::China => &CHINA,
        Cloud::Custom => &CUSTOM,
    }
}

/// Tenant of personal Microsoft accounts.
pub(crate) const CONSUMERS_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

pub(crate) const GOOGLE_AUTHORIZE: &str = "https://accounts.google.com/o/oauth2/v2/auth";
pub(crate) const GOOGLE_TOKEN: &str = "https://oauth2.googleapis.com/token";
pub(crate) const GOOGLE_REVOKE: &str = "https://oauth2.googleapis.com/revoke";
/// The only scope with which Gmail lets IMAP, POP3 and SMTP in.
pub(crate) const GOOGLE_MAIL: &str = "https://mail.google.com/";
/// Google writes its issuer with and without the scheme.
pub(crate) const GOOGLE_ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];
pub(crate) const GOOGLE_HOSTS: [&str; 3] = ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"];
