//! Whom TLS trusts, and as whom a user signs in.

use std::{fmt, sync::Arc};

use rustls::{
    RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    sign::CertifiedKey,
};
use thiserror::Error;

/// Settings for TLS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsSettings {
    /// Authorities that are trusted besides those that the system trusts.
    pub(super) authorities: Vec<CertificateDer<'static>>,
    /// As whom the users sign in to servers that ask for a certificate.
    pub(super) identity: Option<Identity>,
    /// Whether any certificate is taken for the server's.
    pub(super) trusts_anyone: bool,
}

/// A certificate, those between it and its authority, and its key.
#[derive(Clone, PartialEq)]
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: Arc<PrivateKeyDer<'static>>,
}

/// What a PEM file does not hold.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PemError {
    /// There is no certificate.
    #[error("there is no certificate in it (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// A certificate is none.
    #[error("its certificate cannot be used: {0}")]
    Certificate(String),
    /// There is no key.
    #[error("there is no private key in it (-----BEGIN PRIVATE KEY-----)")]
    NoKey,
    /// The key has a password.
    #[error("its private key is encrypted: decrypt it (openssl pkey -in KEY -out PLAIN)")]
    EncryptedKey,
    /// A key is none.
    #[error("its private key cannot be used: {0}")]
    Key(String),
    /// The key is another one's.
    #[error("the private key is not that of the certificate")]
    OtherKey,
}

impl PemError {
    /// Whether it is the key that is wrong, and not the certificate.
    pub fn is_of_key(&self) -> bool {
        !matches!(self, Self::NoCertificate | Self::Certificate(_))
    }
}

impl TlsSettings {
    /// Trusts the authorities in a PEM file too.
    ///
    /// # Errors
    ///
    /// A file without a certificate, or with one that cannot be an authority's.
    pub fn authority(mut self, pem: &[u8]) -> Result<Self, PemError> {
        let authorities = certificates(pem)?;
        let mut roots = RootCertStore::empty();
        for authority in &authorities {
            let added = roots.add(authority.clone());
            added.map_err(|error| PemError::Certificate(error.to_string()))?;
        }
        self.authorities.extend(authorities);
        Ok(self)
    }

    /// Signs in with a certificate, which may be followed by those between it and its authority,
    /// and its key.
    ///
    /// # Errors
    ///
    /// Files without them, or that do not belong together.
    pub fn identity(mut self, certificate: &[u8], key: &[u8]) -> Result<Self, PemError> {
        let (chain, key) = (certificates(certificate)?, private_key(key)?);
        let provider = ring::default_provider();
        CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider).map_err(|error| {
            match error {
                rustls::Error::InconsistentKeys(_) => PemError::OtherKey,
                rustls::Error::InvalidCertificate(error) => {
                    PemError::Certificate(error.to_string())
                }
                error => PemError::Key(error.to_string()),
            }
        })?;
        self.identity = Some(Identity { chain, key: Arc::new(key) });
        Ok(self)
    }

    /// Takes any certificate for the server's, also one that has expired or is for another host:
    /// the users talk to whoever answers.
    #[must_use]
    pub fn trust_anyone(self) -> Self {
        Self { trusts_anyone: true, ..self }
    }

    /// Whether any certificate is taken for the server's.
    pub fn trusts_anyone(&self) -> bool {
        self.trusts_anyone
    }
}

/// A key is a secret.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| PemError::Certificate(told(&error).into()))?;
    if found.is_empty() { Err(PemError::NoCertificate) } else { Ok(found) }
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, PemError> {
    let encrypted = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        pem::Error::NoItemsFound if pem.windows(encrypted.len()).any(|at| at == encrypted) => {
            PemError::EncryptedKey
        }
        pem::Error::NoItemsFound => PemError::NoKey,
        error => PemError::Key(told(&error).into()),
    })
}

/// What is wrong with PEM, and nothing of what stands in it.
fn told(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no end",
        pem::Error::IllegalSectionStart { .. } => "a section's first line is malformed",
        pem::Error::Base64Decode(_) => "a section is not Base64",
        _ => "it is not PEM",
    }
}
