//! The authorization server: a Node program beside this crate, and its control endpoint.
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::server::{Launch, Server};
use crate::{Folder, LabError, ServerCertificate, User, http, random};

/// A public client with loopback redirects.
pub const PUBLIC_CLIENT: &str = "11111111-1111-4111-8111-111111111111";
/// A confidential client with loopback redirects.
pub const CONFIDENTIAL_CLIENT: &str = "22222222-2222-4222-8222-222222222222";
/// The confidential client's secret.
pub const CONFIDENTIAL_SECRET: &str = "Lab8Q~secret.with_tilde~and-dots.0123456789";
/// A confidential client whose secret has ended.
pub const EXPIRED_CLIENT: &str = "66666666-6666-4666-8666-666666666666";
/// Its secret, as it was.
pub const EXPIRED_SECRET: &str = "Old8Q~secret.with_tilde~and-dots.0123456789";
/// A public client that an administrator has disabled.
pub const DISABLED_CLIENT: &str = "77777777-7777-4777-8777-777777777777";
/// A client with loopback redirects that proves itself with a certificate ([`AuthorizationServer::client_certificate`]).
pub const CERTIFICATE_CLIENT: &str = "88888888-8888-4888-8888-888888888888";
/// A public client whose redirect is none that Mailwright uses.
pub const NO_LOOPBACK_CLIENT: &str = "33333333-3333-4333-8333-333333333333";
/// A confidential client as an order system registers itself: it only comes back to [`WEB_REDIRECT`].
pub const WEB_CLIENT: &str = "44444444-4444-4444-8444-444444444444";
/// The secret of [`WEB_CLIENT`].
pub const WEB_SECRET: &str = "Web8Q~secret.with_tilde~and-dots.9876543210";
/// The one redirect of [`WEB_CLIENT`]; the port does not count, as at Entra.
pub const WEB_REDIRECT: &str = "http://localhost/iche_demo/Handler";
/// A client whose redirects stand under “Single-page application”.
pub const SINGLE_PAGE_CLIENT: &str = "55555555-5555-4555-8555-555555555555";

/// A client as Google makes them for “Desktop app”.
pub const GOOGLE_CLIENT: &str = "1-lab.apps.googleusercontent.com";
/// Its secret, which every copy of the program would hold.
pub const GOOGLE_SECRET: &str = "GOCSPX-lab_0123456789";

/// The tenants and the plain OpenID issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// Microsoft's shape; a used refresh token stays good, as at Entra.
    Contoso,
    /// Microsoft's shape; a second use of a refresh token ends its whole family.
    Strict,
    /// Microsoft's shape; access tokens live two seconds.
    Short,
    /// Microsoft's shape; only an administrator may consent, for everybody.
    Guarded,
    /// A plain OpenID issuer with revocation; refresh tokens rotate.
    Op,
    /// The same with access tokens that say nothing; the mail servers ask about them (RFC 7662).
    Opaque,
    /// Google's paths below its own segment, issuer and permissions. Its access tokens say what Google's do not, so that
    /// the mail servers can read them.
    Google,
}

impl Tenant {
    /// The path segment.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contoso => "contoso",
            Self::Strict => "strict",
            Self::Short => "short",
            Self::Guarded => "guarded",
            Self::Op => "op",
            Self::Opaque => "opaque",
            Self::Google => "google",
        }
    }

    /// Whether it is a plain OpenID issuer.
    fn is_plain(self) -> bool {
        matches!(self, Self::Op | Self::Opaque | Self::Google)
    }

    /// Tenant id as it stands in tokens; the plain issuer has none of its own.
    pub fn id(self) -> &'static str {
        match self {
            Self::Contoso => "5f1b2c3d-0001-4000-8000-0000000000c0",
            Self::Strict => "5f1b2c3d-0001-4000-8000-0000000000c1",
            Self::Short => "5f1b2c3d-0001-4000-8000-0000000000c2",
            Self::Guarded => "5f1b2c3d-0001-4000-8000-0000000000c3",
            Self::Op => "op",
            Self::Opaque => "opaque",
            Self::Google => "google",
        }
    }
}

/// The running authorization server.
#[derive(Debug)]
pub struct AuthorizationServer {
    pub(crate) server: Server,
    base: String,
    control: String,
    keys: PathBuf,
    client_certificate: ServerCertificate,
}

impl AuthorizationServer {
    pub(crate) fn start(folder: &Folder, users: &[User]) -> Result<Self, LabError> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("authorization-server");
        if !program.join("node_modules/oidc-provider").is_dir() {
            return Err(LabError::new(
                "the authorization server's packages are not installed: run `npm ci` in tests/lab/authorization-server",
            ));
        }
        let keys = folder.make("keys", 0o755)?;
        let people: Vec<_> = users
            .iter()
            .map(|user| {
                json!({
                    "address": user.address,
                    "name": user.name,
                    "password": user.password,
                    "admin_approval": user.needs_admin_approval,
                    "shared": user.may_open,
                    "administrator": user.is_administrator,
                })
            })
            .collect();
        let client_certificate = ServerCertificate {
            chain: folder.join("client.pem"),
            key: folder.join("client.key"),
        };
        let config = json!({
            "host": "127.0.0.1",
            "key_folder": keys,
            "users": people,
            "client_key": client_certificate.key,
            "client_certificate": client_certificate.chain,
        });
        let config = folder.write("authorization.json", &config.to_string(), 0o600)?;
        let secret = format!("control-{}{}", random::word(), random::word());
        let server = Launch::new("authorization-server", "node")?
            .arg(program.join("src/main.mjs"))
            .env("LAB_CONFIG", config)
            .env("LAB_CONTROL", &secret)
            .start(folder)?;
        let base = server.ready(|server| {
            let output = server.output();
            let line = output.lines().find(|line| line.starts_with("{\"ready\""))?;
            let ready: Value = serde_json::from_str(line).ok()?;
            Some(ready["ready"].as_str()?.to_owned())
        })?;
        client_certificate.of_key("Mailwright lab client")?;
        Ok(Self {
            control: format!("{base}/{secret}"),
            server,
            base,
            keys,
            client_certificate,
        })
    }

    /// Its base address, `http://127.0.0.1:port`: what `--authority` takes.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The issuer that a tenant's tokens name.
    pub fn issuer(&self, tenant: Tenant) -> String {
        match tenant {
            Tenant::Google => "https://accounts.google.com".to_owned(),
            plain if plain.is_plain() => format!("{}/{}", self.base, plain.name()),
            other => format!("{}/{}/v2.0", self.base, other.id()),
        }
    }

    /// Where the metadata of a tenant is.
    pub fn metadata_url(&self, tenant: Tenant) -> String {
        let version = if tenant.is_plain() { "" } else { "/v2.0" };
        format!(
            "{}/{}{version}/.well-known/openid-configuration",
            self.base,
            tenant.name()
        )
    }

    /// The authorization endpoint of a tenant.
    pub fn authorize_url(&self, tenant: Tenant) -> String {
        match tenant {
            Tenant::Google => format!("{}/google/o/oauth2/v2/auth", self.base),
            plain if plain.is_plain() => format!("{}/{}/auth", self.base, plain.name()),
            other => format!("{}/{}/oauth2/v2.0/authorize", self.base, other.name()),
        }
    }

    /// The token endpoint of a tenant.
    pub fn token_url(&self, tenant: Tenant) -> String {
        match tenant {
            plain if plain.is_plain() => format!("{}/{}/token", self.base, plain.name()),
            other => format!("{}/{}/oauth2/v2.0/token", self.base, other.name()),
        }
    }

    /// The device authorization endpoint of a tenant.
    pub fn device_url(&self, tenant: Tenant) -> String {
        match tenant {
            Tenant::Op => format!("{}/op/device/auth", self.base),
            other => format!("{}/{}/oauth2/v2.0/devicecode", self.base, other.name()),
        }
    }

    /// The certificate of [`CERTIFICATE_CLIENT`] and its key.
    pub fn client_certificate(&self) -> &ServerCertificate {
        &self.client_certificate
    }

    /// Where public keys lie for mail servers that check tokens themselves.
    pub(crate) fn keys(&self) -> &Path {
        &self.keys
    }

    /// Ends all grants of a person, as a password reset does; answers how many refresh tokens died.
    pub fn revoke(&self, address: &str) -> Result<u64, LabError> {
        self.end("revoke", address)
    }

    /// Lets all grants of a person run out; answers how many refresh tokens died.
    pub fn expire(&self, address: &str) -> Result<u64, LabError> {
        self.end("expire", address)
    }

    /// Where the mail servers ask about an opaque token (RFC 7662), with the name and secret they ask with.
    pub(crate) fn introspection_url(&self) -> String {
        let who = format!("http://{CONFIDENTIAL_CLIENT}:{CONFIDENTIAL_SECRET}@");
        let base = self.base.replace("http://", &who);
        format!("{base}/{}/token/introspection", Tenant::Opaque.name())
    }

    /// Takes back what administrators have approved for an app, in all tenants.
    pub fn withdraw_approval(&self, client: &str) -> Result<(), LabError> {
        self.act("withdraw", &json!({ "client": client }))
            .map(|_| ())
    }

    /// Plays a fault: `count` answers of an `endpoint` (`token` if unnamed; also `devicecode`, `authorize`,
    /// `approval`, `metadata`, `revocation`) become what `kind` names (`503`, `429`, `html`, `empty`, `huge`, `slow`, `drop`), or
    /// what `status`, `type`, `body`, `headers`, `delay_ms` say, or an Entra error by
    /// `aadsts: {number, error, text, suberror, claims}`.
    pub fn fail(&self, fault: &Value) -> Result<(), LabError> {
        self.act("fail", fault).map(|_| ())
    }

    /// Changes the next `count` good answers of the token endpoint: fields named in `without` are left out, those of
    /// `with` are put in.
    pub fn shape(&self, plan: &Value) -> Result<(), LabError> {
        self.act("shape", plan).map(|_| ())
    }

    /// Sets the server's clock ahead, or with a negative number behind: times in its tokens are then off by as much.
    pub fn set_clock(&self, seconds: i64) -> Result<(), LabError> {
        self.act("clock", &json!({ "seconds": seconds }))
            .map(|_| ())
    }

    /// Makes a resource known, whose permissions clients then ask for as `RESOURCE/PERMISSION`.
    pub fn add_resource(&self, resource: &str, permissions: &[&str]) -> Result<(), LabError> {
        let wish = json!({ "resource": resource, "scopes": permissions });
        self.act("resource", &wish).map(|_| ())
    }

    /// Forgets all planned faults and changed answers.
    pub fn mend(&self) -> Result<(), LabError> {
        self.act("mend", &json!({})).map(|_| ())
    }

    /// Requests counted by endpoint (`token`, `devicecode`, `authorize`, `approval`, `metadata`, `revocation`), how many
    /// grants were ended with all their tokens (`families_killed`), `requests`, the list of them, `answered`, when
    /// tokens were given (milliseconds since 1970), and `claims`, what sign-ins were asked to show.
    pub fn state(&self) -> Result<Value, LabError> {
        self.act("state", &json!({}))
    }

    /// Every code and opaque token that was ever given out, for a test that looks where they went. JWTs are not among
    /// them; those can be known by their shape.
    pub fn issued(&self) -> Result<Vec<String>, LabError> {
        let answer = self.act("issued", &json!({}))?;
        let values = answer["values"].as_array().cloned().unwrap_or_default();
        Ok(values
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect())
    }

    /// Gives a person another password, which ends all their grants; answers how many refresh tokens died.
    pub(crate) fn set_password(&self, address: &str, password: &str) -> Result<u64, LabError> {
        let answer = self.act(
            "password",
            &json!({ "user": address, "password": password }),
        )?;
        Ok(answer["ended"].as_u64().unwrap_or_default())
    }

    /// A living refresh token of a person, for a program that is compared with Mailwright.
    pub fn refresh_token_of(&self, address: &str) -> Result<String, LabError> {
        let answer = self.act("refresh-token", &json!({ "user": address }))?;
        let value = answer["value"].as_str().map(str::to_owned);
        value.ok_or_else(|| LabError::new(format!("nobody is signed in as {address}")))
    }

    fn end(&self, how: &str, address: &str) -> Result<u64, LabError> {
        let answer = self.act(how, &json!({ "user": address }))?;
        Ok(answer["ended"].as_u64().unwrap_or_default())
    }

    fn act(&self, action: &str, wish: &Value) -> Result<Value, LabError> {
        let answer = http::post_json(&format!("{}/{action}", self.control), wish)?;
        if answer.status == 200 {
            answer.json()
        } else {
            Err(LabError::new(format!("control {action}: {}", answer.body)))
        }
    }
}
