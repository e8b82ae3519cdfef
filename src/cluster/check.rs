//! What makes a configuration invalid, in client-go's words (`tools/clientcmd/validation.go`).
//!
//! Whether the files it names can be read is found out when they are, in `connect`.

use crate::cluster::kubeconfig::Cluster;
use crate::cluster::kubeconfig::Exec;
use crate::cluster::kubeconfig::User;
use crate::cluster::proxy;
use crate::cluster::resolved::InteractiveMode;

/// Everything that is wrong with a user and a cluster, flags included.
pub(super) fn faults(
    (user_name, user): (&str, &User),
    (cluster_name, cluster): (&str, &Cluster),
) -> Vec<String> {
    let mut faults = Vec::new();
    check_user(user_name, user, &mut faults);
    check_cluster(cluster_name, cluster, &mut faults);
    faults
}

fn check_user(name: &str, user: &User, faults: &mut Vec<String>) {
    if user.client_certificate.is_some() || user.client_certificate_data.is_some() {
        if user.client_certificate.is_some() && user.client_certificate_data.is_some() {
            faults.push(format!(
                "client-cert-data and client-cert are both specified for {name}. \
                 client-cert-data will override."
            ));
        }
        match (&user.client_key, &user.client_key_data) {
            (Some(_), Some(_)) => faults.push(format!(
                "client-key-data and client-key are both specified for {name}; \
                 client-key-data will override"
            )),
            (None, None) => faults.push(format!(
                "client-key-data or client-key must be specified for {name} to use the \
                 clientCert authentication method."
            )),
            _ => {}
        }
    }
    if let Some(exec) = &user.exec {
        check_exec(name, exec, user, faults);
    }
    if user.token.is_some() && (user.username.is_some() || user.password.is_some()) {
        faults.push(format!(
            "more than one authentication method found for {name}; found [token basicAuth], \
             only one is allowed"
        ));
    }
    let further = user.impersonate_uid.is_some()
        || user.impersonate_groups.as_ref().is_some_and(|groups| !groups.is_empty())
        || user.impersonate_extra.as_ref().is_some_and(|extra| !extra.is_empty());
    if further && user.impersonate.is_none() {
        faults.push(format!(
            "requesting uid, groups or user-extra for {name} without impersonating a user"
        ));
    }
}

fn check_exec(name: &str, exec: &Exec, user: &User, faults: &mut Vec<String>) {
    if user.auth_provider.is_some() {
        faults.push(format!(
            "authProvider cannot be provided in combination with an exec plugin for {name}"
        ));
    }
    let mut required = |what: &str, missing: bool| {
        if missing {
            let use_it = "to use exec authentication plugin";
            faults.push(format!("{what} must be specified for {name} {use_it}"));
        }
    };
    required("command", exec.command.is_none());
    required("apiVersion", exec.api_version.is_none());
    for variable in exec.env.iter().flatten() {
        required("env variable name", variable.name.is_empty());
    }
    if exec.interactive_mode.is_none() && !speaks_beta(exec) {
        required("interactiveMode", true);
    }
    if let Some(mode) = &exec.interactive_mode
        && interactive_mode(mode).is_none()
    {
        faults.push(format!("invalid interactiveMode for {name}: \"{mode}\""));
    }
}

fn check_cluster(name: &str, cluster: &Cluster, faults: &mut Vec<String>) {
    if let Some(url) = &cluster.proxy_url
        && let Err(error) = proxy::parse(url)
    {
        faults.push(format!("invalid 'proxy-url' \"{url}\" for cluster \"{name}\": {error}"));
    }
    if cluster.certificate_authority.is_some() && cluster.certificate_authority_data.is_some() {
        faults.push(format!(
            "certificate-authority-data and certificate-authority are both specified for {name}. \
             certificate-authority-data will override."
        ));
    }
}

/// Reads `interactiveMode`.
pub(super) fn interactive_mode(text: &str) -> Option<InteractiveMode> {
    match text {
        "Never" => Some(InteractiveMode::Never),
        "IfAvailable" => Some(InteractiveMode::IfAvailable),
        "Always" => Some(InteractiveMode::Always),
        _ => None,
    }
}

/// `v1` made `interactiveMode` mandatory; before, it had a default.
fn speaks_beta(exec: &Exec) -> bool {
    matches!(
        exec.api_version.as_deref(),
        Some("client.authentication.k8s.io/v1beta1" | "client.authentication.k8s.io/v1alpha1")
    )
}
