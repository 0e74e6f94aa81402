//! Logging: retention that CloudWatch has, options that fit the driver.

use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::service::LogDriver;

/// Days. Source: `PutRetentionPolicy`.
const RETENTION: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];
/// Options that ecsctl sets.
const OURS: [&str; 4] =
    ["awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group"];
const SPLUNK: [&str; 2] = ["splunk-token", "splunk-url"];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        if service.document().logging.disabled {
            return disabled(service);
        }
        retention(service).into_iter().chain(driver(service)).collect()
    })
}

fn disabled(service: &ServiceView<'_>) -> Vec<Problem> {
    let fields = ["driver", "retention", "group", "options", "secretOptions"];
    let logging = service.written.node.get("logging");
    let stray =
        fields.iter().filter(|field| logging.is_some_and(|logging| logging.get(field).is_some()));
    let problem = |field: &&str| {
        Problem::error("logging-disabled", format!("`{field}` has no use: logging is disabled"))
            .at(&service.written.key(&format!("/logging/{field}")), "has no use")
            .at(&service.written.value("/logging/disabled"), "disabled")
    };
    stray.map(problem).collect()
}

fn retention(service: &ServiceView<'_>) -> Option<Problem> {
    let logging = &service.document().logging;
    let days = logging.retention?.0;
    let place = service.written.value("/logging/retention");
    if logging.group.is_some() || logging.driver != LogDriver::Awslogs {
        let problem =
            Problem::error("log-retention", "`retention` is for the log group that ecsctl makes");
        return Some(problem.at(&place, "there is none"));
    }
    if RETENTION.contains(&days) {
        return None;
    }
    let nearest = RETENTION.iter().find(|choice| **choice > days).or(RETENTION.last())?;
    let listed: Vec<_> = RETENTION.iter().map(u32::to_string).collect();
    let problem =
        Problem::error("log-retention", format!("CloudWatch can't keep logs for {days} days"));
    let problem = problem.at(&place, format!("expected one of {}", listed.join(", ")));
    Some(problem.hint(format!("the next longer time is {nearest}")))
}

fn driver(service: &ServiceView<'_>) -> Vec<Problem> {
    let logging = &service.document().logging;
    match logging.driver {
        LogDriver::Awslogs => awslogs(service),
        LogDriver::Splunk => {
            let is_missing = |key: &&&str| {
                !logging.options.contains_key(**key) && !logging.secret_options.contains_key(**key)
            };
            let problem = |key: &&str| {
                Problem::error("log-options", format!("the splunk driver needs `{key}`"))
                    .at(&service.written.value("/logging/driver"), format!("needs `{key}`"))
            };
            SPLUNK.iter().filter(is_missing).map(problem).collect()
        }
    }
}

fn awslogs(service: &ServiceView<'_>) -> Vec<Problem> {
    let logging = &service.document().logging;
    let at = |key: &str| service.written.key(&format!("/logging/options/{key}"));
    let ours = OURS.iter().filter(|key| logging.options.contains_key(**key)).map(|key| {
        Problem::error("log-options", format!("ecsctl sets `{key}`"))
            .at(&at(key), "would be set twice")
            .hint("write `group` for another log group")
    });
    let mut problems: Vec<_> = ours.collect();
    if logging.options.contains_key("awslogs-datetime-format")
        && logging.options.contains_key("awslogs-multiline-pattern")
    {
        problems.push(
            Problem::error(
                "log-options",
                "`awslogs-datetime-format` and `awslogs-multiline-pattern` exclude each other",
            )
            .at(&at("awslogs-multiline-pattern"), "one")
            .at(&at("awslogs-datetime-format"), "the other"),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn logging_is_as_its_driver_takes_it() {
        insta::assert_snapshot!(report_service(&[
            ("logging: { retention: 31 }", "logging: { retention: 30d }"),
            ("logging: { retention: 30, group: mine }", "logging: { group: mine }"),
            ("logging: { disabled: true, retention: 30 }", "logging: { disabled: true }"),
            ("logging: { options: { awslogs-group: x } }", "logging: { options: { mode: blocking } }"),
            ("logging: { options: { awslogs-datetime-format: x, awslogs-multiline-pattern: y } }", "logging: { options: { awslogs-multiline-pattern: y } }"),
            ("logging: { driver: splunk }", "logging: { driver: splunk, options: { splunk-url: x }, secretOptions: { splunk-token: 'ssm:/splunk' } }"),
        ]), @r#"
        log-retention: CloudWatch can't keep logs for 31 days [31: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] -> the next longer time is 60
        log-retention: `retention` is for the log group that ecsctl makes [30: there is none]
        logging-disabled: `retention` has no use: logging is disabled [retention: has no use] [true: disabled]
        log-options: ecsctl sets `awslogs-group` [awslogs-group: would be set twice] -> write `group` for another log group
        log-options: `awslogs-datetime-format` and `awslogs-multiline-pattern` exclude each other [awslogs-multiline-pattern: one] [awslogs-datetime-format: the other]
        log-options: the splunk driver needs `splunk-token` [splunk: needs `splunk-token`]
        log-options: the splunk driver needs `splunk-url` [splunk: needs `splunk-url`]
        "#);
    }
}
