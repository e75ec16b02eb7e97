//! TLS in front of a service, as AWS has it: what a connection costs, and how many of them are opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::CertifiedKey;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::support::http::Server;

/// The name that the certificate is for.
const HOST: &str = "localhost";
/// Where the root certificates of the usual systems are.
const SYSTEM_ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// A certificate of the benchmark's own, and a file of roots with it among those of the machine: a client parses as many as
/// it would anywhere.
pub struct Identity {
    acceptor: TlsAcceptor,
    roots: PathBuf,
}

impl Identity {
    /// Makes one, and writes its file of roots into `folder`.
    pub fn new(folder: &Path) -> Identity {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
        let roots = folder.join("benchmark-roots.pem");
        let system = SYSTEM_ROOTS.iter().find_map(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        fs::write(&roots, format!("{system}\n{}", cert.pem())).expect("the target directory can be written to");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key))
            .expect("a configuration for TLS");
        Identity { acceptor: TlsAcceptor::from(Arc::new(config)), roots }
    }

    /// What a program is to trust: for `SSL_CERT_FILE`.
    pub fn roots(&self) -> String {
        self.roots.display().to_string()
    }
}

/// Speaks TLS in front of a server that does not; dropping it closes its port.
pub struct Terminator {
    server: Server,
    opened: Arc<AtomicUsize>,
}

impl Terminator {
    /// In front of the server at `upstream`, host and port.
    pub fn start(identity: &Identity, upstream: String) -> Terminator {
        let opened = Arc::<AtomicUsize>::default();
        let (acceptor, counted) = (identity.acceptor.clone(), Arc::clone(&opened));
        let server = Server::listening(move |listener| accept(listener, acceptor, upstream, counted));
        Terminator { server, opened }
    }

    pub fn url(&self) -> String {
        let authority = self.server.authority();
        let port = authority.rsplit(':').next().unwrap_or_default();
        format!("https://{HOST}:{port}")
    }

    /// How many connections were opened since it was last asked.
    pub fn take_opened(&self) -> usize {
        self.opened.swap(0, Ordering::Relaxed)
    }
}

async fn accept(listener: tokio::net::TcpListener, acceptor: TlsAcceptor, upstream: String, opened: Arc<AtomicUsize>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        opened.fetch_add(1, Ordering::Relaxed);
        let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
        tokio::spawn(async move {
            client.set_nodelay(true)?;
            let mut client = acceptor.accept(client).await?;
            let mut server = tokio::net::TcpStream::connect(upstream).await?;
            server.set_nodelay(true)?;
            // A client that is killed breaks its connections: no event.
            tokio::io::copy_bidirectional(&mut client, &mut server).await
        });
    }
}
