//! TLS by rustls.

use std::{io, sync::Arc};

use rustls::{
    CertificateError as Certificate, ClientConfig, Error::InvalidCertificate, RootCertStore,
    crypto::ring, pki_types::ServerName,
};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Why TLS cannot be used at all.
#[derive(Debug, Error)]
#[error("failed to set up TLS: {0}")]
pub struct TlsError(#[from] rustls::Error);

/// Trusts what the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured), or Mozilla's
/// roots where the system has none.
///
/// # Errors
///
/// Only if the cryptography lacks the protocol's versions.
pub fn tls_config() -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
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

/// Names what TLS does not accept, in the words of those who did not write a library for it.
pub(super) fn cause(error: &io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        InvalidCertificate(Certificate::UnknownIssuer) => {
            "the certificate's issuer is not trusted (SSL_CERT_FILE can name one that is)".into()
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
        other => other.to_string(),
    })
}
