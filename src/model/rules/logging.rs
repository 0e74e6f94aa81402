//! Logging: retention that CloudWatch has, options that fit the driver.

use super::table::{Entry, service};
use super::{Scope, WorkloadView, escape};
use crate::manifest::problem::Problem;
use crate::model::documents::logging::LogDriver;

/// Days. Source: `PutRetentionPolicy`.
const RETENTION: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];
/// Options that ecsctl sets.
const OURS: [&str; 4] =
    ["awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group"];
/// Options of the awslogs driver that are left to the manifest. Source: `LogConfiguration`.
const AWSLOGS: [&str; 4] =
    ["awslogs-datetime-format", "awslogs-multiline-pattern", "max-buffer-size", "mode"];
/// What a container does when its output can't be written. Source: `LogConfiguration`.
const MODES: [&str; 2] = ["blocking", "non-blocking"];
const SPLUNK: [&str; 2] = ["splunk-token", "splunk-url"];
const GELF: [&str; 1] = ["gelf-address"];

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "log-retention",
        rule: "`retention` is one of the times that CloudWatch Logs knows, for the log group that ecsctl makes",
        source: "CloudWatch Logs API Reference, PutRetentionPolicy",
        wrong: service!("logging: { retention: 31 }"),
        right: service!("logging: { retention: 30d }"),
    },
    Entry {
        code: "logging-disabled",
        rule: "Without logging there is nothing to set",
        source: "Amazon ECS API Reference, LogConfiguration",
        wrong: service!("logging: { disabled: true, retention: 30 }"),
        right: service!("logging: { disabled: true }"),
    },
    Entry {
        code: "log-options",
        rule: "Options are those of the driver, each with a value that it takes; `awslogs-datetime-format` and `awslogs-multiline-pattern` exclude each other",
        source: "Amazon ECS API Reference, LogConfiguration",
        wrong: service!(
            "logging: { options: { awslogs-datetime-format: x, awslogs-multiline-pattern: y } }"
        ),
        right: service!("logging: { options: { awslogs-multiline-pattern: y } }"),
    },
    Entry {
        code: "log-options",
        rule: "Splunk needs `splunk-token` and `splunk-url`",
        source: "Amazon ECS API Reference, LogConfiguration",
        wrong: service!("logging: { driver: splunk }"),
        right: service!(
            "logging: { driver: splunk, options: { splunk-url: x }, secretOptions: { splunk-token: 'ssm:/splunk' } }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        if workload.document().logging.disabled {
            return disabled(workload);
        }
        let rules = retention(workload).into_iter().chain(mode(workload));
        rules.chain(driver(workload)).collect()
    })
}

fn disabled(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let fields = ["driver", "retention", "group", "options", "secretOptions"];
    let logging = workload.written.node.get("logging");
    let stray =
        fields.iter().filter(|field| logging.is_some_and(|logging| logging.get(field).is_some()));
    let problem = |field: &&str| {
        Problem::error("logging-disabled", format!("`{field}` has no use: logging is disabled"))
            .at(&workload.written.key(&format!("/logging/{field}")), "has no use")
            .at(&workload.written.value("/logging/disabled"), "disabled")
    };
    stray.map(problem).collect()
}

fn retention(workload: &WorkloadView<'_>) -> Option<Problem> {
    let logging = &workload.document().logging;
    let days = logging.retention?.0;
    let place = workload.written.value("/logging/retention");
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

fn mode(workload: &WorkloadView<'_>) -> Option<Problem> {
    let mode = workload.document().logging.options.get("mode")?.as_str();
    (!MODES.contains(&mode)).then(|| {
        Problem::error("log-options", format!("`mode` can't be `{mode}`"))
            .at(
                &workload.written.value("/logging/options/mode"),
                "expected `blocking` or `non-blocking`",
            )
            .did_you_mean(mode, MODES)
    })
}

fn driver(workload: &WorkloadView<'_>) -> Vec<Problem> {
    match workload.document().logging.driver {
        LogDriver::Awslogs => awslogs(workload),
        LogDriver::Splunk => missing(workload, "splunk", &SPLUNK),
        LogDriver::Gelf => missing(workload, "gelf", &GELF),
        // Docker itself has a default for all options of these.
        LogDriver::JsonFile | LogDriver::Journald | LogDriver::Syslog | LogDriver::Fluentd => {
            vec![]
        }
    }
}

fn missing(workload: &WorkloadView<'_>, driver: &str, keys: &[&str]) -> Vec<Problem> {
    let logging = &workload.document().logging;
    let is_missing = |key: &&&str| {
        !logging.options.contains_key(**key) && !logging.secret_options.contains_key(**key)
    };
    let problem = |key: &&str| {
        Problem::error("log-options", format!("the {driver} driver needs `{key}`"))
            .at(&workload.written.value("/logging/driver"), format!("needs `{key}`"))
    };
    keys.iter().filter(is_missing).map(problem).collect()
}

fn awslogs(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let logging = &workload.document().logging;
    let at = |key: &str| workload.written.key(&format!("/logging/options/{key}"));
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
    problems.extend(unknown(workload));
    problems
}

fn unknown(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let is_unknown =
        |key: &&String| !OURS.contains(&key.as_str()) && !AWSLOGS.contains(&key.as_str());
    let problem = |key: &String| {
        let problem =
            Problem::warning("log-options", format!("`{key}` is no option of the awslogs driver"))
                .at(
                    &workload.written.key(&format!("/logging/options/{}", escape(key))),
                    "ECS does not know it",
                )
                .did_you_mean(key, AWSLOGS);
        match problem.hint {
            Some(_) => problem,
            None => problem.hint(format!("the options are {}", AWSLOGS.join(", "))),
        }
    };
    workload.document().logging.options.keys().filter(is_unknown).map(problem).collect()
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
            ("logging: { options: { awslogs-datetime-fromat: x } }", "logging: { options: { awslogs-datetime-format: x } }"),
            ("logging: { options: { tag: x } }", "logging: { options: { max-buffer-size: 25m } }"),
            ("logging: { options: { mode: nonblocking } }", "logging: { options: { mode: non-blocking } }"),
            ("launchType: EC2, memory: 512, logging: { driver: gelf }", "launchType: EC2, memory: 512, logging: { driver: gelf, options: { gelf-address: 'udp://logs:12201' } }"),
            ("logging: { driver: splunk }", "logging: { driver: splunk, options: { splunk-url: x }, secretOptions: { splunk-token: 'ssm:/splunk' } }"),
        ]), @"
        log-retention: CloudWatch can't keep logs for 31 days [31: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] -> the next longer time is 60
        log-retention: `retention` is for the log group that ecsctl makes [30: there is none]
        logging-disabled: `retention` has no use: logging is disabled [retention: has no use] [true: disabled]
        log-options: ecsctl sets `awslogs-group` [awslogs-group: would be set twice] -> write `group` for another log group
        log-options: `awslogs-datetime-format` and `awslogs-multiline-pattern` exclude each other [awslogs-multiline-pattern: one] [awslogs-datetime-format: the other]
        warning log-options: `awslogs-datetime-fromat` is no option of the awslogs driver [awslogs-datetime-fromat: ECS does not know it] -> did you mean `awslogs-datetime-format`?
        warning log-options: `tag` is no option of the awslogs driver [tag: ECS does not know it] -> the options are awslogs-datetime-format, awslogs-multiline-pattern, max-buffer-size, mode
        log-options: `mode` can't be `nonblocking` [nonblocking: expected `blocking` or `non-blocking`] -> did you mean `non-blocking`?
        log-options: the gelf driver needs `gelf-address` [gelf: needs `gelf-address`]
        log-options: the splunk driver needs `splunk-token` [splunk: needs `splunk-token`]
        log-options: the splunk driver needs `splunk-url` [splunk: needs `splunk-url`]
        ");
    }
}
