use mailwright_service::Secret;
use serde::{Deserialize, Deserializer};

/// A secret that a person typed into the window. It comes in and never goes out.
#[derive(Clone, Debug)]
pub struct Typed(Secret);

impl Typed {
    /// For the use case.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}
