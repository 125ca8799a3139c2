//! Whom TLS trusts where a system is spoken to.

use engine::http::TlsSettings;
use serde::{Deserialize, Serialize};

use crate::section::Section;

/// Whom TLS trusts, besides those that the machine trusts. The words are those of a scenario's
/// `tls`, but an authority is written out: in a function there is no file.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(crate) struct Trust {
    /// An authority's certificate, as PEM.
    ca: Option<String>,
    /// Whether any certificate is taken for the system's.
    anyone: bool,
}

impl Trust {
    pub(crate) fn read(mut section: Section<'_>) -> Self {
        let ca = section.optional_text("ca");
        let anyone = section.optional("verify") == Some(false);
        let trust = Self { ca, anyone };
        if let Err(why) = trust.settings() {
            section.reject("ca", format!("expected a certificate as PEM: {why}"));
        }
        section.finish();
        trust
    }

    /// The same for connections.
    pub(crate) fn settings(&self) -> Result<TlsSettings, String> {
        let mut tls = TlsSettings::default();
        if let Some(ca) = &self.ca {
            tls = tls.authority(ca.as_bytes()).map_err(|error| error.to_string())?;
        }
        Ok(if self.anyone { tls.trust_anyone() } else { tls })
    }
}
