//! TLS by rustls.

mod anyone;
mod settings;

use std::{io, sync::Arc};

use rustls::{
    AlertDescription, CertificateError as Certificate, ClientConfig,
    Error::InvalidCertificate,
    RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

pub use self::settings::{PemError, TlsSettings};
use self::{anyone::Anyone, settings::Identity};
use super::{HttpSettings, Version};

/// HTTP/1.1, by the name that it has in a TLS handshake.
const HTTP1: &[u8] = b"http/1.1";

/// HTTP/2, by the name that it has in a TLS handshake.
const HTTP2: &[u8] = b"h2";

/// Why TLS cannot be used at all.
#[derive(Debug, Error)]
#[error("failed to set up TLS: {0}")]
pub struct TlsError(#[from] rustls::Error);

/// How the connections of a scenario speak TLS. Trusted is what the system trusts (`SSL_CERT_FILE`
/// and `SSL_CERT_DIR` are honoured), or Mozilla's roots where the system has none, and what the
/// settings add.
///
/// # Errors
///
/// Only if the cryptography lacks the protocol's versions.
pub fn tls_config(settings: &HttpSettings) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let TlsSettings { authorities, identity, trusts_anyone } = &settings.tls;
    let builder = if *trusts_anyone {
        log::warn!("TLS takes any certificate for the server's, as the scenario says");
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider)))
    } else {
        builder.with_root_certificates(roots(authorities))
    };
    let mut config = match identity {
        Some(Identity { chain, key }) => {
            builder.with_client_auth_cert(chain.clone(), key.clone_key())?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = match settings.version {
        Version::Http1 => vec![HTTP1.to_vec()],
        Version::Http2 => vec![HTTP2.to_vec(), HTTP1.to_vec()],
        Version::Http2PriorKnowledge => vec![HTTP2.to_vec()],
    };
    Ok(Arc::new(config))
}

fn roots(authorities: &[CertificateDer<'static>]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots.add_parsable_certificates(authorities.iter().cloned());
    roots
}

/// Performs the handshake.
pub(super) async fn handshake(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| io::Error::other("the host's name cannot be in a certificate"))?;
    TlsConnector::from(config).connect(name, stream).await
}

/// Whether HTTP/2 was agreed on.
pub(super) fn chose_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

/// Names what TLS does not accept, in the words of those who did not write a library for it.
pub(super) fn cause(error: &io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            "the certificate's issuer is not trusted (`tls: {ca: FILE}` in the scenario's `http` can \
             name one that is, or SSL_CERT_FILE)"
                .into()
        }
        InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "the certificate has expired".into()
        }
        InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => "the certificate is not for this host's name".into(),
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS; is it an http address?".into()
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server asks for a certificate (`tls: {certificate: FILE, key: FILE}` in the \
             scenario's `http` gives one)"
                .into()
        }
        rustls::Error::AlertReceived(alert) => format!("the server refuses it: {alert:?}"),
        other => other.to_string(),
    })
}

/// Why a server ended TLS: with its last version, that it does not take the client's certificate
/// is told only after the handshake.
pub(super) fn alert(error: &io::Error) -> Option<String> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(inner, rustls::Error::AlertReceived(_)).then(|| cause(error)).flatten()
}
