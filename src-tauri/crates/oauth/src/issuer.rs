use url::Url;

use crate::clouds::microsoft;

/// Who may sign ID tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// `{authority}/{tid}/v2.0`; the tenant is known where it was given as an ID.
    Microsoft {
        authority: String,
        tenant: String,
        /// Another server in Microsoft's layout may leave `tid` out.
        tid_required: bool,
    },
    /// One of these.
    OneOf(Vec<String>),
    /// Not known: the token endpoint is all there is to trust.
    Unknown,
}

impl Issuer {
    /// The issuer that a registration names; none means that any will do.
    pub(crate) fn of(authority: Option<&Url>) -> Self {
        authority.map_or(Self::Unknown, |url| Self::OneOf(vec![url.to_string()]))
    }

    /// Whether an ID token with this issuer and tenant ID is from whom it should be. Entra's tenant-independent
    /// authorities name the issuer as a pattern into which the token's own tenant ID goes.
    pub(crate) fn accepts(&self, iss: &str, tid: Option<&str>) -> bool {
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        match self {
            Self::Unknown => true,
            Self::OneOf(issuers) => issuers.iter().any(|issuer| bare(issuer) == bare(iss)),
            Self::Microsoft {
                authority,
                tenant,
                tid_required,
            } => {
                let named = iss
                    .strip_prefix(authority.as_str())
                    .and_then(|rest| rest.strip_prefix('/'))
                    .and_then(|rest| rest.strip_suffix("/v2.0"))
                    .filter(|named| !named.is_empty() && !named.contains('/'));
                let Some(named) = named else { return false };
                let same_tid = match tid {
                    Some(tid) => tid.eq_ignore_ascii_case(named),
                    None => !tid_required,
                };
                same_tid && tenant_allows(tenant, named)
            }
        }
    }
}

/// Whether the tenant that was asked for is, or may be, this one. A domain's tenant ID is not known here.
fn tenant_allows(asked: &str, tid: &str) -> bool {
    let personal = &microsoft().personal.tenant_id;
    match asked {
        "consumers" => tid == personal,
        "organizations" => tid != personal,
        _ => {
            asked.len() != personal.len() || asked.contains('.') || asked.eq_ignore_ascii_case(tid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSUMERS_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    const TENANT: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

    fn entra(tenant: &str, tid_required: bool) -> Issuer {
        Issuer::Microsoft {
            authority: "https://login.microsoftonline.com".into(),
            tenant: tenant.into(),
            tid_required,
        }
    }

    fn iss(tenant: &str) -> String {
        format!("https://login.microsoftonline.com/{tenant}/v2.0")
    }

    #[test]
    fn the_tokens_own_tenant_goes_into_the_issuer() {
        for asked in ["common", "organizations", "firma.nl", TENANT] {
            let issuer = entra(asked, true);
            assert!(issuer.accepts(&iss(TENANT), Some(TENANT)), "{asked}");
            assert!(!issuer.accepts(&iss(TENANT), None), "{asked}");
            assert!(
                !issuer.accepts(&iss(TENANT), Some(CONSUMERS_TENANT)),
                "{asked}"
            );
            assert!(
                !issuer.accepts("https://evil.example/x/v2.0", Some(TENANT)),
                "{asked}"
            );
        }
        let other = "99992222-aaaa-3333-bbbb-4444cccc5555";
        assert!(
            !entra(TENANT, true).accepts(&iss(other), Some(other)),
            "another tenant than asked"
        );
        assert!(entra(&TENANT.to_uppercase(), true).accepts(&iss(TENANT), Some(TENANT)));
    }

    #[test]
    fn personal_accounts_are_one_tenant() {
        let personal = iss(CONSUMERS_TENANT);
        for (asked, fine) in [
            ("consumers", true),
            ("common", true),
            ("organizations", false),
        ] {
            assert_eq!(
                entra(asked, true).accepts(&personal, Some(CONSUMERS_TENANT)),
                fine,
                "{asked}"
            );
        }
        assert!(!entra("consumers", true).accepts(&iss(TENANT), Some(TENANT)));
    }

    #[test]
    fn a_server_in_microsofts_layout_may_leave_the_tenant_id_out() {
        assert!(entra("organizations", false).accepts(&iss("contoso"), None));
        assert!(!entra("organizations", false).accepts(&iss("contoso"), Some("fabrikam")));
        assert!(!entra("organizations", false).accepts(&iss("a/b"), None));
        assert!(!entra("organizations", false).accepts(&iss(""), None));
    }

    #[test]
    fn a_named_issuer_is_compared_and_an_unknown_one_is_not() {
        let named = Issuer::of(Url::parse("https://id.example").ok().as_ref());
        assert!(named.accepts("https://id.example", None));
        assert!(!named.accepts("https://id.example.evil", None));
        assert!(Issuer::of(None).accepts("https://anything.example", None));
    }
}
