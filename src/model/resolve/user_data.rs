//! User data of instances: what makes them join their cluster, then what the manifest adds.

use std::collections::BTreeMap;
use std::iter::once;

use super::texts;
use crate::model::documents::instances::Instances;
use crate::model::instances::Platform;

/// The user data of instances for the cluster of this name.
pub(super) fn user_data(cluster: &str, written: &Instances) -> String {
    let lines = match written.image.platform() {
        Platform::Linux => linux(cluster, written),
        Platform::Bottlerocket => bottlerocket(cluster, written),
        Platform::Windows => windows(cluster, written),
    };
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// Quotes the limit string, so that the shell leaves the settings as they are.
fn linux(cluster: &str, written: &Instances) -> Vec<String> {
    let settings = once(("ECS_CLUSTER".to_owned(), cluster.to_owned())).chain(agent(written));
    let settings = settings.map(|(name, value)| format!("{name}={value}"));
    ["#!/bin/bash", "cat >> /etc/ecs/ecs.config <<'EOF'"]
        .map(str::to_owned)
        .into_iter()
        .chain(settings)
        .chain(once("EOF".to_owned()))
        .chain(own_lines(written))
        .collect()
}

/// Ends in the table of ECS, which the manifest's lines continue.
fn bottlerocket(cluster: &str, written: &Instances) -> Vec<String> {
    let spot = written.spot.as_ref().map(|_| "enable-spot-instance-draining = true".to_owned());
    ["[settings.ecs]".to_owned(), format!("cluster = \"{cluster}\"")]
        .into_iter()
        .chain(spot)
        .chain(own_lines(written))
        .collect()
}

/// Without the drivers named, tasks could not log to CloudWatch; without their execution role,
/// they could not either.
fn windows(cluster: &str, written: &Instances) -> Vec<String> {
    let mut settings = agent(written);
    let execution_role = "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE".to_owned();
    settings.entry(execution_role).or_insert_with(|| "true".to_owned());
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let settings = settings.into_iter().map(|(name, value)| {
        let (name, value) = (quoted(&name), quoted(&value));
        format!("[Environment]::SetEnvironmentVariable({name}, {value}, 'Machine')")
    });
    let join = format!(
        "Initialize-ECSAgent -Cluster {} -EnableTaskIAMRole -EnableTaskENI -LoggingDrivers '[\"json-file\",\"awslogs\"]'",
        quoted(cluster)
    );
    once("<powershell>".to_owned())
        .chain(settings)
        .chain(once(join))
        .chain(own_lines(written))
        .chain(once("</powershell>".to_owned()))
        .collect()
}

/// The agent's settings by their variable, without the cluster's.
fn agent(written: &Instances) -> BTreeMap<String, String> {
    let own = [
        ("ECS_ENABLE_SPOT_INSTANCE_DRAINING", written.spot.is_some()),
        ("ECS_ENABLE_GPU_SUPPORT", written.image.is_for_gpu()),
    ];
    let own = own.into_iter().filter(|(_, is_needed)| *is_needed);
    let mut settings: BTreeMap<_, _> =
        own.map(|(name, _)| (name.to_owned(), "true".to_owned())).collect();
    settings.extend(texts(&written.agent));
    settings
}

fn own_lines(written: &Instances) -> impl Iterator<Item = String> {
    written.user_data.iter().flat_map(|text| text.lines()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &str) -> String {
        let written: Instances =
            serde_saphyr::from_str(&format!("{{ name: a, {fields} }}")).unwrap();
        user_data("shop-prod-main", &written)
    }

    #[test]
    fn linux_writes_the_settings_of_the_agent() {
        insta::assert_snapshot!(of(r"image: amazon-linux-2023-gpu, spot: {}, agent: { ECS_LOGLEVEL: warn }, userData: 'yum install -y $X'"), @r"
        #!/bin/bash
        cat >> /etc/ecs/ecs.config <<'EOF'
        ECS_CLUSTER=shop-prod-main
        ECS_ENABLE_GPU_SUPPORT=true
        ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
        ECS_LOGLEVEL=warn
        EOF
        yum install -y $X
        ");
    }

    #[test]
    fn bottlerocket_has_settings_for_all() {
        insta::assert_snapshot!(of("image: bottlerocket, spot: {}, userData: 'loglevel = \"warn\"'"), @r#"
        [settings.ecs]
        cluster = "shop-prod-main"
        enable-spot-instance-draining = true
        loglevel = "warn"
        "#);
    }

    #[test]
    fn windows_starts_the_agent_with_its_module() {
        insta::assert_snapshot!(of("image: windows-2022-core, agent: { ECS_TAG: it's }, userData: Get-Date"), @r#"
        <powershell>
        [Environment]::SetEnvironmentVariable('ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE', 'true', 'Machine')
        [Environment]::SetEnvironmentVariable('ECS_TAG', 'it''s', 'Machine')
        Initialize-ECSAgent -Cluster 'shop-prod-main' -EnableTaskIAMRole -EnableTaskENI -LoggingDrivers '["json-file","awslogs"]'
        Get-Date
        </powershell>
        "#);
    }
}
