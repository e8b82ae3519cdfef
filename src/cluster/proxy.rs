//! Which proxy, if any, stands between us and the API server.
//!
//! The rules for the environment are those of Go's `golang.org/x/net/http/httpproxy`, which
//! kubectl goes by: they look at the *server's* address, never at the proxy's. A kubeconfig's
//! `proxy-url` is not subject to them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use http::Uri;

/// Environment variables by name.
pub type Environment = BTreeMap<String, String>;

/// Why an address is not a proxy's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProxy {
    /// Not an address at all.
    #[error("could not parse: {0}")]
    Unreadable(String),
    /// A protocol nobody speaks here.
    #[error("unsupported scheme \"{0}\", must be http, https, or socks5")]
    Scheme(String),
}

/// Reads a proxy's address; without a scheme it is an HTTP proxy.
pub fn parse(proxy: &str) -> Result<Uri, BadProxy> {
    let unreadable = || BadProxy::Unreadable(proxy.to_owned());
    let (scheme, rest) = proxy.split_once("://").unwrap_or(("http", proxy));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        scheme @ ("http" | "https" | "socks5") => scheme.to_owned(),
        // The `h` asks the proxy to resolve the server's name, which socks5 does here anyway.
        "socks5h" => "socks5".to_owned(),
        _ => return Err(BadProxy::Scheme(scheme.to_owned())),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let uri: Uri = format!("{scheme}://{authority}/").parse().map_err(|_| unreadable())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(unreadable)?;
    if scheme == "socks5" && uri.port().is_none() {
        let user = authority.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        return format!("socks5://{user}{host}:1080/").parse().map_err(|_| unreadable());
    }
    Ok(uri)
}

/// The proxy the environment names for this server, unless it exempts it.
///
/// What cannot be read is no proxy, as in Go.
pub fn from_environment(server: &Uri, environment: &Environment) -> Option<Uri> {
    let https = server.scheme_str() == Some("https");
    let variables =
        if https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    if !https && environment.contains_key("REQUEST_METHOD") {
        // In a CGI environment HTTP_PROXY is the client's `Proxy:` header (golang.org/s/cgihttpproxy).
        return None;
    }
    let proxy = parse(first_set(environment, variables)?).ok()?;
    let host = server.host()?.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let port = server.port_u16().unwrap_or(if https { 443 } else { 80 });
    let exempt = first_set(environment, ["NO_PROXY", "no_proxy"]).unwrap_or_default();
    (!is_local(&host) && !is_exempt(&host, port, exempt)).then_some(proxy)
}

fn first_set<'a>(environment: &'a Environment, names: [&str; 2]) -> Option<&'a str> {
    names
        .iter()
        .filter_map(|name| environment.get(*name))
        .map(String::as_str)
        .find(|v| !v.is_empty())
}

/// Whether the host is this machine itself.
pub fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn is_exempt(host: &str, port: u16, entries: &str) -> bool {
    let ip: Option<IpAddr> = host.parse().ok();
    entries.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some((network, bits)) = entry.split_once('/')
            && let (Ok(network), Ok(bits)) = (network.parse(), bits.parse())
        {
            return ip.is_some_and(|ip| contains(network, bits, ip));
        }
        let (name, only_port) = split_port(&entry);
        if only_port.is_some_and(|only| only != port) {
            return false;
        }
        match (name.parse::<IpAddr>(), ip) {
            (Ok(entry), Some(ip)) => entry == ip,
            (Ok(_), None) | (Err(_), Some(_)) => false,
            (Err(_), None) => is_domain_of(name, host),
        }
    })
}

/// `example.com` covers itself and what is below it, `.example.com` and `*.example.com` only
/// what is below.
fn is_domain_of(entry: &str, host: &str) -> bool {
    let entry = if entry.starts_with("*.") { &entry[1..] } else { entry };
    let below = entry.trim_start_matches('.');
    if below.is_empty() {
        return false;
    }
    let is_below = host.strip_suffix(below).is_some_and(|rest| rest.ends_with('.'));
    is_below || (!entry.starts_with('.') && host == entry)
}

fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some(rest) = entry.strip_prefix('[')
        && let Some((host, port)) = rest.split_once(']')
    {
        return (host, port.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.rsplit_once(':') {
        // More than one colon without brackets is an IPv6 address.
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn contains(network: IpAddr, bits: u32, ip: IpAddr) -> bool {
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            bits <= 32 && same_prefix(network.to_bits().into(), ip.to_bits().into(), 32 - bits)
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            bits <= 128 && same_prefix(network.to_bits(), ip.to_bits(), 128 - bits)
        }
        _ => false,
    }
}

fn same_prefix(one: u128, other: u128, ignored_bits: u32) -> bool {
    one.checked_shr(ignored_bits).unwrap_or(0) == other.checked_shr(ignored_bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(server: &str, variables: &[(&str, &str)]) -> Option<String> {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        from_environment(&server.parse().unwrap(), &environment).map(|proxy| proxy.to_string())
    }

    #[test]
    fn proxies_are_read_with_and_without_a_scheme() {
        for (text, read) in [
            ("http://proxy:3128", "http://proxy:3128/"),
            ("proxy:3128", "http://proxy:3128/"),
            ("proxy", "http://proxy/"),
            ("https://proxy", "https://proxy/"),
            ("http://me:secret@proxy:3128/path", "http://me:secret@proxy:3128/"),
            ("socks5://proxy", "socks5://proxy:1080/"),
            ("socks5h://me@proxy", "socks5://me@proxy:1080/"),
            ("SOCKS5://[::1]", "socks5://[::1]:1080/"),
        ] {
            assert_eq!(parse(text).map(|uri| uri.to_string()), Ok(read.to_owned()), "{text}");
        }
        assert_eq!(parse("ftp://proxy"), Err(BadProxy::Scheme("ftp".to_owned())));
        assert_eq!(parse("http://"), Err(BadProxy::Unreadable("http://".to_owned())));
    }

    #[test]
    fn the_variable_follows_the_servers_scheme() {
        let both = [("HTTPS_PROXY", "http://s:1"), ("http_proxy", "http://p:2")];
        assert_eq!(chosen("https://api.example:6443", &both).as_deref(), Some("http://s:1/"));
        assert_eq!(chosen("http://api.example:8080", &both).as_deref(), Some("http://p:2/"));
        assert_eq!(chosen("https://api.example", &[("HTTP_PROXY", "http://p:2")]), None);
        assert_eq!(chosen("https://api.example", &[("ALL_PROXY", "http://p:2")]), None);
    }

    #[test]
    fn upper_case_wins_and_empty_is_unset() {
        let variables = [("HTTPS_PROXY", ""), ("https_proxy", "http://p:2")];
        assert_eq!(chosen("https://api.example", &variables).as_deref(), Some("http://p:2/"));
        let variables = [("HTTPS_PROXY", "http://p:1"), ("https_proxy", "http://p:2")];
        assert_eq!(chosen("https://api.example", &variables).as_deref(), Some("http://p:1/"));
    }

    #[test]
    fn this_machine_is_never_proxied() {
        for server in ["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"] {
            assert_eq!(chosen(server, &[("HTTPS_PROXY", "http://p:1")]), None, "{server}");
        }
    }

    #[test]
    fn exemptions_are_matched_against_the_server() {
        let cases = [
            ("https://api.example.com:6443", "example.com", true),
            ("https://example.com", "example.com", true),
            ("https://example.com", ".example.com", false),
            ("https://api.example.com", ".example.com", true),
            ("https://api.example.com", "*.example.com", true),
            ("https://notexample.com", "example.com", false),
            ("https://api.example.com:6443", "api.example.com:443", false),
            ("https://api.example.com", "other, api.example.com:443,", true),
            ("https://API.example.com", "api.EXAMPLE.com", true),
            ("https://10.1.2.3:6443", "10.0.0.0/8", true),
            ("https://11.1.2.3:6443", "10.0.0.0/8", false),
            ("https://10.1.2.3:6443", "0.0.0.0/0", true),
            ("https://10.1.2.3:6443", "10.1.2.3", true),
            ("https://10.1.2.3:6443", "10.1.2.3:443", false),
            ("https://[2001:db8::1]:6443", "2001:db8::/32", true),
            ("https://[2001:db8::1]:6443", "[2001:db8::1]:6443", true),
            ("https://[2001:db8::1]:6443", "2001:db8::1", true),
            ("https://api.example.com", "*", true),
            ("https://api.example.com", "proxy.example.org", false),
            ("https://api.example.com", "", false),
            ("https://api.example.com", ".", false),
        ];
        for (server, entries, exempt) in cases {
            let variables = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", entries)];
            assert_eq!(chosen(server, &variables).is_none(), exempt, "{server} and {entries:?}");
        }
    }
}
