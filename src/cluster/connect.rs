//! Turns a [`Resolved`] into a connection: reads the certificates, fills in kube's `Config`.
//!
//! `Config::infer` is not used: it differs from kubectl in what it reads and falls back to the
//! pod's own credentials when a kubeconfig is broken.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::USER_AGENT;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::Client;
use kube::Config;
use kube::client::ClientBuilder;
use kube::client::ConfigExt;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use tower::Layer;
use tower_http::decompression::DecompressionLayer;

use crate::cluster::credentials::Issued;
use crate::cluster::load::words;
use crate::cluster::resolve::Misconfigured;
use crate::cluster::resolved::Compression;
use crate::cluster::resolved::Login;
use crate::cluster::resolved::Material;
use crate::cluster::resolved::Proxy;
use crate::cluster::resolved::Resolved;
use crate::cluster::resolved::SecretMaterial;
use crate::cluster::resolved::Trust;

/// Why no connection could be prepared.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotPrepared {
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    #[error(transparent)]
    Kube(#[from] kube::Error),
}

/// A client without credentials in its requests, but with those of the TLS handshake.
pub(super) fn client(resolved: &Resolved, issued: Option<&Issued>) -> Result<Client, NotPrepared> {
    let config = config(resolved, issued)?;
    if config.proxy_url.is_some() {
        return Ok(ClientBuilder::try_from(config)?.build());
    }
    direct(&config)
}

/// What kube builds, on sockets that send at once.
///
/// kube leaves Nagle's algorithm on. On every resumed TLS session the first request then waits
/// until the server acknowledges the end of the handshake, which a server in no hurry does after
/// 40 ms. Its time limits are left out, because the transport above sets its own.
fn direct(config: &Config) -> Result<Client, NotPrepared> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(config.connect_timeout);
    let tls = config.rustls_https_connector_with_connector(tcp)?;
    let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(tls);
    let service = config.extra_headers_layer()?.layer(http);
    let service = DecompressionLayer::new().gzip(!config.disable_compression).layer(service);
    let service = config.base_uri_layer().layer(service);
    Ok(Client::new(service, config.default_namespace.clone()))
}

fn config(resolved: &Resolved, issued: Option<&Issued>) -> Result<Config, Misconfigured> {
    let mut config = Config::new(resolved.server.clone());
    config.default_namespace.clone_from(&resolved.namespace);
    // kube would repeat writes too, and for minutes.
    config.default_retry = false;
    config.disable_compression = resolved.compression == Compression::Off;
    if let Some(proxy) = resolved.proxy.as_ref().map(Proxy::uri)
        && proxy.scheme_str() == Some("socks5")
        && proxy.authority().is_some_and(|authority| authority.as_str().contains('@'))
    {
        // kube would leave them out, and the proxy would hang up on us.
        let why = "a socks5 proxy with a user name and password is not supported";
        return Err(Misconfigured::Unusable(why.to_owned()));
    }
    config.proxy_url = resolved.proxy.as_ref().map(|proxy| proxy.uri().clone());
    config.tls_server_name.clone_from(&resolved.tls_server_name);
    config.headers.push((USER_AGENT, user_agent()));
    let secure = resolved.server.scheme_str() == Some("https");
    match &resolved.trust {
        // An empty list, so that the system's need not exist where they are not used.
        _ if !secure => config.root_cert = Some(Vec::new()),
        Trust::System => {}
        Trust::Authority(material) => config.root_cert = Some(authorities(resolved, material)?),
        Trust::Anything => {
            config.accept_invalid_certs = true;
            config.root_cert = Some(Vec::new());
        }
    }
    let acting = &resolved.impersonation;
    // As in client-go, nobody is impersonated by groups alone; `resolve` has refused that.
    if acting.user.is_some() {
        config.auth_info.impersonate.clone_from(&acting.user);
        config.auth_info.impersonate_uid.clone_from(&acting.uid);
        config.auth_info.impersonate_groups = Some(acting.groups.clone());
        config.auth_info.impersonate_user_extra = Some(acting.extra.clone().into_iter().collect());
    }
    if let Some((certificate, key)) = identity(resolved, issued)? {
        config.auth_info.client_certificate_data = Some(STANDARD.encode(certificate));
        config.auth_info.client_key_data = Some(STANDARD.encode(key.expose_secret()).into());
    }
    Ok(config)
}

/// `kubectl-sts/0.1.0 (linux/amd64)`: for whoever reads the server's audit log.
pub(super) fn user_agent() -> HeaderValue {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        arch => arch,
    };
    HeaderValue::from_str(&format!("kubectl-sts/{VERSION} ({os}/{arch})"))
        .unwrap_or(HeaderValue::from_static("kubectl-sts"))
}

fn authorities(resolved: &Resolved, material: &Material) -> Result<Vec<Vec<u8>>, Misconfigured> {
    let name = resolved.cluster.as_deref().unwrap_or_default();
    let text = match material {
        Material::File(path) => read(path, "certificate-authority", name)?,
        Material::Data(data) => decode(data, "certificate-authority-data", name)?,
    };
    certificates(&text)
        .map_err(|why| Misconfigured::Unusable(format!("unable to load root certificates: {why}")))
}

/// The certificates in a PEM file, at least one.
pub(super) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    let blocks = pem::parse_many(text).map_err(|_| "unable to parse bytes as PEM block")?;
    let certificates: Vec<_> = blocks
        .into_iter()
        .filter(|block| block.tag() == "CERTIFICATE")
        .map(pem::Pem::into_contents)
        .collect();
    if certificates.is_empty() {
        return Err("no valid certificate authority data seen");
    }
    Ok(certificates)
}

/// Client certificate and key as PEM; a plugin's count only where no other is configured.
fn identity(
    resolved: &Resolved,
    issued: Option<&Issued>,
) -> Result<Option<(Vec<u8>, SecretString)>, Misconfigured> {
    let Some(identity) = &resolved.identity else {
        let from_plugin = issued.and_then(|issued| issued.identity.as_ref());
        return Ok(from_plugin.map(|(chain, key)| (chain.as_bytes().to_vec(), key.clone())));
    };
    let name = resolved.user.as_deref().unwrap_or_default();
    let certificate = match &identity.certificate {
        Material::File(path) => read(path, "client-cert", name)?,
        Material::Data(data) => decode(data, "client-certificate-data", name)?,
    };
    let key = match &identity.key {
        SecretMaterial::File(path) => read(path, "client-key", name)?,
        SecretMaterial::Data(data) => decode(data.expose_secret(), "client-key-data", name)?,
    };
    let key = String::from_utf8(key)
        .map_err(|_| Misconfigured::Unusable(format!("the client key of {name} is not PEM")))?;
    Ok(Some((certificate, key.into())))
}

fn read(path: &Path, what: &str, name: &str) -> Result<Vec<u8>, Misconfigured> {
    std::fs::read(path).map_err(|error| {
        let path = path.display();
        let why = format!("open {path}: {}", words(&error));
        Misconfigured::Invalid(vec![format!(
            "unable to read {what} {path} for {name} due to {why}"
        )])
    })
}

fn decode(data: &str, what: &str, name: &str) -> Result<Vec<u8>, Misconfigured> {
    let data: String = data.split_ascii_whitespace().collect();
    STANDARD
        .decode(data)
        .map_err(|error| Misconfigured::Unusable(format!("the {what} of {name}: {error}")))
}

/// What a credential plugin is told about the cluster, when its kubeconfig entry says so.
pub(super) fn cluster_for_plugin(
    resolved: &Resolved,
) -> Result<Option<serde_json::Value>, Misconfigured> {
    let Login::Plugin(plugin) = &resolved.login else { return Ok(None) };
    let Some(config) = &plugin.cluster_info else { return Ok(None) };
    let mut cluster = serde_json::Map::new();
    let mut put = |name: &str, value: serde_json::Value| {
        cluster.insert(name.to_owned(), value);
    };
    let server = resolved.server.to_string();
    put("server", server.strip_suffix('/').unwrap_or(&server).into());
    if let Some(name) = &resolved.tls_server_name {
        put("tls-server-name", name.as_str().into());
    }
    match &resolved.trust {
        Trust::System => {}
        Trust::Anything => put("insecure-skip-tls-verify", true.into()),
        Trust::Authority(Material::Data(data)) => {
            put("certificate-authority-data", data.as_str().into());
        }
        Trust::Authority(Material::File(path)) => {
            let name = resolved.cluster.as_deref().unwrap_or_default();
            let text = read(path, "certificate-authority", name)?;
            put("certificate-authority-data", STANDARD.encode(text).into());
        }
    }
    // Only the kubeconfig's own; the environment's the plugin has itself.
    if let Some(Proxy::Configured(uri)) = &resolved.proxy {
        let uri = uri.to_string();
        put("proxy-url", uri.strip_suffix('/').unwrap_or(&uri).into());
    }
    put("config", config.clone());
    Ok(Some(cluster.into()))
}
